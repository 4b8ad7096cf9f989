//! Phone numbers in the store.

use daogou_schema::MemberId;
use daogou_schema::member_phone::{self, ActiveModel, Column, Entity, Model};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QuerySelect,
};

use crate::db::{Only, Txn, padded};
use crate::error::Result;

/// How many members with one number are found: a family at most.
const FOUND_MAX: u64 = 20;
/// Asked for more at once, a database may read the table from end to end.
const AT_ONCE: usize = 64;

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

pub(in crate::privacy) async fn replace_row(
    txn: &Txn,
    member: MemberId,
    row: Option<Model>,
) -> Result<()> {
    let row = row.map(|row| row.into_active_model().reset_all());
    replace(txn, member, row).await
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

pub(in crate::privacy) async fn those(
    db: &impl ConnectionTrait,
    members: &[MemberId],
) -> Result<Vec<Model>> {
    let mut rows = Vec::new();
    for some in members.chunks(AT_ONCE) {
        let query = Entity::find().filter(Column::MemberId.is_in(padded(some.iter().copied())));
        rows.extend(query.all(db).await?);
    }
    Ok(rows)
}

pub(in crate::privacy) async fn owners(
    txn: &Txn,
    digests: &[String],
) -> Result<Vec<(String, MemberId)>> {
    let mut owners = Vec::new();
    for some in digests.chunks(AT_ONCE) {
        let query = Entity::find()
            .select_only()
            .column(Column::Digest)
            .column(Column::MemberId)
            .filter(Column::Digest.is_in(padded(some.iter().map(String::as_str))));
        let found: Vec<(String, MemberId)> = query.into_tuple().all(txn.conn()).await?;
        owners.extend(found);
    }
    Ok(owners)
}
