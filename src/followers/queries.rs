//! Runs over followers in the store.

use daogou_schema::follower_sync::{Column, Entity, Model, State};
use daogou_schema::{AccountId, FollowerSyncId, Timestamp, follower_sync};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::db::{Only, Txn};
use crate::error::Result;

pub(super) async fn insert(txn: &Txn, row: follower_sync::ActiveModel) -> Result<Model> {
    Ok(row.insert(txn.conn()).await?)
}

pub(super) async fn update(
    txn: &Txn,
    id: FollowerSyncId,
    row: follower_sync::ActiveModel,
) -> Result<()> {
    Entity::update_many()
        .set(row)
        .filter(Column::Id.eq(id))
        .exec(txn.conn())
        .await?;
    Ok(())
}

/// The run, and nobody else works on it until this unit ends.
pub(super) async fn locked(txn: &Txn, id: FollowerSyncId) -> Result<Option<Model>> {
    let query = Entity::find_by_id(id).lock_exclusive();
    Ok(query.only(txn.conn()).await?)
}

/// The newest run of an account, locked.
pub(super) async fn last_locked(txn: &Txn, account: AccountId) -> Result<Option<Model>> {
    let query = Entity::find()
        .filter(Column::AccountId.eq(account))
        .order_by_desc(Column::Id)
        .limit(1)
        .lock_exclusive();
    Ok(query.only(txn.conn()).await?)
}

pub(super) async fn newest(
    db: &impl ConnectionTrait,
    account: AccountId,
    count: u64,
) -> Result<Vec<Model>> {
    let query = Entity::find()
        .filter(Column::AccountId.eq(account))
        .order_by_desc(Column::Id)
        .limit(count);
    Ok(query.all(db).await?)
}

/// What is under way and need not wait.
pub(super) async fn due(db: &impl ConnectionTrait, now: Timestamp) -> Result<Vec<Model>> {
    let query = Entity::find()
        .filter(Column::State.eq(State::Running))
        .filter(Column::DueAt.lte(now))
        .order_by_asc(Column::Id);
    Ok(query.all(db).await?)
}
