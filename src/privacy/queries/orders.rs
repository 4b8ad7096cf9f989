//! Erasures in the store.

use daogou_schema::erasure::{self, Column, Entity, Model, State};
use daogou_schema::{AccountId, ErasureId, MemberId, Timestamp};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::db::{Only, Txn};
use crate::error::Result;

pub(in crate::privacy) async fn insert(txn: &Txn, row: erasure::ActiveModel) -> Result<ErasureId> {
    Ok(row.insert(txn.conn()).await?.id)
}

pub(in crate::privacy) async fn update(
    txn: &Txn,
    id: ErasureId,
    row: erasure::ActiveModel,
) -> Result<()> {
    Entity::update_many()
        .set(row)
        .filter(Column::Id.eq(id))
        .exec(txn.conn())
        .await?;
    Ok(())
}

/// Nothing came of it.
pub(in crate::privacy) async fn withdraw(txn: &Txn, id: ErasureId) -> Result<()> {
    Entity::delete_by_id(id).exec(txn.conn()).await?;
    Ok(())
}

/// The erasure, and nobody else works on it until this unit ends.
pub(in crate::privacy) async fn locked(txn: &Txn, id: ErasureId) -> Result<Option<Model>> {
    let query = Entity::find_by_id(id).lock_exclusive();
    Ok(query.only(txn.conn()).await?)
}

pub(in crate::privacy) async fn by_id(
    db: &impl ConnectionTrait,
    id: ErasureId,
) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(id).only(db).await?)
}

pub(in crate::privacy) async fn get(
    db: &impl ConnectionTrait,
    account: AccountId,
    id: ErasureId,
) -> Result<Option<Model>> {
    let query = Entity::find_by_id(id).filter(Column::AccountId.eq(account));
    Ok(query.only(db).await?)
}

pub(in crate::privacy) async fn of_member(
    db: &impl ConnectionTrait,
    member: MemberId,
) -> Result<Option<Model>> {
    let query = Entity::find().filter(Column::MemberId.eq(member));
    Ok(query.only(db).await?)
}

/// Which of `members` are erased, or are going to be.
pub(in crate::privacy) async fn ordered(
    db: &impl ConnectionTrait,
    members: &[MemberId],
) -> Result<Vec<MemberId>> {
    let query = Entity::find()
        .select_only()
        .column(Column::MemberId)
        .filter(Column::MemberId.is_in(members.iter().copied()));
    Ok(query.into_tuple().all(db).await?)
}

pub(in crate::privacy) async fn newest(
    db: &impl ConnectionTrait,
    account: AccountId,
    before: Option<ErasureId>,
    count: u64,
) -> Result<Vec<Model>> {
    let query = Entity::find()
        .filter(Column::AccountId.eq(account))
        .filter(Column::Id.lt(before.unwrap_or(ErasureId(i64::MAX))))
        .order_by_desc(Column::Id)
        .limit(count);
    Ok(query.all(db).await?)
}

/// Those that nobody has begun.
pub(in crate::privacy) async fn asked(db: &impl ConnectionTrait, count: u64) -> Result<Vec<Model>> {
    let query = Entity::find()
        .filter(Column::State.eq(State::Asked))
        .order_by_asc(Column::Id)
        .limit(count);
    Ok(query.all(db).await?)
}

/// Those that were begun by `begun`, the oldest first.
pub(in crate::privacy) async fn running(
    db: &impl ConnectionTrait,
    begun: Timestamp,
    count: u64,
) -> Result<Vec<Model>> {
    let query = Entity::find()
        .filter(Column::State.eq(State::Running))
        .filter(Column::BegunAt.lte(begun))
        .order_by_asc(Column::Id)
        .limit(count);
    Ok(query.all(db).await?)
}
