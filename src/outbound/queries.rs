//! Outbound messages, windows and sending lanes in the store.

mod claims;
mod list;
mod taken_back;
mod windows;

use daogou_schema::outbound::{self, Entity, Purpose, State};
use daogou_schema::{AccountId, Address, MessageId, OutboundId, Timestamp};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};

use super::{Draft, Reason};
use crate::db::{Txn, padded};
use crate::error::Result;

pub(super) use claims::{
    Settled, claim, lapse, lapsing_answers, mark_answering, mark_served, settle,
};
pub use list::{Listed, backlog, count_messages, held_backlog, list_messages, restored_in};
pub(super) use taken_back::{drop_answers, drop_relays, drop_relays_about, hold_label};
pub(super) use windows::{
    give_back_window, open_window, shut_windows, spend_window, use_up_windows, windows,
};

/// How many rows of one person a claim looks at: more than one message can merge.
const LOOK_AHEAD: u64 = 64;
/// How many held rows are counted one by one for the message that says how many wait.
const COUNTED_MAX: u64 = 1000;
/// How many people one sweep wakes.
const SWEEP: u64 = 500;

pub(super) async fn insert(
    txn: &Txn,
    now: Timestamp,
    draft: &Draft,
    state: State,
    reason: Option<Reason>,
) -> Result<OutboundId> {
    let row = outbound::ActiveModel {
        account_id: Set(draft.to.account_id),
        openid: Set(draft.to.openid.clone()),
        purpose: Set(draft.purpose),
        content: Set(draft.parcel.to_json()?),
        member_id: Set(draft.member_id),
        guide_id: Set(draft.guide_id),
        message_id: Set(draft.message_id),
        inbound_id: Set(draft.inbound_id),
        state: Set(state),
        attempts: Set(0),
        due_at: Set(now),
        fence: Set(0),
        reason: Set(reason.map(|r| r.word().to_owned())),
        created_at: Set(now),
        ..Default::default()
    };
    if state == State::Ready {
        txn.promise(&draft.to);
    }
    Ok(Entity::insert(row).exec(txn.conn()).await?.last_insert_id)
}

fn of(to: &Address) -> Condition {
    Condition::all()
        .add(outbound::Column::AccountId.eq(to.account_id))
        .add(outbound::Column::Openid.eq(to.openid.as_str()))
}

/// The person's messages in `states`, in the order they go out.
pub(super) async fn waiting(
    txn: &Txn,
    to: &Address,
    states: &[State],
) -> Result<Vec<outbound::Model>> {
    let query = Entity::find()
        .filter(of(to))
        .filter(outbound::Column::State.is_in(states.iter().copied()))
        .order_by_asc(outbound::Column::Id)
        .limit(LOOK_AHEAD);
    Ok(query.all(txn.conn()).await?)
}

/// Who among `people` of one account has something ready.
pub(super) async fn ready_among(
    txn: &Txn,
    account: AccountId,
    people: impl IntoIterator<Item = &str>,
) -> Result<Vec<Address>> {
    let found: Vec<String> = Entity::find()
        .select_only()
        .column(outbound::Column::Openid)
        .filter(outbound::Column::AccountId.eq(account))
        .filter(outbound::Column::Openid.is_in(padded(people)))
        .filter(outbound::Column::State.eq(State::Ready))
        .distinct()
        .into_tuple()
        .all(txn.conn())
        .await?;
    let address = |openid| Address {
        account_id: account,
        openid,
    };
    Ok(found.into_iter().map(address).collect())
}

/// Everything that is held for a person, in order, as far as anybody counts.
pub(super) async fn held(txn: &Txn, to: &Address) -> Result<Vec<outbound::Model>> {
    let query = Entity::find()
        .filter(of(to))
        .filter(outbound::Column::State.eq(State::Held))
        .order_by_asc(outbound::Column::Id)
        .limit(COUNTED_MAX);
    Ok(query.all(txn.conn()).await?)
}

/// In which states, and why, messages for a person are that have not come to rest.
pub(super) async fn standing(txn: &Txn, to: &Address) -> Result<Vec<(State, Option<String>)>> {
    let states = [State::Ready, State::Held, State::Claimed, State::Answering];
    let found = Entity::find()
        .select_only()
        .column(outbound::Column::State)
        .column(outbound::Column::Reason)
        .filter(of(to))
        .filter(outbound::Column::State.is_in(states))
        .distinct();
    Ok(found.into_tuple().all(txn.conn()).await?)
}

pub(super) async fn release_held(
    txn: &Txn,
    now: Timestamp,
    to: &Address,
    wrote: bool,
) -> Result<()> {
    let waits_long = Condition::all()
        .add(outbound::Column::State.eq(State::Ready))
        .add(outbound::Column::Reason.is_not_null());
    let waits = Condition::any()
        .add(outbound::Column::State.eq(State::Held))
        .add(waits_long);
    let mut held = of(to).add(waits);
    if !wrote {
        // Who wants answers only is not written to because she scanned or tapped something.
        held = held.add(outbound::Column::Reason.ne(Reason::Quiet.word()));
    }
    Entity::update_many()
        .col_expr(outbound::Column::State, State::Ready.into())
        .col_expr(outbound::Column::Reason, Expr::value(None::<String>))
        .col_expr(outbound::Column::DueAt, now.0.into())
        .filter(held)
        .exec(txn.conn())
        .await?;
    txn.promise(to);
    // Saying how many wait is stale the moment they are on their way.
    Entity::update_many()
        .col_expr(outbound::Column::State, State::Dropped.into())
        .filter(of(to))
        .filter(outbound::Column::State.eq(State::Ready))
        .filter(outbound::Column::Purpose.eq(Purpose::Waiting))
        .exec(txn.conn())
        .await?;
    Ok(())
}

/// Moves unclaimed rows to a resting state.
pub(super) async fn rest(
    txn: &Txn,
    ids: &[OutboundId],
    state: State,
    reason: Reason,
) -> Result<()> {
    Entity::update_many()
        .col_expr(outbound::Column::State, state.into())
        .col_expr(outbound::Column::Reason, reason.word().into())
        .filter(outbound::Column::Id.is_in(ids.iter().copied()))
        .filter(outbound::Column::State.eq(State::Ready))
        .exec(txn.conn())
        .await?;
    Ok(())
}

/// Moves everything ready for a person to a resting state.
pub(super) async fn rest_all(
    txn: &Txn,
    to: &Address,
    purposes: &[Purpose],
    reason: Reason,
) -> Result<()> {
    Entity::update_many()
        .col_expr(outbound::Column::State, State::Held.into())
        .col_expr(outbound::Column::Reason, reason.word().into())
        .filter(of(to))
        .filter(outbound::Column::State.eq(State::Ready))
        .filter(outbound::Column::Purpose.is_in(purposes.iter().copied()))
        .exec(txn.conn())
        .await?;
    Ok(())
}

/// The oldest line that its guide has not got yet.
pub(super) async fn oldest_on_its_way(txn: &Txn, to: &Address) -> Result<Option<MessageId>> {
    let states = [State::Ready, State::Held, State::Claimed, State::Answering];
    let row = Entity::find()
        .filter(of(to))
        .filter(outbound::Column::State.is_in(states))
        .filter(outbound::Column::Purpose.eq(Purpose::Relay))
        .filter(outbound::Column::MessageId.is_not_null())
        .order_by_asc(outbound::Column::MessageId)
        .one(txn.conn())
        .await?;
    Ok(row.and_then(|row| row.message_id))
}

/// The oldest of `lines` whose outcome was known after `since`.
pub(super) async fn oldest_arrived(
    txn: &Txn,
    to: &Address,
    lines: &[MessageId],
    since: Timestamp,
) -> Result<Option<MessageId>> {
    // Found by the lines alone: SQLite, which knows no figures, would rather look through everything that ever went to
    // her guide.
    let rows = Entity::find()
        .filter(outbound::Column::MessageId.is_in(padded(lines.iter().copied())))
        .all(txn.conn())
        .await?;
    let arrived = rows.iter().filter(|row| {
        row.account_id == to.account_id
            && row.openid == to.openid
            && matches!(row.state, State::Sent | State::Unknown)
            && row.settled_at.is_some_and(|at| at > since)
    });
    Ok(arrived.filter_map(|row| row.message_id).min())
}

/// The people who have something to get by now: what a lost wake-up would have said.
pub async fn due_people(db: &impl ConnectionTrait, now: Timestamp) -> Result<Vec<Address>> {
    let people: Vec<(AccountId, String)> = Entity::find()
        .select_only()
        .column(outbound::Column::AccountId)
        .column(outbound::Column::Openid)
        .filter(outbound::Column::State.eq(State::Ready))
        .filter(outbound::Column::DueAt.lte(now))
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
