//! Every background job and every schedule of each role, on one screen.

mod figures;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use daogou_schema::{Address, Timestamp};
use tokio::sync::Semaphore;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::context::Context;
use crate::error::{Error, Result};
use crate::{
    bulks, conversations, exports, fans, followers, guides, hand_overs, imports, media, merges,
    nodes, outbound, pictures, privacy, reception, search, sensitive, tags, telemetry,
};

/// How many people are sent to at once.
const SENDERS: usize = 64;
/// How often the store is looked through for what no wake-up told: lost ones, and what is due later.
const SWEEP_EVERY: Duration = Duration::from_secs(1);
const FETCH_EVERY: Duration = Duration::from_secs(2);
const PURGE_EVERY: Duration = Duration::from_secs(60);
const UPKEEP_EVERY: Duration = Duration::from_secs(5);
/// Dedupe keys outlive the raw body, so that a replay after a month still takes no effect.
const KEY_DAYS: i64 = 90;

/// Starts the workers of this process's role; they end with `stop`.
pub fn start(ctx: &Context, stop: &CancellationToken) {
    let role = ctx.config.role;
    run(ctx, stop, nodes::keep);
    run(ctx, stop, guides::notices::tell_others);
    if role.serves() {
        run(ctx, stop, reception::listen);
        run(ctx, stop, guides::notices::hear_others);
    }
    if role.works() {
        run(ctx, stop, send);
        run(ctx, stop, outbound::listen);
        sweep(ctx, stop);
    } else {
        run(ctx, stop, outbound::call_senders);
    }
    every(ctx, stop, "take up sensitive words", UPKEEP_EVERY, |ctx| {
        Box::pin(async move { sensitive::refresh(&ctx).await })
    });
    every(ctx, stop, "figures", UPKEEP_EVERY, |ctx| {
        Box::pin(async move { figures::take(&ctx).await })
    });
}

/// What is found in the store rather than told.
fn sweep(ctx: &Context, stop: &CancellationToken) {
    every(ctx, stop, "send what is due", SWEEP_EVERY, |ctx| {
        Box::pin(async move { wake_due(&ctx).await })
    });
    every(ctx, stop, "take over pushes", SWEEP_EVERY, |ctx| {
        Box::pin(async move { take_over(&ctx).await })
    });
    every(ctx, stop, "hand customers over", SWEEP_EVERY, |ctx| {
        Box::pin(async move { hand_overs::work(&ctx).await })
    });
    every(ctx, stop, "go on with bulk work", SWEEP_EVERY, |ctx| {
        Box::pin(async move { bulks::work(&ctx).await })
    });
    every(ctx, stop, "take followers in", SWEEP_EVERY, |ctx| {
        Box::pin(async move { followers::work(&ctx).await })
    });
    every(ctx, stop, "take files in", SWEEP_EVERY, |ctx| {
        Box::pin(async move { imports::work(&ctx).await })
    });
    every(ctx, stop, "write lists out", SWEEP_EVERY, |ctx| {
        Box::pin(async move { exports::work(&ctx).await })
    });
    every(ctx, stop, "take removed tags off", UPKEEP_EVERY, |ctx| {
        Box::pin(async move { tags::clear_removed(&ctx).await })
    });
    every(ctx, stop, "renew campaign codes", UPKEEP_EVERY, |ctx| {
        Box::pin(async move { guides::campaigns::renew(&ctx).await })
    });
    every(ctx, stop, "tag by rules", SWEEP_EVERY, |ctx| {
        Box::pin(async move { tags::work(&ctx).await })
    });
    every(ctx, stop, "count fans", SWEEP_EVERY, |ctx| {
        Box::pin(async move { fans::count(&ctx).await })
    });
    every(ctx, stop, "read what was said", SWEEP_EVERY, |ctx| {
        Box::pin(async move { search::follow(&ctx).await })
    });
    every(ctx, stop, "erase people", SWEEP_EVERY, |ctx| {
        Box::pin(async move { privacy::work(&ctx).await })
    });
    every(ctx, stop, "erase who left long ago", PURGE_EVERY, |ctx| {
        Box::pin(async move { privacy::sweep(&ctx).await })
    });
    every(ctx, stop, "list unknown outcomes", SWEEP_EVERY, |ctx| {
        Box::pin(async move { list_unknown(&ctx).await })
    });
    every(
        ctx,
        stop,
        "keep the database's statistics",
        UPKEEP_EVERY,
        |ctx| Box::pin(async move { ctx.db.keep_statistics().await }),
    );
    every(ctx, stop, "fetch media", FETCH_EVERY, |ctx| {
        Box::pin(async move { media::fetch_new(&ctx).await.map(drop) })
    });
    every(ctx, stop, "forget what is old", PURGE_EVERY, |ctx| {
        Box::pin(async move { purge(&ctx).await })
    });
}

async fn take_over(ctx: &Context) -> Result<()> {
    reception::heal(ctx).await.map(drop)
}

async fn list_unknown(ctx: &Context) -> Result<()> {
    let lapsed = outbound::heal(ctx).await?;
    if lapsed > 0 {
        tracing::warn!(lapsed, "messages whose outcome nobody knows were listed");
    }
    Ok(())
}

async fn wake_due(ctx: &Context) -> Result<()> {
    let now = Timestamp::from(ctx.clock.now());
    let people = outbound::due_people(ctx.db.reads(), now).await?;
    ctx.signals.outbound_ready(people);
    Ok(())
}

async fn purge(ctx: &Context) -> Result<()> {
    let now = Timestamp::from(ctx.clock.now());
    let raw = now - TimeDelta::days(ctx.config.raw_days.into());
    while reception::purge_raw(ctx, raw).await? > 0 {}
    while privacy::purge_questions(ctx, raw).await? > 0 {}
    while pictures::forget_unused(ctx).await? > 0 {}
    imports::forget_old(ctx).await?;
    conversations::desk::forget_old_keys(ctx).await?;
    exports::forget_old(ctx).await?;
    merges::forget_old(ctx).await?;
    while outbound::purge(ctx, raw).await? > 0 {}
    while reception::purge_keys(ctx, now - TimeDelta::days(KEY_DAYS)).await? > 0 {}
    Ok(())
}

/// Sends to everybody who has something ready, many people at once, each in order.
async fn send(ctx: Context) {
    let seats = Arc::new(Semaphore::new(SENDERS));
    let turns = Arc::new(Turns::default());
    loop {
        for person in ctx.signals.next_outbound().await {
            if !turns.begin(&person) {
                continue;
            }
            let Ok(seat) = seats.clone().acquire_owned().await else {
                return;
            };
            let (ctx_of_task, turns) = (ctx.clone(), turns.clone());
            ctx.tasks.run(async move {
                while {
                    send_to(&ctx_of_task, &person).await;
                    !turns.end(&person)
                } {}
                drop(seat);
            });
        }
    }
}

/// Whom this process is sending to, and whether more was promised to them meanwhile: a second sender would only find the
/// lane taken.
#[derive(Default)]
struct Turns(Mutex<HashMap<Address, bool>>);

impl Turns {
    /// Whether the caller is the one to send; otherwise whoever is at it looks once more.
    fn begin(&self, person: &Address) -> bool {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match turns.get_mut(person) {
            Some(more) => {
                *more = true;
                false
            }
            None => turns.insert(person.clone(), false).is_none(),
        }
    }

    /// Whether nothing was promised meanwhile.
    fn end(&self, person: &Address) -> bool {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let more = turns.get_mut(person).is_some_and(std::mem::take);
        if !more {
            turns.remove(person);
        }
        !more
    }
}

async fn send_to(ctx: &Context, person: &Address) {
    if let Err(error) = outbound::deliver_to(ctx, person).await {
        tracing::error!(%error, "sending to a person broke off; it goes on with the next sweep");
    }
}

fn run<F>(ctx: &Context, stop: &CancellationToken, work: impl FnOnce(Context) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let (work, stop) = (work(ctx.clone()), stop.clone());
    ctx.tasks.run(async move {
        // None: the stop came first.
        let _ended = stop.run_until_cancelled(work).await;
    });
}

fn late() -> Error {
    Error::Internal("it did not end in time".into())
}

/// How long one round of a job may take: it asks a database that may have fallen silent.
const ROUND_PATIENCE: Duration = Duration::from_secs(120);

/// One round of a job.
type Round = futures_util::future::BoxFuture<'static, Result<()>>;

fn every(
    ctx: &Context,
    stop: &CancellationToken,
    name: &'static str,
    period: Duration,
    round: fn(Context) -> Round,
) {
    run(ctx, stop, |ctx| async move {
        let failures = telemetry::figures::job(name);
        let mut ticks = tokio::time::interval(period);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let done = tokio::time::timeout(ROUND_PATIENCE, round(ctx.clone())).await;
            if let Err(error) = done.unwrap_or_else(|_silent| Err(late())) {
                failures.increment(1);
                tracing::error!(job = name, %error, "a job failed; it runs again");
            }
        }
    });
}
