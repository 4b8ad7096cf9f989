//! Messages to people: promised in the transaction that caused them, sent in order, one person at a time, and never
//! called sent unless WeChat took them.
//!
//! The truth about windows is the row `reply_window`; it is spent in the transaction that claims a message, before the
//! call. What nobody knows the outcome of is listed, never sent again by itself.

mod deliver;
mod forget;
mod limits;
mod notices;
mod parcel;
mod passive;
mod queries;
pub mod rules;
mod settle;
mod shown;
mod tell;
mod window;

use std::collections::BTreeSet;

use daogou_schema::outbound::{Purpose, State};
use daogou_schema::{Address, GuideId, InboundId, MemberId, MessageId, OutboundId, Timestamp};

use crate::db::Txn;
use crate::error::Result;

pub use deliver::{deliver_to, heal};
pub use forget::purge;
pub use notices::{call_senders, listen};
pub use parcel::{Body, Parcel};
pub use passive::{PassiveAnswer, answer_passively, mark_served};
pub use queries::{
    Fate, Listed, backlog, count_messages, due_people, ended_lately, held_backlog, list_messages,
    restored_in,
};
pub use rules::Reason;
pub use settle::lapse_in;
pub use shown::{fate_of, fates, open_windows};
pub use window::{closed_in, open_in as open_window_in, remaining_in, shut_in as shut_windows_in};

/// A message to be promised.
#[derive(Clone, Debug)]
pub struct Draft {
    /// To whom.
    pub to: Address,
    /// What for.
    pub purpose: Purpose,
    /// What.
    pub parcel: Parcel,
    /// The member it is about.
    pub member_id: Option<MemberId>,
    /// The guide it is from or to.
    pub guide_id: Option<GuideId>,
    /// The line of the conversation it carries.
    pub message_id: Option<MessageId>,
    /// The push that caused it.
    pub inbound_id: Option<InboundId>,
}

/// Promises `draft`: it goes out as the passive answer of the push being handled, or as soon as its lane is free.
///
/// # Errors
/// When the store fails.
pub async fn send_in(txn: &Txn, now: Timestamp, draft: &Draft) -> Result<OutboundId> {
    queries::insert(txn, now, draft, State::Ready, None).await
}

/// Keeps `draft` until the person's next act opens a window.
///
/// # Errors
/// When the store fails.
pub async fn hold_in(
    txn: &Txn,
    now: Timestamp,
    draft: &Draft,
    reason: Reason,
) -> Result<OutboundId> {
    queries::insert(txn, now, draft, State::Held, Some(reason)).await
}

/// Makes everything held for a person ready again: she has just acted. It is decided anew when it is claimed.
///
/// # Errors
/// When the store fails.
pub async fn release_held_in(txn: &Txn, now: Timestamp, to: &Address, wrote: bool) -> Result<()> {
    queries::release_held(txn, now, to, wrote).await
}

/// Drops what `guide` had waiting for any of `people`, and says which lines these were and for whom: she has not got them.
///
/// # Errors
/// When the store fails.
pub async fn drop_answers_in(
    txn: &Txn,
    people: &[Address],
    guide: GuideId,
) -> Result<Vec<(MemberId, MessageId)>> {
    queries::drop_answers(txn, people, guide).await
}

/// Drops what waits for a guide and says which lines were among it, so that somebody else can get them.
///
/// # Errors
/// When the store fails.
pub async fn drop_relays_in(txn: &Txn, to: &Address) -> Result<Vec<MessageId>> {
    queries::drop_relays(txn, to).await
}

/// Whose of `members` lines still wait for a guide: nobody has seen them.
///
/// # Errors
/// When the store fails.
pub async fn with_relays_waiting_in(txn: &Txn, members: &[MemberId]) -> Result<BTreeSet<MemberId>> {
    queries::with_relays_waiting(txn, members).await
}

/// Drops the lines about a member that wait for anybody but `except`, and says which they are: they go to another guide.
///
/// # Errors
/// When the store fails.
pub async fn drop_relays_about_in(
    txn: &Txn,
    member: MemberId,
    except: Option<GuideId>,
) -> Result<Vec<MessageId>> {
    queries::drop_relays_about(txn, member, except).await
}

/// The oldest line of a conversation that is still on its way to a guide, or held.
///
/// # Errors
/// When the store fails.
pub async fn oldest_on_its_way_in(txn: &Txn, to: &Address) -> Result<Option<MessageId>> {
    queries::oldest_on_its_way(txn, to).await
}

/// The oldest of `lines` that reached `to` after `since`, or may have.
///
/// # Errors
/// When the store fails.
pub async fn oldest_arrived_in(
    txn: &Txn,
    to: &Address,
    lines: &[MessageId],
    since: Timestamp,
) -> Result<Option<MessageId>> {
    queries::oldest_arrived(txn, to, lines, since).await
}

/// What stands before a person's next message.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// Something is held for her, or waits long for its next call.
    pub held: bool,
    /// Something is held, ready or on its way.
    pub any: bool,
}

/// What stands for a person now.
///
/// # Errors
/// When the store fails.
pub async fn standing_in(txn: &Txn, to: &Address) -> Result<Standing> {
    let standing = queries::standing(txn, to).await?;
    let waits = |(state, has_reason): &(State, bool)| match state {
        State::Held => true,
        State::Ready => *has_reason,
        _ => false,
    };
    Ok(Standing {
        held: standing.iter().any(waits),
        any: !standing.is_empty(),
    })
}
