//! Phone numbers in the store.

use daogou_schema::MemberId;
use daogou_schema::member_phone::{self, ActiveModel, Column, Entity, Model};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::db::{Only, Txn};
use crate::error::Result;

/// How many members with one number are found: a family at most.
const FOUND_MAX: u64 = 20;

pub(in crate::privacy) async fn get(
    db: &impl ConnectionTrait,
    member: MemberId,
) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(member).only(db).await?)
}

pub(in crate::privacy) async fn locked(txn: &Txn, member: MemberId) -> Result<Option<Model>> {
    let query = Entity::find_by_id(member).lock_exclusive();
    Ok(query.only(txn.conn()).await?)
}

pub(in crate::privacy) async fn replace(
    txn: &Txn,
    member: MemberId,
    row: Option<ActiveModel>,
) -> Result<()> {
    Entity::delete_by_id(member).exec(txn.conn()).await?;
    if let Some(row) = row {
        Entity::insert(row)
            .exec_without_returning(txn.conn())
            .await?;
    }
    Ok(())
}

pub(in crate::privacy) async fn with_digest(
    db: &impl ConnectionTrait,
    digest: &str,
) -> Result<Vec<MemberId>> {
    let query = member_phone::Entity::find()
        .select_only()
        .column(Column::MemberId)
        .filter(Column::Digest.eq(digest))
        .limit(FOUND_MAX);
    Ok(query.into_tuple().all(db).await?)
}
