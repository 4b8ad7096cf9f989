//! Visits in the store.

use daogou_schema::visit::{self, Column, Entity, Model};
use daogou_schema::{AccountId, MemberId, VisitId};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
};

use crate::db::{Txn, padded};
use crate::error::Result;

pub(super) async fn insert(txn: &Txn, row: visit::ActiveModel) -> Result<VisitId> {
    Ok(row.insert(txn.conn()).await?.id)
}

/// The newest visits of a member before `before`, whichever the account.
pub(super) async fn of_member(
    db: &impl ConnectionTrait,
    member: MemberId,
    before: VisitId,
    limit: u64,
) -> Result<Vec<Model>> {
    let query = Entity::find()
        .filter(Column::MemberId.eq(member))
        .filter(Column::Id.lt(before))
        .order_by_desc(Column::Id)
        .limit(limit);
    Ok(query.all(db).await?)
}

pub(super) async fn forget(txn: &Txn, member: MemberId) -> Result<u64> {
    let gone = Entity::delete_many()
        .filter(Column::MemberId.eq(member))
        .exec(txn.conn())
        .await?;
    Ok(gone.rows_affected)
}

pub(super) async fn ids_of(txn: &Txn, member: MemberId) -> Result<Vec<VisitId>> {
    let query = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::MemberId.eq(member));
    Ok(query.into_tuple().all(txn.conn()).await?)
}

pub(super) async fn give(txn: &Txn, ids: &[VisitId], to: MemberId) -> Result<()> {
    for piece in ids.chunks(64) {
        let row = visit::ActiveModel {
            member_id: Set(to),
            ..Default::default()
        };
        Entity::update_many()
            .set(row)
            .filter(Column::Id.is_in(padded(piece.iter().copied())))
            .exec(txn.conn())
            .await?;
    }
    Ok(())
}

/// Only what this account may see.
pub(super) fn here(rows: Vec<Model>, account: AccountId) -> Vec<Model> {
    let mut rows = rows;
    rows.retain(|row| row.account_id == account);
    rows
}
