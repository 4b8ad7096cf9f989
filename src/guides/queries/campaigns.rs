//! Campaigns in the store.

use daogou_schema::{AccountId, CodeId, GuideId, Timestamp, campaign, code, guide};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::db::{Only, Txn, padded};
use crate::error::Result;

pub(in crate::guides) async fn insert_campaign(
    txn: &Txn,
    row: campaign::ActiveModel,
) -> Result<campaign::Model> {
    Ok(row.insert(txn.conn()).await?)
}

pub(in crate::guides) async fn update_campaign(
    txn: &Txn,
    id: CodeId,
    row: campaign::ActiveModel,
) -> Result<()> {
    campaign::Entity::update_many()
        .set(row)
        .filter(campaign::Column::CodeId.eq(id))
        .exec(txn.conn())
        .await?;
    Ok(())
}

/// The campaign, locked until the unit ends if it is to be changed.
pub(in crate::guides) async fn campaign_in(
    txn: &Txn,
    id: CodeId,
    to_change: bool,
) -> Result<Option<campaign::Model>> {
    let mut query = campaign::Entity::find_by_id(id);
    if to_change {
        query = query.lock_exclusive();
    }
    Ok(query.only(txn.conn()).await?)
}

pub(in crate::guides) async fn campaign(
    db: &impl ConnectionTrait,
    account: AccountId,
    id: CodeId,
) -> Result<Option<campaign::Model>> {
    let query = campaign::Entity::find_by_id(id).filter(campaign::Column::AccountId.eq(account));
    Ok(query.only(db).await?)
}

/// All of an account, the newest first.
pub(in crate::guides) async fn campaigns(
    db: &impl ConnectionTrait,
    account: AccountId,
) -> Result<Vec<campaign::Model>> {
    let query = campaign::Entity::find()
        .filter(campaign::Column::AccountId.eq(account))
        .order_by_desc(campaign::Column::CodeId);
    Ok(query.all(db).await?)
}

/// Whose codes go out before they may, with the scene that the next one carries.
pub(in crate::guides) async fn due_campaigns(
    db: &impl ConnectionTrait,
    now: Timestamp,
) -> Result<Vec<(campaign::Model, Option<code::Model>)>> {
    let code = campaign::Entity::belongs_to(code::Entity)
        .from(campaign::Column::CodeId)
        .to(code::Column::Id);
    let query = campaign::Entity::find()
        .join(sea_orm::JoinType::InnerJoin, code.into())
        .select_also(code::Entity)
        .filter(campaign::Column::RenewAt.lte(now));
    Ok(query.all(db).await?)
}

pub(in crate::guides) async fn guides_among(
    txn: &Txn,
    ids: &[GuideId],
) -> Result<Vec<guide::Model>> {
    let mut found = Vec::new();
    for piece in ids.chunks(64) {
        let query =
            guide::Entity::find().filter(guide::Column::Id.is_in(padded(piece.iter().copied())));
        found.extend(query.all(txn.conn()).await?);
    }
    Ok(found)
}
