//! Pushes and their dedupe keys in the store.

use daogou_schema::inbound::{self, Answer, Entity, State};
use daogou_schema::{AccountId, Address, InboundId, Timestamp, inbound_key};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveEnum, ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, Set,
};

use super::intake::Record;
use crate::context::Context;
use crate::db::{Only, Txn, case, count_to, insert_all, insert_numbered, padded};
use crate::error::Result;

/// How many people one sweep takes over.
const SWEEP: u64 = 200;
/// How many rows one purge touches, so that it never holds the writer long.
const PURGE: u64 = 500;

/// In this state, and said so that the index of the few that are not done is used.
pub(super) fn standing_at(state: State) -> Condition {
    let done = Expr::Constant(State::Done.to_value().into());
    Condition::all()
        .add(inbound::Column::State.eq(state))
        .add(Expr::col((Entity, inbound::Column::State)).ne(done))
}

fn unfinished() -> Condition {
    standing_at(State::Stored)
}

/// The pushes that are stored under `keys` already.
pub(super) async fn known(
    txn: &Txn,
    account: AccountId,
    keys: impl IntoIterator<Item = &str>,
) -> Result<Vec<(String, InboundId)>> {
    Ok(inbound_key::Entity::find()
        .select_only()
        .column(inbound_key::Column::DedupeKey)
        .column(inbound_key::Column::InboundId)
        .filter(inbound_key::Column::AccountId.eq(account))
        .filter(inbound_key::Column::DedupeKey.is_in(padded(keys)))
        .into_tuple()
        .all(txn.conn())
        .await?)
}

/// Who among `people` has pushes that have not taken effect.
pub(super) async fn busy(
    txn: &Txn,
    account: AccountId,
    people: impl IntoIterator<Item = &str>,
) -> Result<Vec<String>> {
    Ok(Entity::find()
        .select_only()
        .column(inbound::Column::Openid)
        .filter(inbound::Column::AccountId.eq(account))
        .filter(inbound::Column::Openid.is_in(padded(people)))
        .filter(unfinished())
        .distinct()
        .into_tuple()
        .all(txn.conn())
        .await?)
}

/// Stores pushes with their dedupe keys and says their ids, in the same order. A push that takes effect in this unit is
/// stored as done.
///
/// # Errors
/// [`Error::Taken`] when somebody else has just stored one of them.
pub(super) async fn insert(txn: &Txn, records: &[(&Record, State)]) -> Result<Vec<InboundId>> {
    let rows: Vec<_> = records
        .iter()
        .map(|(record, state)| row(record, *state))
        .collect();
    let ids = insert_numbered(txn, &rows).await?;
    let keys = records.iter().zip(&ids);
    let keys: Vec<_> = keys
        .map(|((record, _), id)| inbound_key::ActiveModel {
            account_id: Set(record.person.account_id),
            dedupe_key: Set(record.dedupe_key.clone()),
            inbound_id: Set(*id),
            received_at: Set(record.received_at),
        })
        .collect();
    insert_all(txn, &keys).await?;
    Ok(ids)
}

fn row(record: &Record, state: State) -> inbound::ActiveModel {
    inbound::ActiveModel {
        account_id: Set(record.person.account_id),
        openid: Set(record.person.openid.clone()),
        msg_type: Set(record.msg_type.clone()),
        event: Set(record.event.clone()),
        format: Set(record.format.to_string()),
        key_index: Set(record.key_index),
        raw: Set(Some(record.raw.clone())),
        pushed_at: Set(record.pushed_at),
        received_at: Set(record.received_at),
        state: Set(state),
        answer: Set(if state == State::Stored {
            Answer::Open
        } else {
            Answer::Api
        }),
        attempts: Set(0),
        ..Default::default()
    }
}

/// The push that is being stored in this unit is answered passively.
pub(super) async fn set_passive(txn: &Txn, id: InboundId, body: &str) -> Result<()> {
    txn.together((id, body.to_owned()), |txn, answers| {
        Box::pin(set_all_passive(txn, answers))
    })
    .await
}

async fn set_all_passive(txn: &Txn, answers: &[(InboundId, String)]) -> Result<Vec<()>> {
    let (id, body) = (inbound::Column::Id, inbound::Column::AnswerBody);
    Entity::update_many()
        .col_expr(inbound::Column::Answer, Answer::Passive.into())
        .col_expr(body, case(id, padded(answers.iter().cloned())))
        .filter(id.is_in(padded(answers.iter().map(|(push, _)| *push))))
        .exec(txn.conn())
        .await?;
    Ok(vec![(); answers.len()])
}

/// The person's oldest push that has not taken effect.
pub(super) async fn next_unfinished(txn: &Txn, person: &Address) -> Result<Option<inbound::Model>> {
    let query = Entity::find()
        .filter(inbound::Column::AccountId.eq(person.account_id))
        .filter(inbound::Column::Openid.eq(person.openid.as_str()))
        .filter(unfinished())
        .order_by_asc(inbound::Column::Id);
    Ok(query.one(txn.conn()).await?)
}

pub(super) async fn get(
    db: &impl ConnectionTrait,
    id: InboundId,
) -> Result<Option<inbound::Model>> {
    Ok(Entity::find_by_id(id).only(db).await?)
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
        .filter(unfinished())
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

/// The people with pushes older than `before` that have not taken effect.
pub(super) async fn unfinished_people(
    db: &impl ConnectionTrait,
    before: Timestamp,
) -> Result<Vec<Address>> {
    let people: Vec<(AccountId, String)> = Entity::find()
        .select_only()
        .column(inbound::Column::AccountId)
        .column(inbound::Column::Openid)
        .filter(unfinished())
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
        .filter(standing_at(state))
        .filter(inbound::Column::ReceivedAt.gte(since));
    Ok(query.count(db).await?)
}

/// Forgets what a push said that has taken effect.
pub(super) async fn forget_raw(txn: &Txn, id: Option<InboundId>) -> Result<()> {
    let Some(id) = id else { return Ok(()) };
    let nothing = inbound::ActiveModel {
        raw: Set(None),
        ..Default::default()
    };
    Entity::update_many()
        .set(nothing)
        .filter(inbound::Column::Id.eq(id))
        .exec(txn.conn())
        .await?;
    Ok(())
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

/// Sets aside every push of a restored store that was not handled when the backup was made: the server that went on has
/// handled it since. Says how many.
///
/// # Errors
/// When the store fails.
pub async fn restored_in(txn: &Txn) -> Result<u64> {
    const WHY: &str = "it was under way when the backup was made that was restored";
    let set_aside = Entity::update_many()
        .col_expr(inbound::Column::State, State::Failed.into())
        .col_expr(inbound::Column::Fault, WHY.into())
        .filter(unfinished())
        .exec(txn.conn())
        .await?;
    Ok(set_aside.rows_affected)
}

/// How many pushes are counted one by one.
const COUNTED_MAX: u32 = 10_000;

/// How many pushes have not taken effect, as far as anybody counts, and when the oldest of them arrived.
///
/// # Errors
/// When the store fails.
pub async fn backlog(db: &impl ConnectionTrait) -> Result<(u32, Option<Timestamp>)> {
    let waiting = Entity::find().select_only().filter(unfinished());
    let oldest: Option<Option<Timestamp>> = waiting
        .clone()
        .column_as(inbound::Column::ReceivedAt.min(), "oldest")
        .into_tuple()
        .one(db)
        .await?;
    let ids = waiting.column(inbound::Column::Id).into_query();
    Ok((count_to(db, ids, COUNTED_MAX).await?, oldest.flatten()))
}
