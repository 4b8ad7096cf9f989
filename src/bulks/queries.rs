//! Bulk work in the store.

use daogou_schema::bulk::{self, Entity, State};
use daogou_schema::bulk_member::{self, Outcome};
use daogou_schema::{AccountId, BulkId, GuideId, MemberId, StaffId};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
};

use crate::db::{Only, Txn, padded};
use crate::error::Result;

const CHANGED_AT_ONCE: usize = 64;

pub(super) async fn insert(txn: &Txn, row: bulk::ActiveModel) -> Result<bulk::Model> {
    Ok(row.insert(txn.conn()).await?)
}

/// The bulk work, and nobody else works on it until this unit ends.
pub(super) async fn locked(txn: &Txn, id: BulkId) -> Result<Option<bulk::Model>> {
    let query = Entity::find_by_id(id).lock_exclusive();
    Ok(query.only(txn.conn()).await?)
}

pub(super) async fn update(txn: &Txn, id: BulkId, row: bulk::ActiveModel) -> Result<()> {
    Entity::update_many()
        .set(row)
        .filter(bulk::Column::Id.eq(id))
        .exec(txn.conn())
        .await?;
    Ok(())
}

pub(super) async fn get(
    db: &impl ConnectionTrait,
    account: AccountId,
    id: BulkId,
) -> Result<Option<bulk::Model>> {
    let query = Entity::find_by_id(id).filter(bulk::Column::AccountId.eq(account));
    Ok(query.only(db).await?)
}

/// The newest ones of an account.
pub(super) async fn newest(
    db: &impl ConnectionTrait,
    account: AccountId,
    staff: Option<StaffId>,
    count: u64,
) -> Result<Vec<bulk::Model>> {
    let mut query = Entity::find()
        .filter(bulk::Column::AccountId.eq(account))
        .order_by_desc(bulk::Column::Id)
        .limit(count);
    if let Some(staff) = staff {
        query = query.filter(bulk::Column::StaffId.eq(staff));
    }
    Ok(query.all(db).await?)
}

/// Those that are under way, over all accounts.
pub(super) async fn under_way(db: &impl ConnectionTrait) -> Result<Vec<bulk::Model>> {
    let query = Entity::find()
        .filter(bulk::Column::State.is_in([State::Running, State::Undoing]))
        .order_by_asc(bulk::Column::Id);
    Ok(query.all(db).await?)
}

/// The next members who were changed and are so still, behind `after`.
pub(super) async fn changed(
    txn: &Txn,
    id: BulkId,
    after: MemberId,
    count: usize,
) -> Result<Vec<bulk_member::Model>> {
    let query = bulk_member::Entity::find()
        .filter(bulk_member::Column::BulkId.eq(id))
        .filter(bulk_member::Column::MemberId.gt(after))
        .filter(bulk_member::Column::Outcome.eq(Outcome::Changed))
        .order_by_asc(bulk_member::Column::MemberId)
        .limit(u64::try_from(count).unwrap_or(u64::MAX));
    Ok(query.all(txn.conn()).await?)
}

pub(super) async fn set_outcome(
    txn: &Txn,
    id: BulkId,
    members: &[MemberId],
    outcome: Outcome,
) -> Result<()> {
    // Asked for more at once, PostgreSQL looks at all members of the bulk work.
    for some in members.chunks(CHANGED_AT_ONCE) {
        let row = bulk_member::ActiveModel {
            outcome: Set(outcome),
            ..Default::default()
        };
        bulk_member::Entity::update_many()
            .set(row)
            .filter(bulk_member::Column::BulkId.eq(id))
            .filter(bulk_member::Column::MemberId.is_in(padded(some.iter().copied())))
            .exec(txn.conn())
            .await?;
    }
    Ok(())
}

/// Who got how many.
pub(super) async fn shares(txn: &Txn, id: BulkId) -> Result<Vec<(GuideId, i64)>> {
    let query = bulk_member::Entity::find()
        .select_only()
        .column(bulk_member::Column::ToGuideId)
        .column_as(bulk_member::Column::MemberId.count(), "members")
        .filter(bulk_member::Column::BulkId.eq(id))
        .filter(bulk_member::Column::ToGuideId.is_not_null())
        .group_by(bulk_member::Column::ToGuideId);
    Ok(query.into_tuple().all(txn.conn()).await?)
}
