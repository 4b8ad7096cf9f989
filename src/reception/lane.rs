//! Working through a person's lane: her unfinished pushes, oldest first, each in one transaction.

use std::sync::Arc;

use chrono::TimeDelta;
use daogou_schema::inbound::{self, State};
use daogou_schema::lane::Way;
use daogou_schema::{Address, InboundId, Timestamp};

use super::handle::{self, Handled};
use super::{notices, queries};
use crate::accounts::{self, Account};
use crate::context::Context;
use crate::db::Txn;
use crate::error::{Error, Result};
use crate::lanes::{self, Hold};
use crate::outbound;

/// How often handling a push may fail before it is set aside for a person to look at.
const TRIES: i32 = 5;
/// A push that nobody finished for this long is taken over: WeChat's last retry has come by then (3 × 5 s).
const TAKE_OVER_AFTER: TimeDelta = TimeDelta::seconds(15);

/// Handles what waits in a held lane, then lets it go.
pub(super) async fn work(ctx: Context, account: Arc<Account>, hold: Hold) {
    if let Err(error) = work_through(&ctx, &account, &hold).await {
        tracing::error!(%error, "a lane was left before its end; the sweep takes over");
        let released = ctx
            .db
            .write(hold, |txn, hold| Box::pin(lanes::release(txn, hold)));
        if let Err(error) = released.await {
            tracing::warn!(%error, "its lane is free again when the lease is over");
        }
    }
}

async fn work_through(ctx: &Context, account: &Arc<Account>, hold: &Hold) -> Result<()> {
    loop {
        let args = (hold.clone(), Timestamp::from(ctx.clock.now()));
        let next = ctx
            .db
            .write(args, |txn, (hold, now)| Box::pin(next_in(txn, hold, *now)))
            .await?;
        let Some(push) = next else { return Ok(()) };
        let (id, tries) = (push.id, push.attempts + 1);
        match handle::handle(ctx, account, hold, push).await {
            // The lane's lease was over and it has another holder now.
            Ok(None) => return Ok(()),
            Ok(Some(Handled { answer, ready })) => {
                ctx.signals.answered(id, &answer);
                notices::decided(ctx, id);
                ctx.signals.outbound_ready(ready);
            }
            Err(error @ (Error::Unavailable(_) | Error::Deadlock(_))) => return Err(error),
            Err(error) => {
                tracing::error!(inbound.id = id.0, tries, %error, "a push was not handled");
                let args = (hold.clone(), id, tries, error.to_string());
                let set_aside = ctx.db.write(args, |txn, (hold, id, tries, fault)| {
                    Box::pin(set_aside_in(txn, hold, *id, *tries, fault))
                });
                if !set_aside.await? {
                    return Ok(());
                }
            }
        }
    }
}

/// The next push, or none after letting the lane go in the same transaction.
async fn next_in(txn: &Txn, hold: &Hold, now: Timestamp) -> Result<Option<inbound::Model>> {
    if !lanes::still_held(txn, hold, now).await? {
        return Ok(None);
    }
    let next = queries::next_unfinished(txn, &hold.person).await?;
    if next.is_none() {
        lanes::release(txn, hold).await?;
    }
    Ok(next)
}

/// Notes why handling failed. Order is kept: the lane waits for the next sweep, until the push has failed too often
/// and is set aside; says whether to go on.
async fn set_aside_in(
    txn: &Txn,
    hold: &Hold,
    id: InboundId,
    tries: i32,
    fault: &str,
) -> Result<bool> {
    queries::note_fault(txn, id, fault).await?;
    if tries >= TRIES {
        queries::finish(txn, id, State::Failed).await?;
        return Ok(true);
    }
    lanes::release(txn, hold).await?;
    Ok(false)
}

/// Takes over pushes that were accepted and never finished: their process was killed, or their lane was lost.
///
/// # Errors
/// When the store fails.
pub async fn heal(ctx: &Context) -> Result<usize> {
    let now = Timestamp::from(ctx.clock.now());
    take_over_since(ctx, now - TAKE_OVER_AFTER, now).await
}

/// At the start of the only process nobody else can be at work: every lane is free and every call that was not settled
/// has an unknown outcome. Comes before anything else is done.
///
/// # Errors
/// When the store fails.
pub async fn start_alone(ctx: &Context) -> Result<()> {
    let now = Timestamp::from(ctx.clock.now());
    ctx.db
        .write((ctx.texts.clone(), now), |txn, (texts, now)| {
            Box::pin(async move {
                lanes::free_all(txn).await?;
                outbound::lapse_in(txn, texts, *now, Timestamp(i64::MAX)).await
            })
        })
        .await?;
    Ok(())
}

/// At the start of the only process: takes up every push that the last one left unfinished, at once.
///
/// # Errors
/// When the store fails.
pub async fn take_up_all(ctx: &Context) -> Result<usize> {
    let now = Timestamp::from(ctx.clock.now());
    take_over_since(ctx, now, now).await
}

async fn take_over_since(ctx: &Context, before: Timestamp, now: Timestamp) -> Result<usize> {
    let people = queries::unfinished_people(ctx.db.reads(), before).await?;
    let count = people.len();
    for person in people {
        if let Err(error) = take_over(ctx, person, now).await {
            // One that cannot be helped must not keep the others waiting.
            tracing::error!(%error, "the pushes of one person were not taken over");
        }
    }
    Ok(count)
}

async fn take_over(ctx: &Context, person: Address, now: Timestamp) -> Result<()> {
    let account = accounts::get(ctx, person.account_id).await?;
    let args = (person, ctx.node.clone(), now);
    let taken = ctx.db.write(args, |txn, (person, node, now)| {
        Box::pin(lanes::take(txn, person, Way::In, node, *now))
    });
    if let Some(hold) = taken.await? {
        work(ctx.clone(), account, hold).await;
    }
    Ok(())
}
