//! Who answers a push is decided once, by its row.

use daogou_schema::InboundId;
use daogou_schema::inbound::{self, Answer, State};

use super::queries;
use crate::context::Context;
use crate::error::Result;

/// What was decided about a push; none while it is open.
pub(super) async fn decided(ctx: &Context, id: InboundId) -> Result<Option<Option<String>>> {
    // The writer's own view: a pool that is a commit behind would send a duplicate away without its answer.
    ctx.db
        .write(id, |txn, id| {
            Box::pin(async move {
                // Forgotten after its days: it took effect long ago.
                Ok(queries::get(txn.conn(), *id)
                    .await?
                    .map_or(Some(None), read))
            })
        })
        .await
}

/// The budget is over: from now on messages go through the API, unless the handler was just faster.
pub(super) async fn give_up(ctx: &Context, id: InboundId) -> Result<Option<String>> {
    let row = ctx.db.write(id, |txn, id| {
        Box::pin(async move {
            if queries::decide(txn, *id, Answer::Api, None).await? {
                return Ok(None);
            }
            queries::get(txn.conn(), *id).await
        })
    });
    ctx.signals.forget_gone(id);
    Ok(row.await?.and_then(read).flatten())
}

/// What a push's row says; none while it is open.
pub(super) fn read(row: inbound::Model) -> Option<Option<String>> {
    match (row.answer, row.state) {
        (Answer::Passive, _) => Some(row.answer_body),
        (Answer::Api, _) | (Answer::Open, State::Done | State::Failed | State::Unreadable) => {
            Some(None)
        }
        (Answer::Open, State::Stored) => None,
    }
}
