//! What guides were asked "for whom is this?" about is forgotten with the pushes in which it came.

use daogou_schema::question::State;
use daogou_schema::{QuestionId, Timestamp, media};

use super::queries::questions;
use crate::context::Context;
use crate::conversations::files_of;
use crate::db::Txn;
use crate::error::Result;

/// Forgets what was asked before `before`, with the files of what was never said to anybody, a bounded number at a time;
/// says how many.
///
/// # Errors
/// When the store fails, or a file cannot be removed.
pub async fn purge_questions(ctx: &Context, before: Timestamp) -> Result<usize> {
    let mut old = questions::oldest(ctx.db.reads()).await?;
    old.retain(|row| row.asked_at < before);
    if old.is_empty() {
        return Ok(0);
    }
    // What was said is a line of a conversation, and its files are the line's.
    let unsaid = old.iter().filter(|row| row.state != State::Sent);
    let named: Vec<_> = unsaid.flat_map(|row| files_of(&row.content)).collect();
    let files = crate::media::those(ctx, &named).await?;
    crate::media::remove_copies(ctx, &files).await?;
    let ids: Vec<_> = old.iter().map(|row| row.id).collect();
    let count = ids.len();
    ctx.db
        .write((ids, files), |txn, (ids, files)| {
            Box::pin(forget_in(txn, ids, files))
        })
        .await?;
    Ok(count)
}

async fn forget_in(txn: &Txn, ids: &[QuestionId], files: &[media::Model]) -> Result<()> {
    // One that was fetched meanwhile goes with the next try, and so do the questions.
    match crate::media::forget_in(txn, files).await? {
        Some(_) => questions::delete(txn, ids).await,
        None => Ok(()),
    }
}
