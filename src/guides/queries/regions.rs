//! Regions in the store.

use daogou_schema::region::{ActiveModel, Column, Entity, Model};
use daogou_schema::{AccountId, RegionId, StoreId, Timestamp, store};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
};

use crate::db::Txn;
use crate::error::Result;

pub(in crate::guides) async fn regions(
    db: &impl ConnectionTrait,
    account: AccountId,
) -> Result<Vec<Model>> {
    let query = Entity::find()
        .filter(Column::AccountId.eq(account))
        .order_by_asc(Column::Name);
    Ok(query.all(db).await?)
}

/// All regions of an account, which nobody else moves until the unit ends.
pub(in crate::guides) async fn locked_regions(txn: &Txn, account: AccountId) -> Result<Vec<Model>> {
    let query = Entity::find()
        .filter(Column::AccountId.eq(account))
        .order_by_asc(Column::Id)
        .lock_exclusive();
    Ok(query.all(txn.conn()).await?)
}

pub(in crate::guides) async fn insert_region(
    txn: &Txn,
    account: AccountId,
    name: &str,
    parent: Option<RegionId>,
    now: Timestamp,
) -> Result<RegionId> {
    let row = ActiveModel {
        account_id: Set(account),
        parent_id: Set(parent),
        name: Set(name.to_owned()),
        created_at: Set(now),
        ..Default::default()
    };
    Ok(row.insert(txn.conn()).await?.id)
}

pub(in crate::guides) async fn update_region(
    txn: &Txn,
    id: RegionId,
    name: &str,
    parent: Option<RegionId>,
) -> Result<()> {
    let row = ActiveModel {
        name: Set(name.to_owned()),
        parent_id: Set(parent),
        ..Default::default()
    };
    Entity::update_many()
        .set(row)
        .filter(Column::Id.eq(id))
        .exec(txn.conn())
        .await?;
    Ok(())
}

pub(in crate::guides) async fn delete_region(txn: &Txn, id: RegionId) -> Result<()> {
    Entity::delete_by_id(id).exec(txn.conn()).await?;
    Ok(())
}

/// The stores of an account with the region in which each lies.
pub(in crate::guides) async fn stores_in_regions(
    db: &impl ConnectionTrait,
    account: AccountId,
) -> Result<Vec<(StoreId, RegionId)>> {
    let query = store::Entity::find()
        .select_only()
        .column(store::Column::Id)
        .column(store::Column::RegionId)
        .filter(store::Column::AccountId.eq(account))
        .filter(store::Column::RegionId.is_not_null())
        .order_by_asc(store::Column::Id);
    Ok(query.into_tuple().all(db).await?)
}
