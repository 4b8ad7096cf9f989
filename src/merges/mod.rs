//! Merges 合并: two profiles that are one person become one, in one unit, with what was where kept for two days. It can be undone as
//! long as she has not gone on: written, gone to another guide, been merged again or been erased.

mod back;
mod before;
mod merging;
mod queries;

use std::sync::Arc;

use chrono::TimeDelta;
use daogou_schema::member_merge::{Cause, Model};
use daogou_schema::{MemberId, MergeId, Timestamp};

use crate::accounts::{Account, Visit};
use crate::audit::By;
use crate::context::Context;
use crate::error::Result;

pub use merging::join_in;

/// For so long a merge can be undone.
pub const UNDO_WITHIN: TimeDelta = TimeDelta::hours(48);
/// How many lines the profile that goes may have: all of them change in one unit.
pub const LINES_MAX: u64 = 5_000;
/// How many of the newest are shown of a member.
const SHOWN_MAX: u64 = 5;

/// Whose guide stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// That of the profile that is kept; the other's only when it has none.
    Kept,
    /// That of the profile that goes; the kept one's only when it has none.
    Gone,
}

/// What is to be done.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    /// Who she is from now on.
    pub kept: MemberId,
    /// The profile that becomes part of her.
    pub gone: MemberId,
    /// Whose guide stays.
    pub guide: Whose,
    /// Why.
    pub cause: Cause,
    /// Who does it.
    pub by: By,
}

/// Why nothing was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum No {
    /// Both are one already.
    Same,
    /// One of them is not there, or is being erased.
    Missing,
    /// The one that goes is in the middle of a talk.
    Talking,
    /// The one that goes has more than [`LINES_MAX`] lines.
    Long,
    /// It is too late, or was undone.
    TooLate,
    /// She has gone on since: written, or gone to another guide.
    WentOn,
}

/// Makes two profiles one.
///
/// # Errors
/// When the store fails, or DAOGOU_SECRET_KEY is another one.
pub async fn merge(
    ctx: &Context,
    account: &Arc<Account>,
    order: Order,
) -> Result<Result<MergeId, No>> {
    let args = (Visit::of_house(ctx, account), ctx.vault()?.clone(), order);
    ctx.db
        .write(args, |txn, (visit, vault, order)| {
            Box::pin(merging::merge_in(txn, visit, vault, order))
        })
        .await
}

/// Somebody who follows has given her phone number: if headquarters brought her in from a file, she is that person.
///
/// # Errors
/// When the store fails, or DAOGOU_SECRET_KEY is another one.
pub async fn join(
    ctx: &Context,
    account: &Arc<Account>,
    member: MemberId,
    by: By,
) -> Result<Option<MergeId>> {
    let args = (
        Visit::of_house(ctx, account),
        ctx.vault()?.clone(),
        member,
        by,
    );
    ctx.db
        .write(args, |txn, (visit, vault, member, by)| {
            Box::pin(join_in(txn, visit, vault, *member, *by))
        })
        .await
}

/// Makes them two again, as they were.
///
/// # Errors
/// When the store fails.
pub async fn undo(
    ctx: &Context,
    account: &Arc<Account>,
    id: MergeId,
    by: By,
) -> Result<Result<Model, No>> {
    let args = (Visit::of_house(ctx, account), id, by);
    ctx.db
        .write(args, |txn, (visit, id, by)| {
            Box::pin(back::undo_in(txn, visit, *id, *by))
        })
        .await
}

/// The newest merges of a member.
///
/// # Errors
/// When the store fails.
pub async fn of(ctx: &Context, member: MemberId) -> Result<Vec<Model>> {
    queries::of(ctx.db.reads(), member, SHOWN_MAX).await
}

/// One of an account.
///
/// # Errors
/// When the store fails.
pub async fn get(ctx: &Context, account: &Account, id: MergeId) -> Result<Option<Model>> {
    queries::get(ctx.db.reads(), account.id, id).await
}

/// Whether a merge can be undone now, as far as time goes.
pub fn is_open(row: &Model, now: Timestamp) -> bool {
    row.undone_at.is_none() && row.open_until.is_some_and(|until| now <= until)
}

/// Forgets what was where, of merges that cannot be undone any more.
///
/// # Errors
/// When the store fails; the next round goes on.
pub async fn forget_old(ctx: &Context) -> Result<()> {
    let now = Timestamp::from(ctx.clock.now());
    ctx.db
        .write(now, |txn, now| Box::pin(queries::forget_old(txn, *now)))
        .await
}
