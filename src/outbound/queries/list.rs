//! What people look at from outside: counts and lists by state, never what a message says or whom it is for.

use daogou_schema::outbound::{Column, Entity, Purpose, State};
use daogou_schema::{AccountId, Address, GuideId, MessageId, OutboundId, Timestamp};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Select,
};

use crate::db::{Txn, count_to, padded};
use crate::error::Result;
use crate::outbound::Reason;

/// How many of the account's messages that were promised since `since` are in `state`.
///
/// # Errors
/// When the store fails.
pub async fn count_messages(
    db: &impl ConnectionTrait,
    account: AccountId,
    state: State,
    since: Timestamp,
) -> Result<u64> {
    let query = Entity::find()
        .filter(Column::AccountId.eq(account))
        .filter(Column::State.eq(state))
        .filter(Column::CreatedAt.gte(since));
    Ok(query.count(db).await?)
}

/// A message as it is listed.
#[derive(FromQueryResult)]
pub struct Listed {
    /// Its id.
    pub id: OutboundId,
    /// When it was promised.
    pub created_at: Timestamp,
    /// The guide it is from or to.
    pub guide_id: Option<GuideId>,
    /// What it is for.
    pub purpose: Purpose,
    /// A word of [`crate::outbound::Reason`].
    pub reason: Option<String>,
    /// WeChat's errcode, when it refused.
    pub code: Option<i64>,
}

/// The newest `most` messages of the account in `state`, the newest first.
///
/// # Errors
/// When the store fails.
pub async fn list_messages(
    db: &impl ConnectionTrait,
    account: AccountId,
    state: State,
    most: u64,
) -> Result<Vec<Listed>> {
    let query = listed()
        .filter(Column::AccountId.eq(account))
        .filter(Column::State.eq(state))
        .order_by_desc(Column::Id)
        .limit(most);
    Ok(query.into_model().all(db).await?)
}

/// The newest `most` messages of the account that ended in `state` since `since`, the newest first; only those from or to
/// `guides`, when it names some.
///
/// # Errors
/// When the store fails.
pub async fn ended_lately(
    db: &impl ConnectionTrait,
    account: AccountId,
    guides: Option<&[GuideId]>,
    state: State,
    since: Timestamp,
    most: u64,
) -> Result<Vec<Listed>> {
    let mut query = listed()
        .filter(Column::State.eq(state))
        .filter(Column::DueAt.gte(since))
        .filter(Column::AccountId.eq(account))
        .order_by_desc(Column::DueAt)
        .limit(most);
    if let Some(guides) = guides {
        query = query.filter(Column::GuideId.is_in(padded(guides.iter().copied())));
    }
    Ok(query.into_model().all(db).await?)
}

fn listed() -> Select<Entity> {
    Entity::find().select_only().columns([
        Column::Id,
        Column::CreatedAt,
        Column::GuideId,
        Column::Purpose,
        Column::Reason,
        Column::Code,
    ])
}

/// Lists every message as unknown that was under way when the backup was made: the server that went on has sent it since,
/// and nothing is sent twice. What was held stays held. Says how many.
///
/// # Errors
/// When the store fails.
pub async fn restored_in(txn: &Txn, now: Timestamp) -> Result<u64> {
    let under_way = [State::Ready, State::Claimed, State::Answering];
    let listed = Entity::update_many()
        .col_expr(Column::State, State::Unknown.into())
        .col_expr(Column::Reason, Reason::Restored.word().into())
        .col_expr(Column::LeaseUntil, Expr::value(None::<i64>))
        .col_expr(Column::SettledAt, now.0.into())
        .filter(Column::State.is_in(under_way))
        .exec(txn.conn())
        .await?;
    Ok(listed.rows_affected)
}

/// How many rows are counted one by one.
const COUNTED_MAX: u32 = 10_000;

/// How many messages are ready or on their way, as far as anybody counts, and since when the oldest of them is due.
///
/// # Errors
/// When the store fails.
pub async fn backlog(db: &impl ConnectionTrait) -> Result<(u32, Option<Timestamp>)> {
    let under_way = [State::Ready, State::Claimed, State::Answering];
    let depth = count_of(db, &under_way).await?;
    let oldest: Option<Option<Timestamp>> = Entity::find()
        .select_only()
        .column_as(Column::DueAt.min(), "oldest")
        .filter(Column::State.eq(State::Ready))
        .into_tuple()
        .one(db)
        .await?;
    Ok((depth, oldest.flatten()))
}

/// How many messages are held until their person writes, as far as anybody counts.
///
/// # Errors
/// When the store fails.
pub async fn held_backlog(db: &impl ConnectionTrait) -> Result<(u32, Option<Timestamp>)> {
    Ok((count_of(db, &[State::Held]).await?, None))
}

async fn count_of(db: &impl ConnectionTrait, states: &[State]) -> Result<u32> {
    let rows = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::State.is_in(states.iter().copied()));
    count_to(db, rows.into_query(), COUNTED_MAX).await
}

/// What became of lines on their way to a person.
pub(in crate::outbound) async fn fates(
    db: &impl ConnectionTrait,
    to: &Address,
    lines: &[MessageId],
) -> Result<Vec<Fate>> {
    if lines.is_empty() {
        return Ok(Vec::new());
    }
    let found: Vec<Row> = Entity::find()
        .select_only()
        .columns([
            Column::MessageId,
            Column::Openid,
            Column::State,
            Column::Reason,
        ])
        .filter(Column::MessageId.is_in(padded(lines.iter().copied())))
        .into_tuple()
        .all(db)
        .await?;
    let hers = found
        .into_iter()
        .filter(|(_, openid, ..)| *openid == to.openid);
    Ok(hers
        .filter_map(|(line, _, state, reason)| {
            Some(Fate {
                line: line?,
                state,
                reason: reason.and_then(|word| word.parse().ok()),
            })
        })
        .collect())
}

type Row = (Option<MessageId>, String, State, Option<String>);

/// What became of a line on its way.
#[derive(Clone, Copy, Debug)]
pub struct Fate {
    /// The line.
    pub line: MessageId,
    /// Where it stands.
    pub state: State,
    /// Why it is not sent, where there is a reason.
    pub reason: Option<Reason>,
}
