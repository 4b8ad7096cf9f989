//! Pushes in the store that were set aside.

use daogou_schema::inbound::{Column, Entity, State};
use daogou_schema::{AccountId, InboundId, Timestamp};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::db::Txn;
use crate::error::Result;
use crate::reception::queries::standing_at;

/// A push as it is listed: never what it says or who sent it.
#[derive(FromQueryResult)]
pub struct Listed {
    /// Its id.
    pub id: InboundId,
    /// When it arrived.
    pub received_at: Timestamp,
    /// Its type as it came.
    pub msg_type: String,
    /// Its event as it came, if it is one.
    pub event: Option<String>,
    /// How often handling it failed.
    pub attempts: i32,
    /// Why it failed last.
    pub fault: Option<String>,
}

/// The newest `most` pushes of the account in `state`, the newest first.
///
/// # Errors
/// When the store fails.
pub async fn list_pushes(
    db: &impl ConnectionTrait,
    account: AccountId,
    state: State,
    most: u64,
) -> Result<Vec<Listed>> {
    let query = Entity::find()
        .select_only()
        .columns([
            Column::Id,
            Column::ReceivedAt,
            Column::MsgType,
            Column::Event,
            Column::Attempts,
            Column::Fault,
        ])
        .filter(Column::AccountId.eq(account))
        .filter(standing_at(state))
        .order_by_desc(Column::Id)
        .limit(most);
    Ok(query.into_model().all(db).await?)
}

/// When each account's last push since `since` came, as far as one of the newest tells: a quiet account beside a busy one
/// may be missing.
///
/// # Errors
/// When the store fails.
pub async fn last_pushes(
    db: &impl ConnectionTrait,
    since: Timestamp,
    among: u64,
) -> Result<Vec<(AccountId, Timestamp)>> {
    let newest: Vec<(AccountId, Timestamp)> = Entity::find()
        .select_only()
        .columns([Column::AccountId, Column::ReceivedAt])
        .filter(Column::ReceivedAt.gte(since))
        .order_by_desc(Column::ReceivedAt)
        .limit(among)
        .into_tuple()
        .all(db)
        .await?;
    let mut last: Vec<(AccountId, Timestamp)> = Vec::new();
    for (account, at) in newest {
        if last.iter().all(|(known, _)| *known != account) {
            last.push((account, at));
        }
    }
    Ok(last)
}

/// Puts pushes that were set aside, all of them without `ids`, back among those to be handled; says how many they were.
pub(super) async fn put_back(
    txn: &Txn,
    account: AccountId,
    ids: Option<&[InboundId]>,
) -> Result<u64> {
    let mut back = Entity::update_many()
        .col_expr(Column::State, State::Stored.into())
        .col_expr(Column::Attempts, 0.into())
        .filter(Column::AccountId.eq(account))
        .filter(standing_at(State::Failed));
    if let Some(ids) = ids {
        back = back.filter(Column::Id.is_in(ids.iter().copied()));
    }
    Ok(back.exec(txn.conn()).await?.rows_affected)
}
