//! Reception: takes every push in, durably before it is answered, and decides what to do with it. It calls the
//! subjects; nothing else does.

mod accept;
mod answer;
mod aside;
mod handle;
mod intake;
mod kinds;
mod lane;
mod notices;
mod queries;
mod steps;

use std::sync::Arc;
use std::time::{Duration, Instant};

use daogou_schema::{Address, InboundId, Timestamp};
use tokio::time::timeout;

use crate::context::Context;
use crate::error::{Error, Result};
use crate::outbound;
use crate::telemetry::figures;
use accept::Accepted;
use intake::Arriving;

pub use aside::{Listed as ListedPush, last_pushes, list_pushes, retry};
pub use intake::Incoming;
pub use lane::{heal, start_alone, take_up_all};
pub use notices::listen;
pub use queries::{backlog, count_pushes, purge_keys, purge_raw, restored_in};

/// How long the HTTP answer waits for the handler. WeChat gives up at 5 s (WeChat: receiving messages).
const BUDGET: Duration = Duration::from_millis(1500);

/// A push that is stored, and what to answer.
pub struct TakenIn {
    id: InboundId,
    person: Address,
    /// The passive answer exactly as it goes on the wire; none means `success`.
    pub answer: Option<String>,
    /// The word under which it is counted.
    pub kind: &'static str,
}

/// Takes a push in: it is durably stored when this returns, whatever happens afterwards. A duplicate gets the stored
/// answer again.
///
/// # Errors
/// When the store is down: nothing was accepted.
pub async fn take_in(ctx: &Context, incoming: Incoming) -> Result<TakenIn> {
    let begun = Instant::now();
    // Dropped when the request is given up: then messages go through the API.
    let request = Arc::new(());
    let push = intake::arrive(ctx, incoming, begun + BUDGET, &request);
    let push = Arc::new(push);
    let person = push.record.person.clone();
    let kind = kinds::kind(&push.record.msg_type, push.record.event.as_deref());
    let taken = |id, answer| TakenIn {
        id,
        person: person.clone(),
        answer,
        kind,
    };
    let id = match accept(ctx, &push).await? {
        Accepted::Decided { id, answer } => {
            figures::handled(begun.elapsed());
            return Ok(taken(id, answer));
        }
        Accepted::Waits { id } => id,
    };
    let answered = ctx.signals.on_answer(id);
    take_its_turn(ctx, person.clone(), push.record.received_at);
    // It may have been decided before anybody listened.
    if let Some(decided) = answer::decided(ctx, id).await? {
        drop(answered);
        ctx.signals.forget_gone(id);
        return Ok(taken(id, decided));
    }
    let answer = match timeout(BUDGET.saturating_sub(begun.elapsed()), answered).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(_)) | Err(_) => answer::give_up(ctx, id).await?,
    };
    Ok(taken(id, answer))
}

/// Stores a push, and lets it take effect in the same transaction when it is its turn. A fault of ours must not keep it
/// out: then it is stored alone and tried again, like every push that was not handled.
async fn accept(ctx: &Context, push: &Arc<Arriving>) -> Result<Accepted> {
    let accepted = ctx
        .db
        .write_together(push.clone(), |txn, pushes| {
            Box::pin(accept::accept_all(txn, pushes))
        })
        .await;
    match accepted {
        Err(Error::Unavailable(error)) => Err(Error::Unavailable(error)),
        Err(error) => {
            tracing::error!(%error, "a push was not handled at once");
            ctx.db
                .write(push.clone(), |txn, push| {
                    Box::pin(accept::store_only(txn, push))
                })
                .await
        }
        accepted => accepted,
    }
}

/// Works, beside the request, through the pushes of somebody whose earlier ones have not taken effect yet.
fn take_its_turn(ctx: &Context, person: Address, now: Timestamp) {
    let ctx_of_task = ctx.clone();
    ctx.tasks.run(async move {
        if let Err(error) = lane::take_over(&ctx_of_task, person, now).await {
            tracing::error!(%error, "a push waits for the next sweep");
        }
    });
}

impl TakenIn {
    /// Notes, beside the request, that the answer was handed over while WeChat was still listening.
    pub fn hand_over(&self, ctx: &Context) {
        if self.answer.is_none() {
            return;
        }
        let (id, person, ctx_of_task) = (self.id, self.person.clone(), ctx.clone());
        ctx.tasks.run(async move {
            if let Err(error) = outbound::mark_served(&ctx_of_task, id, person).await {
                tracing::warn!(inbound.id = id.0, %error, "a passive answer will be listed as unknown");
            }
        });
    }
}
