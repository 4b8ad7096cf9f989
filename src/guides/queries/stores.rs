//! Stores in the store.

use daogou_schema::{AccountId, StoreId, store};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::db::{Only, Txn, each, padded};
use crate::error::Result;

/// The store with this id, of whatever account.
pub(in crate::guides) async fn store(
    db: &impl ConnectionTrait,
    id: StoreId,
) -> Result<Option<store::Model>> {
    Ok(store::Entity::find_by_id(id).only(db).await?)
}

/// The store, which nobody else changes until the unit ends.
pub(in crate::guides) async fn locked_store(
    txn: &Txn,
    id: StoreId,
) -> Result<Option<store::Model>> {
    let query = store::Entity::find_by_id(id).lock_exclusive();
    Ok(query.only(txn.conn()).await?)
}

pub(in crate::guides) async fn update_store(
    txn: &Txn,
    id: StoreId,
    row: store::ActiveModel,
) -> Result<()> {
    store::Entity::update_many()
        .set(row)
        .filter(store::Column::Id.eq(id))
        .exec(txn.conn())
        .await?;
    Ok(())
}

pub(in crate::guides) async fn insert_store(
    txn: &Txn,
    row: store::ActiveModel,
) -> Result<store::Model> {
    Ok(row.insert(txn.conn()).await?)
}

pub(in crate::guides) async fn store_in(txn: &Txn, id: StoreId) -> Result<Option<store::Model>> {
    txn.together(id, |txn, ids| {
        Box::pin(async move {
            let found = store::Entity::find()
                .filter(store::Column::Id.is_in(padded(ids.iter().copied())))
                .all(txn.conn())
                .await?;
            Ok(each(ids.iter().copied(), found, |row| row.id))
        })
    })
    .await
}

pub(in crate::guides) async fn stores(
    db: &impl ConnectionTrait,
    account: AccountId,
) -> Result<Vec<store::Model>> {
    let query = store::Entity::find()
        .filter(store::Column::AccountId.eq(account))
        .order_by_asc(store::Column::Id);
    Ok(query.all(db).await?)
}
