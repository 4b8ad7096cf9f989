//! What headquarters and guides wrote down about a person, as her export says it.

use daogou_schema::{MemberId, Timestamp};
use serde_json::{Value, json};

use crate::context::Context;
use crate::error::Result;
use crate::{care, fields, visits};

/// The brand's own fields, notes, tasks and visits.
pub(super) async fn about(ctx: &Context, member: MemberId) -> Result<[(&'static str, Value); 4]> {
    let (db, at) = (ctx.db.reads(), |at: Timestamp| at.to_utc().to_rfc3339());
    let notes = care::notes_of(db, member, care::NOTES_MAX).await?;
    let notes = notes
        .iter()
        .map(|note| json!({ "text": note.text, "at": at(note.at) }));
    let tasks = care::tasks_of(db, member).await?;
    let tasks = tasks.iter().map(|task| {
        let done = task.done_at.map(at);
        json!({ "text": task.text, "due": at(task.due_at), "done": done })
    });
    Ok([
        ("fields", json!(fields::told_of(db, member).await?)),
        ("notes", notes.collect()),
        ("tasks", tasks.collect()),
        ("visits", visits::told(ctx, member).await?.into()),
    ])
}
