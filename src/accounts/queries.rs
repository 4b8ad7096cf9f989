//! Accounts in the store.

use daogou_schema::account::{self, Entity, ScanRule};
use daogou_schema::{AccountId, InboundId, Timestamp, inbound};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
};

use super::Sealed;
use crate::db::{Only, Txn};
use crate::error::Result;

pub(super) async fn by_appid(
    db: &impl ConnectionTrait,
    appid: &str,
) -> Result<Option<account::Model>> {
    Ok(Entity::find()
        .filter(account::Column::Appid.eq(appid))
        .only(db)
        .await?)
}

pub(super) async fn by_id(
    db: &impl ConnectionTrait,
    id: AccountId,
) -> Result<Option<account::Model>> {
    Ok(Entity::find_by_id(id).only(db).await?)
}

pub(super) async fn all(db: &impl ConnectionTrait) -> Result<Vec<account::Model>> {
    Ok(Entity::find()
        .order_by_asc(account::Column::Id)
        .all(db)
        .await?)
}

/// Whether WeChat has sent something with the current token and key after `since`.
pub(super) async fn is_changed_over(txn: &Txn, id: AccountId, since: Timestamp) -> Result<bool> {
    let found: Option<InboundId> = inbound::Entity::find()
        .select_only()
        .column(inbound::Column::Id)
        .filter(inbound::Column::AccountId.eq(id))
        .filter(inbound::Column::ReceivedAt.gt(since))
        .filter(inbound::Column::KeyIndex.eq(0))
        .limit(1)
        .into_tuple()
        .one(txn.conn())
        .await?;
    Ok(found.is_some())
}

pub(super) async fn save(txn: &Txn, row: &Sealed, now: Timestamp) -> Result<()> {
    let stored = by_appid(txn.conn(), &row.appid).await?;
    let mut model = account::ActiveModel {
        appid: Set(row.appid.clone()),
        kind: Set(row.kind.clone()),
        mode: Set(row.mode.clone()),
        secret: Set(row.secret.clone()),
        token: Set(row.token.clone()),
        aes_key: Set(row.aes_key.clone()),
        aes_key_previous: Set(row.aes_key_previous.clone()),
        token_previous: Set(None),
        previous_until: Set(None),
        updated_at: Set(now),
        ..Default::default()
    };
    if row.original_id.is_some() || stored.is_none() {
        model.original_id = Set(row.original_id.clone());
    }
    if let Some(stored) = stored {
        model.id = Set(stored.id);
        model.update(txn.conn()).await?;
    } else {
        model.scan_rule = Set(ScanRule::FirstWins);
        model.protection_days = Set(0);
        model.created_at = Set(now);
        model.insert(txn.conn()).await?;
    }
    Ok(())
}

pub(super) async fn set_scan_rule(
    txn: &Txn,
    id: AccountId,
    rule: ScanRule,
    protection_days: i32,
    now: Timestamp,
) -> Result<()> {
    let row = account::ActiveModel {
        scan_rule: Set(rule),
        protection_days: Set(protection_days),
        ..Default::default()
    };
    update(txn, id, row, now).await
}

pub(super) async fn get_in(txn: &Txn, id: AccountId) -> Result<Option<account::Model>> {
    let query = Entity::find_by_id(id).lock_exclusive();
    Ok(query.only(txn.conn()).await?)
}

/// A new account; its appid may be taken.
pub(super) async fn insert(
    txn: &Txn,
    name: &str,
    row: &Sealed,
    now: Timestamp,
) -> Result<AccountId> {
    let row = account::ActiveModel {
        appid: Set(row.appid.clone()),
        name: Set(Some(name.to_owned())),
        kind: Set(row.kind.clone()),
        mode: Set(row.mode.clone()),
        original_id: Set(row.original_id.clone()),
        secret: Set(row.secret.clone()),
        token: Set(row.token.clone()),
        aes_key: Set(row.aes_key.clone()),
        scan_rule: Set(ScanRule::FirstWins),
        protection_days: Set(0),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    };
    Ok(row.insert(txn.conn()).await?.id)
}

/// Writes those columns of a row that are set.
pub(super) async fn update(
    txn: &Txn,
    id: AccountId,
    row: account::ActiveModel,
    now: Timestamp,
) -> Result<()> {
    let row = account::ActiveModel {
        updated_at: Set(now),
        ..row
    };
    let change = Entity::update_many()
        .set(row)
        .filter(account::Column::Id.eq(id));
    change.exec(txn.conn()).await?;
    Ok(())
}
