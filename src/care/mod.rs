//! Care: what guides write down about members – notes 备注, and tasks 任务 with a time. Both belong to the member: whoever
//! serves her by then has them.

mod queries;
pub mod rules;

use daogou_schema::{GuideId, MemberId, NoteId, TaskId, Timestamp};

use crate::context::Context;
use crate::db::Txn;
use crate::error::Result;

pub use queries::{Due, notes_of, tasks_of};

/// The longest note or task, in characters.
pub const CHARS_MAX: usize = 300;
/// So many open tasks one member can have.
pub const TASKS_MAX: usize = 50;
/// So many notes about one member are shown.
pub const NOTES_SHOWN: u64 = 100;
/// More about one member nobody writes.
pub const NOTES_MAX: u64 = 10_000;
/// So many tasks a page shows.
pub const DUE_SHOWN: u64 = 100;

/// Why nothing was written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum No {
    /// The text is empty, too long, or cannot be shown.
    Text,
    /// The time has passed, or is more than a year away.
    Time,
    /// [`TASKS_MAX`] are open for her.
    TooMany,
}

/// Writes a note about a member. Whether the guide may is the door's business.
///
/// # Errors
/// When the store fails.
pub async fn add_note(
    ctx: &Context,
    guide: GuideId,
    member: MemberId,
    text: &str,
) -> Result<std::result::Result<(), No>> {
    let Some(text) = rules::text(text) else {
        return Ok(Err(No::Text));
    };
    let now = Timestamp::from(ctx.clock.now());
    let args = (guide, member, text, now);
    let written = ctx.db.write(args, |txn, (guide, member, text, now)| {
        Box::pin(queries::insert_note(txn, *guide, *member, text, *now))
    });
    written.await.map(Ok)
}

/// Removes a note about a member.
///
/// # Errors
/// When the store fails.
pub async fn remove_note(ctx: &Context, member: MemberId, note: NoteId) -> Result<()> {
    ctx.db
        .write((member, note), |txn, (member, note)| {
            Box::pin(queries::delete_note(txn, *member, *note))
        })
        .await
}

/// Writes down something that is to be done for a member by a time.
///
/// # Errors
/// When the store fails.
pub async fn add_task(
    ctx: &Context,
    guide: GuideId,
    member: MemberId,
    text: &str,
    due_at: Timestamp,
) -> Result<std::result::Result<(), No>> {
    let now = Timestamp::from(ctx.clock.now());
    let Some(text) = rules::text(text) else {
        return Ok(Err(No::Text));
    };
    if !rules::is_time(due_at, now) {
        return Ok(Err(No::Time));
    }
    let args = (guide, member, text, due_at, now);
    let written = ctx
        .db
        .write(args, |txn, (guide, member, text, due_at, now)| {
            Box::pin(async move {
                if queries::open_tasks(txn, *member).await? >= TASKS_MAX {
                    return Ok(Err(No::TooMany));
                }
                queries::insert_task(txn, *guide, *member, text, (*due_at, *now)).await?;
                Ok(Ok(()))
            })
        });
    written.await
}

/// A task for a member is done, or open again.
///
/// # Errors
/// When the store fails.
pub async fn set_done(ctx: &Context, member: MemberId, task: TaskId, done: bool) -> Result<()> {
    let at = done.then(|| Timestamp::from(ctx.clock.now()));
    ctx.db
        .write((member, task, at), |txn, (member, task, at)| {
            Box::pin(queries::set_done(txn, *member, *task, *at))
        })
        .await
}

/// The member a task is for.
///
/// # Errors
/// When the store fails.
pub async fn member_of(ctx: &Context, task: TaskId) -> Result<Option<MemberId>> {
    queries::member_of(ctx.db.reads(), task).await
}

/// These members have another guide: what is still to be done for them is hers.
///
/// # Errors
/// When the store fails.
pub async fn follow_in(txn: &Txn, members: &[MemberId], guide: GuideId) -> Result<()> {
    queries::follow(txn, members, guide).await
}

/// What a guide has to do for own customers: what is open, the most urgent first, or what was done last.
///
/// # Errors
/// When the store fails.
pub async fn due(ctx: &Context, guide: GuideId, done: bool) -> Result<Vec<Due>> {
    queries::due(ctx.db.reads(), guide, done, DUE_SHOWN).await
}

/// Forgets what was written down about a member, and says how many notes and tasks.
///
/// # Errors
/// When the store fails.
pub async fn forget_member_in(txn: &Txn, member: MemberId) -> Result<(u64, u64)> {
    let notes = queries::forget_notes(txn, member).await?;
    Ok((notes, queries::forget_tasks(txn, member).await?))
}

/// What is written down about `from` belongs to `to` from now on, because they are one person; says what.
///
/// # Errors
/// When the store fails.
pub async fn take_along_in(
    txn: &Txn,
    from: MemberId,
    to: MemberId,
) -> Result<(Vec<NoteId>, Vec<TaskId>)> {
    let these = queries::all_of(txn, from).await?;
    give_in(txn, &these, to).await?;
    Ok(these)
}

/// Gives back what [`take_along_in`] named.
///
/// # Errors
/// When the store fails.
pub async fn give_in(
    txn: &Txn,
    (notes, tasks): &(Vec<NoteId>, Vec<TaskId>),
    to: MemberId,
) -> Result<()> {
    queries::give_notes(txn, notes, to).await?;
    queries::give_tasks(txn, tasks, to).await
}
