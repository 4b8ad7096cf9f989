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
use crate::db::{Txn, among, insert_numbered, padded};
use crate::error::Result;

pub(super) use claims::{Settled, claim, lapse, lapsing, mark_answering, mark_served, settle};
pub(super) use list::fates;
pub use list::{
    Fate, Listed, backlog, count_messages, ended_lately, held_backlog, list_messages, restored_in,
};
pub(super) use taken_back::{
    drop_answers, drop_relays, drop_relays_about, hold_label, with_relays_waiting,
};
pub(super) use windows::{
    give_back_window, open_window, shut_windows, spend_window, use_up_windows, windows,
    windows_shown,
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
    txn.together(row, |txn, rows| Box::pin(insert_numbered(txn, rows)))
        .await
}

fn of_all(people: &[Address]) -> Condition {
    among(
        outbound::Column::AccountId,
        outbound::Column::Openid,
        people,
    )
}

fn of(to: &Address) -> Condition {
    Condition::all()
        .add(outbound::Column::AccountId.eq(to.account_id))
        .add(outbound::Column::Openid.eq(to.openid.as_str()))
}

/// The person's messages that are ready or on their way, in the order they go out, as many as a look takes.
pub(super) async fn waiting(txn: &Txn, to: &Address) -> Result<Vec<outbound::Model>> {
    let found = txn.together(to.clone(), |txn, people| Box::pin(all_waiting(txn, people)));
    match found.await? {
        Some(found) => Ok(found),
        None => first_waiting(txn, of(to), LOOK_AHEAD).await,
    }
}

/// None when more waits than everybody's share: then each has to ask for herself.
async fn all_waiting(txn: &Txn, people: &[Address]) -> Result<Vec<Option<Vec<outbound::Model>>>> {
    let share = LOOK_AHEAD * padded(people.iter()).len() as u64;
    let mut found = first_waiting(txn, of_all(people), share).await?;
    if people.len() > 1 && found.len() as u64 >= share {
        return Ok(people.iter().map(|_| None).collect());
    }
    let mut of = |to: &Address| {
        let hers =
            |row: &mut outbound::Model| row.account_id == to.account_id && row.openid == to.openid;
        Some(found.extract_if(.., hers).collect())
    };
    Ok(people.iter().map(&mut of).collect())
}

async fn first_waiting(txn: &Txn, these: Condition, most: u64) -> Result<Vec<outbound::Model>> {
    let states = [State::Ready, State::Claimed, State::Answering];
    let query = Entity::find()
        .filter(these)
        .filter(outbound::Column::State.is_in(states))
        .order_by_asc(outbound::Column::Id)
        .limit(most);
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

/// In which states messages for a person are that have not come to rest, and whether any of them has a reason.
pub(super) async fn standing(txn: &Txn, to: &Address) -> Result<Vec<(State, bool)>> {
    txn.together(to.clone(), |txn, people| {
        Box::pin(all_standing(txn, people))
    })
    .await
}

async fn all_standing(txn: &Txn, people: &[Address]) -> Result<Vec<Vec<(State, bool)>>> {
    let states = [State::Ready, State::Held, State::Claimed, State::Answering];
    let found: Vec<(AccountId, String, State, Option<String>)> = Entity::find()
        .select_only()
        .column(outbound::Column::AccountId)
        .column(outbound::Column::Openid)
        .column(outbound::Column::State)
        .column_as(outbound::Column::Reason.max(), "any_reason")
        .filter(of_all(people))
        .filter(outbound::Column::State.is_in(states))
        .group_by(outbound::Column::AccountId)
        .group_by(outbound::Column::Openid)
        .group_by(outbound::Column::State)
        .into_tuple()
        .all(txn.conn())
        .await?;
    let of = |to: &Address| {
        let hers = found
            .iter()
            .filter(|(account, openid, ..)| *account == to.account_id && *openid == to.openid);
        hers.map(|(_, _, state, reason)| (*state, reason.is_some()))
            .collect()
    };
    Ok(people.iter().map(of).collect())
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

/// Keeps everything ready for a person that is worth it.
pub(super) async fn rest_all(
    txn: &Txn,
    to: &Address,
    purposes: &'static [Purpose],
    reason: Reason,
) -> Result<()> {
    txn.together((to.clone(), purposes, reason), |txn, all| {
        Box::pin(rest_everything(txn, all))
    })
    .await
}

/// What of a person's messages is kept, and why.
type Resting = (Address, &'static [Purpose], Reason);

async fn rest_everything(txn: &Txn, all: &[Resting]) -> Result<Vec<()>> {
    let mut rest: Vec<&Resting> = all.iter().collect();
    while let Some((_, purposes, reason)) = rest.first().copied() {
        let alike = rest.extract_if(.., |(_, what, why)| (what, why) == (purposes, reason));
        let people: Vec<Address> = alike.map(|(to, ..)| to.clone()).collect();
        Entity::update_many()
            .col_expr(outbound::Column::State, State::Held.into())
            .col_expr(outbound::Column::Reason, reason.word().into())
            .filter(of_all(&people))
            .filter(outbound::Column::State.eq(State::Ready))
            .filter(outbound::Column::Purpose.is_in(purposes.iter().copied()))
            .exec(txn.conn())
            .await?;
    }
    Ok(vec![(); all.len()])
}

/// The oldest line that its guide has not got yet.
pub(super) async fn oldest_on_its_way(txn: &Txn, to: &Address) -> Result<Option<MessageId>> {
    txn.together(to.clone(), |txn, people| {
        Box::pin(all_oldest_on_their_way(txn, people))
    })
    .await
}

async fn all_oldest_on_their_way(txn: &Txn, people: &[Address]) -> Result<Vec<Option<MessageId>>> {
    let states = [State::Ready, State::Held, State::Claimed, State::Answering];
    let oldest: Vec<(AccountId, String, Option<MessageId>)> = Entity::find()
        .select_only()
        .column(outbound::Column::AccountId)
        .column(outbound::Column::Openid)
        .column_as(outbound::Column::MessageId.min(), "oldest")
        .filter(of_all(people))
        .filter(outbound::Column::State.is_in(states))
        .filter(outbound::Column::Purpose.eq(Purpose::Relay))
        .group_by(outbound::Column::AccountId)
        .group_by(outbound::Column::Openid)
        .into_tuple()
        .all(txn.conn())
        .await?;
    let of = |to: &Address| {
        let hers = |(account, openid, _): &&(AccountId, String, Option<MessageId>)| {
            *account == to.account_id && *openid == to.openid
        };
        oldest.iter().find(hers).and_then(|(.., line)| *line)
    };
    Ok(people.iter().map(of).collect())
}

/// The oldest of `lines` whose outcome was known after `since`.
pub(super) async fn oldest_arrived(
    txn: &Txn,
    to: &Address,
    lines: &[MessageId],
    since: Timestamp,
) -> Result<Option<MessageId>> {
    if lines.is_empty() {
        return Ok(None);
    }
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
