//! Rules of tags in the store.

use daogou_schema::{AccountId, MemberId, TagId, Timestamp, identity, tag_rule};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, Set,
};

use crate::db::{Only, Txn};
use crate::error::Result;

pub(in crate::tags) async fn rules(
    db: &impl ConnectionTrait,
    account: AccountId,
) -> Result<Vec<tag_rule::Model>> {
    let query = tag_rule::Entity::find().filter(tag_rule::Column::AccountId.eq(account));
    Ok(query.all(db).await?)
}

pub(in crate::tags) async fn rules_due(
    db: &impl ConnectionTrait,
    now: Timestamp,
) -> Result<Vec<tag_rule::Model>> {
    let query = tag_rule::Entity::find().filter(tag_rule::Column::NextAt.lte(now));
    Ok(query.all(db).await?)
}

pub(in crate::tags) async fn rule(
    db: &impl ConnectionTrait,
    tag: TagId,
) -> Result<Option<tag_rule::Model>> {
    Ok(tag_rule::Entity::find_by_id(tag).only(db).await?)
}

pub(in crate::tags) async fn rule_locked(txn: &Txn, tag: TagId) -> Result<Option<tag_rule::Model>> {
    let query = tag_rule::Entity::find_by_id(tag).lock_exclusive();
    Ok(query.only(txn.conn()).await?)
}

pub(in crate::tags) async fn insert_rule(txn: &Txn, row: tag_rule::Model) -> Result<()> {
    tag_rule::Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(txn.conn())
        .await?;
    Ok(())
}

pub(in crate::tags) async fn remove_rule(txn: &Txn, tag: TagId) -> Result<()> {
    tag_rule::Entity::delete_by_id(tag).exec(txn.conn()).await?;
    Ok(())
}

pub(in crate::tags) async fn move_rule(
    txn: &Txn,
    tag: TagId,
    place: MemberId,
    next_at: Timestamp,
) -> Result<()> {
    let row = tag_rule::ActiveModel {
        place: Set(place),
        next_at: Set(next_at),
        ..Default::default()
    };
    tag_rule::Entity::update_many()
        .set(row)
        .filter(tag_rule::Column::TagId.eq(tag))
        .exec(txn.conn())
        .await?;
    Ok(())
}

/// People of an account behind a member, in the order of their numbers.
pub(in crate::tags) async fn known_after(
    db: &impl ConnectionTrait,
    account: AccountId,
    after: MemberId,
    count: u64,
) -> Result<Vec<identity::Model>> {
    let query = identity::Entity::find()
        .filter(identity::Column::AccountId.eq(account))
        .filter(identity::Column::MemberId.gt(after))
        .order_by_asc(identity::Column::MemberId)
        .limit(count);
    Ok(query.all(db).await?)
}
