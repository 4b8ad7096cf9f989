//! The audit log in the store.

use daogou_schema::audit::{self, Column, Entity};
use daogou_schema::audit_head;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, Set,
};

use super::Wanted;
use crate::db::{Only, Txn};
use crate::error::Result;

/// The one row of [`audit_head`].
const HEAD: i64 = 1;

fn nothing() -> audit_head::Model {
    audit_head::Model {
        id: HEAD,
        seq: 0,
        digest: String::new(),
    }
}

/// Where the log ends; nobody else writes until this unit ends.
///
/// # Errors
/// [`crate::error::Error::Taken`] when somebody else has just begun the log.
pub(super) async fn head(txn: &Txn) -> Result<audit_head::Model> {
    let query = audit_head::Entity::find_by_id(HEAD).lock_exclusive();
    if let Some(head) = query.only(txn.conn()).await? {
        return Ok(head);
    }
    let first = nothing();
    let row = first.clone().into_active_model().reset_all();
    audit_head::Entity::insert(row)
        .exec_without_returning(txn.conn())
        .await?;
    Ok(first)
}

pub(super) async fn move_head(txn: &Txn, seq: i64, digest: &str) -> Result<()> {
    let row = audit_head::ActiveModel {
        seq: Set(seq),
        digest: Set(digest.to_owned()),
        ..Default::default()
    };
    audit_head::Entity::update_many()
        .set(row)
        .filter(audit_head::Column::Id.eq(HEAD))
        .exec(txn.conn())
        .await?;
    Ok(())
}

pub(super) async fn insert(txn: &Txn, row: audit::Model) -> Result<()> {
    let row = row.into_active_model().reset_all();
    Entity::insert(row)
        .exec_without_returning(txn.conn())
        .await?;
    Ok(())
}

/// Where the log ends, for a reader.
pub(super) async fn end(db: &impl ConnectionTrait) -> Result<audit_head::Model> {
    let found = audit_head::Entity::find_by_id(HEAD).only(db).await?;
    Ok(found.unwrap_or_else(nothing))
}

/// The next rows behind `after`, none after `last`.
pub(super) async fn after(
    db: &impl ConnectionTrait,
    after: i64,
    last: i64,
    count: u64,
) -> Result<Vec<audit::Model>> {
    let query = Entity::find()
        .filter(Column::Seq.gt(after))
        .filter(Column::Seq.lte(last))
        .order_by_asc(Column::Seq)
        .limit(count);
    Ok(query.all(db).await?)
}

pub(super) async fn newest(
    db: &impl ConnectionTrait,
    wanted: Wanted,
    count: u64,
) -> Result<Vec<audit::Model>> {
    let mut query = Entity::find()
        .filter(Column::Seq.lt(wanted.before.unwrap_or(i64::MAX)))
        .order_by_desc(Column::Seq)
        .limit(count);
    if let Some(staff) = wanted.staff {
        query = query.filter(Column::StaffId.eq(staff));
    }
    Ok(query.all(db).await?)
}
