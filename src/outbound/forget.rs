//! Forgetting messages that came to their end. What people said stays in the conversation.

mod queries;

use daogou_schema::Timestamp;
use daogou_schema::outbound::State;

use crate::context::Context;
use crate::error::Result;

/// What nobody waits for any more. What is held waits for its person, however long.
const ENDED: [State; 4] = [State::Sent, State::Dropped, State::Refused, State::Unknown];

/// Forgets messages that were last due before `before` and came to their end, a bounded number at a time; says how many.
///
/// # Errors
/// When the store fails.
pub async fn purge(ctx: &Context, before: Timestamp) -> Result<usize> {
    let mut count = 0;
    for state in ENDED {
        let old = queries::due_before(ctx.db.reads(), state, before).await?;
        count += old.len();
        if !old.is_empty() {
            ctx.db
                .write(old, |txn, old| Box::pin(queries::forget(txn, old)))
                .await?;
        }
    }
    Ok(count)
}
