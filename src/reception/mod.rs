//! Reception: takes every push in, durably before it is answered, and decides what to do with it. It calls the
//! subjects; nothing else does.

mod answer;
mod handle;
mod intake;
mod lane;
mod notices;
mod queries;

use std::time::Duration;

use daogou_schema::InboundId;
use daogou_schema::inbound::State;
use tokio::sync::oneshot;
use tokio::time::timeout_at;

use crate::context::Context;
use crate::error::{Error, Result};
use crate::outbound;
use crate::signals::Answered;

pub use intake::Incoming;
pub use lane::{heal, start_alone, take_up_all};
pub use notices::listen;
pub use queries::{count_pushes, purge_keys, purge_raw};

/// How long the HTTP answer waits for the handler. WeChat gives up at 5 s (WeChat: receiving messages).
const BUDGET: Duration = Duration::from_millis(1500);

/// A push that is stored, and what to answer.
pub struct TakenIn {
    id: InboundId,
    /// The passive answer exactly as it goes on the wire; none means `success`.
    pub answer: Option<String>,
}

/// Takes a push in: it is durably stored when this returns, whatever happens afterwards. A duplicate gets the stored
/// answer again.
///
/// # Errors
/// When the store is down: nothing was accepted.
pub async fn take_in(ctx: &Context, incoming: Incoming) -> Result<TakenIn> {
    let deadline = tokio::time::Instant::now() + BUDGET;
    let begun = begin(ctx, incoming).await?;
    let id = begun.id;
    let taken = |answer| TakenIn { id, answer };
    let Some(answered) = begun.answered else {
        return Ok(taken(None));
    };
    if !begun.at_work
        && let Some(decided) = answer::decided(ctx, id).await?
    {
        // It was handled before: a duplicate, or another request's lane was faster.
        drop(answered);
        ctx.signals.forget_gone(id);
        return Ok(taken(decided));
    }
    let answer = match timeout_at(deadline, answered).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(_)) | Err(_) => answer::give_up(ctx, id).await?,
    };
    Ok(taken(answer))
}

/// A push that is stored.
struct Begun {
    id: InboundId,
    /// Hears the answer; none when there is nothing to wait for.
    answered: Option<oneshot::Receiver<Answered>>,
    /// The sender's lane was free and is being worked through.
    at_work: bool,
}

/// Stores a push and works through its lane, beside the request: WeChat may hang up, or the request be given up, at any
/// moment, and must not leave a lane that is taken with nobody at work in it.
async fn begin(ctx: &Context, incoming: Incoming) -> Result<Begun> {
    let (tell, told) = oneshot::channel();
    let ctx_of_task = ctx.clone();
    ctx.tasks.run(async move {
        let (ctx, account) = (ctx_of_task, incoming.account.clone());
        let mut hold = None;
        let begun = intake::accept(&ctx, incoming).await.map(|accepted| {
            hold = accepted.hold;
            let waits = accepted.state != State::Unreadable;
            Begun {
                id: accepted.id,
                answered: waits.then(|| ctx.signals.on_answer(accepted.id)),
                at_work: hold.is_some(),
            }
        });
        // Before the work begins: when nobody hears the answer any more, it goes through the API.
        if let Err(Ok(Begun { id, answered, .. })) = tell.send(begun) {
            drop(answered);
            ctx.signals.forget_gone(id);
        }
        if let Some(hold) = hold {
            lane::work(ctx, account, hold).await;
        }
    });
    told.await
        .map_err(|_dropped| Error::Internal("a push was dropped while it was stored".into()))?
}

impl TakenIn {
    /// Notes, beside the request, that the answer was handed over while WeChat was still listening.
    pub fn hand_over(&self, ctx: &Context) {
        if self.answer.is_none() {
            return;
        }
        let (id, ctx_of_task) = (self.id, ctx.clone());
        ctx.tasks.run(async move {
            if let Err(error) = served(&ctx_of_task, id).await {
                tracing::warn!(inbound.id = id.0, %error, "a passive answer will be listed as unknown");
            }
        });
    }
}

async fn served(ctx: &Context, id: InboundId) -> Result<()> {
    outbound::mark_served(ctx, id).await?;
    // What waits behind the passive answer may go now.
    let behind = queries::sender(ctx.db.reads(), id).await?;
    ctx.signals.outbound_ready(behind);
    Ok(())
}
