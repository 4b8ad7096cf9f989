//! Pushes and their dedupe keys in the store.

use daogou_schema::inbound::{self, Answer, Entity, State};
use daogou_schema::{AccountId, Address, InboundId, Timestamp, inbound_key, outbound};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Set, SqlErr,
};

use super::intake::Record;
use crate::context::Context;
use crate::db::Txn;
use crate::error::{Error, Result};

/// How many people one sweep takes over.
const SWEEP: u64 = 200;
/// How many rows one purge touches, so that it never holds the writer long.
const PURGE: u64 = 500;

pub(super) async fn by_key(
    txn: &Txn,
    account: AccountId,
    key: &str,
) -> Result<Option<(InboundId, State)>> {
    let Some(row) = inbound_key::Entity::find_by_id((account, key.to_owned()))
        .one(txn.conn())
        .await?
    else {
        return Ok(None);
    };
    let state = Entity::find_by_id(row.inbound_id)
        .one(txn.conn())
        .await?
        .map_or(State::Done, |push| push.state);
    Ok(Some((row.inbound_id, state)))
}

pub(super) async fn insert(txn: &Txn, record: &Record) -> Result<InboundId> {
    let row = inbound::ActiveModel {
        account_id: Set(record.person.account_id),
        openid: Set(record.person.openid.clone()),
        msg_type: Set(record.msg_type.clone()),
        event: Set(record.event.clone()),
        format: Set(record.format.to_string()),
        key_index: Set(record.key_index),
        raw: Set(Some(record.raw.clone())),
        pushed_at: Set(record.pushed_at),
        received_at: Set(record.received_at),
        state: Set(record.state),
        answer: Set(if record.state == State::Stored {
            Answer::Open
        } else {
            Answer::Api
        }),
        attempts: Set(0),
        ..Default::default()
    };
    let id = row.insert(txn.conn()).await?.id;
    let key = inbound_key::ActiveModel {
        account_id: Set(record.person.account_id),
        dedupe_key: Set(record.dedupe_key.clone()),
        inbound_id: Set(id),
        received_at: Set(record.received_at),
    };
    inbound_key::Entity::insert(key)
        .exec_without_returning(txn.conn())
        .await
        .map_err(|e| match e.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(_)) => Error::Taken,
            _ => Error::from(e),
        })?;
    Ok(id)
}

/// The person's oldest push that has not taken effect.
pub(super) async fn next_unfinished(txn: &Txn, person: &Address) -> Result<Option<inbound::Model>> {
    let query = Entity::find()
        .filter(inbound::Column::AccountId.eq(person.account_id))
        .filter(inbound::Column::Openid.eq(person.openid.as_str()))
        .filter(inbound::Column::State.eq(State::Stored))
        .order_by_asc(inbound::Column::Id);
    Ok(query.one(txn.conn()).await?)
}

pub(super) async fn get(
    db: &impl ConnectionTrait,
    id: InboundId,
) -> Result<Option<inbound::Model>> {
    Ok(Entity::find_by_id(id).one(db).await?)
}

/// Decides who answers, once: false when it was decided before.
pub(super) async fn decide(
    txn: &Txn,
    id: InboundId,
    answer: Answer,
    body: Option<&str>,
) -> Result<bool> {
    let row = inbound::ActiveModel {
        answer: Set(answer),
        answer_body: Set(body.map(str::to_owned)),
        ..Default::default()
    };
    let decided = Entity::update_many()
        .set(row)
        .filter(inbound::Column::Id.eq(id))
        .filter(inbound::Column::Answer.eq(Answer::Open))
        .exec(txn.conn())
        .await?;
    Ok(decided.rows_affected == 1)
}

/// The push took effect; false when it had already.
pub(super) async fn finish(txn: &Txn, id: InboundId, state: State) -> Result<bool> {
    let row = inbound::ActiveModel {
        state: Set(state),
        ..Default::default()
    };
    let done = Entity::update_many()
        .set(row)
        .filter(inbound::Column::Id.eq(id))
        .filter(inbound::Column::State.eq(State::Stored))
        .exec(txn.conn())
        .await?;
    Ok(done.rows_affected == 1)
}

pub(super) async fn note_fault(txn: &Txn, id: InboundId, fault: &str) -> Result<()> {
    Entity::update_many()
        .col_expr(
            inbound::Column::Attempts,
            Expr::col(inbound::Column::Attempts).add(1),
        )
        .col_expr(inbound::Column::Fault, fault.into())
        .filter(inbound::Column::Id.eq(id))
        .exec(txn.conn())
        .await?;
    Ok(())
}

/// For whom push `id` promised messages that are not gone yet.
pub(super) async fn promised_to(txn: &Txn, id: InboundId) -> Result<Vec<Address>> {
    let people: Vec<(AccountId, String)> = outbound::Entity::find()
        .select_only()
        .column(outbound::Column::AccountId)
        .column(outbound::Column::Openid)
        .filter(outbound::Column::InboundId.eq(id))
        .filter(outbound::Column::State.eq(outbound::State::Ready))
        .distinct()
        .into_tuple()
        .all(txn.conn())
        .await?;
    Ok(people
        .into_iter()
        .map(|(account_id, openid)| Address { account_id, openid })
        .collect())
}

/// Who sent push `id`.
pub(super) async fn sender(db: &impl ConnectionTrait, id: InboundId) -> Result<Option<Address>> {
    Ok(get(db, id).await?.map(|row| Address {
        account_id: row.account_id,
        openid: row.openid,
    }))
}

/// The people with pushes older than `before` that have not taken effect.
pub(super) async fn unfinished_people(
    db: &impl ConnectionTrait,
    before: Timestamp,
) -> Result<Vec<Address>> {
    let people: Vec<(AccountId, String)> = Entity::find()
        .select_only()
        .column(inbound::Column::AccountId)
        .column(inbound::Column::Openid)
        .filter(inbound::Column::State.eq(State::Stored))
        .filter(inbound::Column::ReceivedAt.lte(before))
        .distinct()
        .limit(SWEEP)
        .into_tuple()
        .all(db)
        .await?;
    Ok(people
        .into_iter()
        .map(|(account_id, openid)| Address { account_id, openid })
        .collect())
}

/// How many of the account's pushes that arrived since `since` are in `state`.
///
/// # Errors
/// When the store fails.
pub async fn count_pushes(
    db: &impl ConnectionTrait,
    account: AccountId,
    state: State,
    since: Timestamp,
) -> Result<u64> {
    let query = Entity::find()
        .filter(inbound::Column::AccountId.eq(account))
        .filter(inbound::Column::State.eq(state))
        .filter(inbound::Column::ReceivedAt.gte(since));
    Ok(query.count(db).await?)
}

/// Forgets pushes that arrived before `before`, a bounded number at a time; says how many. Their keys stay.
///
/// # Errors
/// When the store fails.
pub async fn purge_raw(ctx: &Context, before: Timestamp) -> Result<usize> {
    let old: Vec<InboundId> = Entity::find()
        .select_only()
        .column(inbound::Column::Id)
        .filter(inbound::Column::ReceivedAt.lt(before))
        .filter(inbound::Column::State.ne(State::Stored))
        .limit(PURGE)
        .into_tuple()
        .all(ctx.db.reads())
        .await?;
    let count = old.len();
    if count > 0 {
        ctx.db
            .write(old, |txn, old| Box::pin(forget(txn, old)))
            .await?;
    }
    Ok(count)
}

async fn forget(txn: &Txn, ids: &[InboundId]) -> Result<()> {
    let these = inbound::Column::Id.is_in(ids.iter().copied());
    Entity::delete_many().filter(these).exec(txn.conn()).await?;
    Ok(())
}

/// Forgets dedupe keys that arrived before `before`, a bounded number at a time; says how many.
///
/// # Errors
/// When the store fails.
pub async fn purge_keys(ctx: &Context, before: Timestamp) -> Result<u64> {
    let arrived: Vec<Timestamp> = inbound_key::Entity::find()
        .select_only()
        .column(inbound_key::Column::ReceivedAt)
        .filter(inbound_key::Column::ReceivedAt.lt(before))
        .order_by_asc(inbound_key::Column::ReceivedAt)
        .limit(PURGE)
        .into_tuple()
        .all(ctx.db.reads())
        .await?;
    let Some(newest) = arrived.last().copied() else {
        return Ok(0);
    };
    ctx.db
        .write(newest, |txn, newest| Box::pin(forget_keys(txn, *newest)))
        .await
}

async fn forget_keys(txn: &Txn, newest: Timestamp) -> Result<u64> {
    let old = inbound_key::Column::ReceivedAt.lte(newest);
    let gone = inbound_key::Entity::delete_many()
        .filter(old)
        .exec(txn.conn())
        .await?;
    Ok(gone.rows_affected)
}
