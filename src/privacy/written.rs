//! What guides wrote down about a person, as her export says it.

use daogou_schema::{MemberId, Timestamp};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::care;
use crate::error::Result;

/// Notes and tasks.
pub(super) async fn about(
    db: &impl ConnectionTrait,
    member: MemberId,
) -> Result<(Vec<Value>, Vec<Value>)> {
    let at = |at: Timestamp| at.to_utc().to_rfc3339();
    let notes = care::notes_of(db, member, care::NOTES_MAX).await?;
    let notes = notes
        .iter()
        .map(|note| json!({ "text": note.text, "at": at(note.at) }));
    let tasks = care::tasks_of(db, member).await?;
    let tasks = tasks.iter().map(|task| {
        let done = task.done_at.map(at);
        json!({ "text": task.text, "due": at(task.due_at), "done": done })
    });
    Ok((notes.collect(), tasks.collect()))
}
