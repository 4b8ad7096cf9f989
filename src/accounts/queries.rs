//! Accounts in the store.

use daogou_schema::account::{self, Entity, ScanRule};
use daogou_schema::{AccountId, Timestamp};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Set,
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
        updated_at: Set(now),
        ..Default::default()
    };
    Entity::update_many()
        .set(row)
        .filter(account::Column::Id.eq(id))
        .exec(txn.conn())
        .await?;
    Ok(())
}
