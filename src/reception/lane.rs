//! Working through a person's lane: her unfinished pushes, oldest first, each in one transaction.

use std::sync::Arc;

use chrono::TimeDelta;
use daogou_schema::inbound::{self, Answer, State};
use daogou_schema::lane::Way;
use daogou_schema::{Address, InboundId, Timestamp};
use daogou_wechat::Push;

use super::handle::{self, Act, Seal};
use super::{notices, queries};
use crate::accounts::{self, Account, Visit};
use crate::context::Context;
use crate::db::Txn;
use crate::error::{Error, Result};
use crate::lanes::{self, Hold, Holders};
use crate::outbound;
use crate::telemetry::figures;

/// How often handling a push may fail before it is set aside for a person to look at.
const TRIES: i32 = 5;
/// A push that nobody finished for this long is taken over: WeChat's last retry has come by then (3 × 5 s).
const TAKE_OVER_AFTER: TimeDelta = TimeDelta::seconds(15);

/// Handles what waits in a held lane, then lets it go.
async fn work(ctx: Context, account: Arc<Account>, hold: Hold) {
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
        let received_at = push.received_at;
        match handle(ctx, account, hold, &push).await {
            // The lane's lease was over and it has another holder now.
            Ok(None) => return Ok(()),
            Ok(Some(Handled { answer })) => {
                let waited = Timestamp::from(ctx.clock.now()) - received_at;
                figures::handled(waited.to_std().unwrap_or_default());
                ctx.signals.answered(id, &answer);
                notices::decided(ctx, id);
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

/// A push that took effect, with its passive answer.
struct Handled {
    answer: Option<String>,
}

struct Handling {
    hold: Hold,
    id: InboundId,
    push: Push,
    visit: Visit,
    attended: bool,
    key_index: usize,
    seal: Seal,
    holders: Arc<Holders>,
}

/// Handles a push: all its effects, or none. None when the lane has been lost meanwhile.
async fn handle(
    ctx: &Context,
    account: &Arc<Account>,
    hold: &Hold,
    row: &inbound::Model,
) -> Result<Option<Handled>> {
    let now = Timestamp::from(ctx.clock.now());
    let key_index = row.key_index.and_then(|index| index.try_into().ok());
    let handling = Handling {
        hold: hold.clone(),
        id: row.id,
        push: handle::read_again(row)?,
        visit: Visit {
            account: account.clone(),
            openid: row.openid.clone(),
            inbound_id: Some(row.id),
            acted_at: row.pushed_at.map_or(now, |at| at.min(now)),
            now,
            texts: ctx.texts.clone(),
            timezone: ctx.config.timezone,
            links: ctx.links.clone(),
            sensitive: ctx.kept(),
            config: ctx.config.clone(),
        },
        attended: ctx.signals.is_awaited(row.id),
        key_index: key_index.unwrap_or(0),
        seal: Seal::draw(&ctx.chance),
        holders: ctx.kept(),
    };
    ctx.db
        .write(handling, |txn, handling| Box::pin(handle_in(txn, handling)))
        .await
}

async fn handle_in(txn: &Txn, handling: &Handling) -> Result<Option<Handled>> {
    let visit = &handling.visit;
    let id = handling.id;
    if !lanes::is_held(txn, &handling.hold).await? || !queries::finish(txn, id, State::Done).await?
    {
        return Ok(None);
    }
    let act = Act {
        push: &handling.push,
        visit,
        attended: handling.attended,
        key_index: handling.key_index,
        seal: &handling.seal,
        holders: &handling.holders,
    };
    let answering = handle::handle_in(txn, &act).await?;
    let body = answering.as_ref().map(|answering| answering.body.as_str());
    let who = if body.is_some() {
        Answer::Passive
    } else {
        Answer::Api
    };
    let decided = queries::decide(txn, id, who, body).await?;
    let answer = match answering {
        Some(answering) if decided => Some(answering.mark_in(txn, visit, id).await?),
        // The request has given up; the messages go through the API.
        _ => None,
    };
    Ok(Some(Handled { answer }))
}

/// The next push, or none after letting the lane go in the same transaction.
async fn next_in(txn: &Txn, hold: &Hold, now: Timestamp) -> Result<Option<inbound::Model>> {
    if !lanes::is_held(txn, hold).await? {
        return Ok(None);
    }
    let next = queries::next_unfinished(txn, &hold.person).await?;
    match next {
        Some(_) => lanes::renew(txn, hold, now).await?,
        None => lanes::release(txn, hold).await?,
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

/// Takes over pushes that were accepted and never finished: their process was killed, or their lane was lost. Says for how
/// many people it was begun.
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
                lanes::free_all(txn, *now).await?;
                let nobody = Holders::default();
                outbound::lapse_in(txn, texts, &nobody, *now, Timestamp(i64::MAX)).await
            })
        })
        .await?;
    Ok(())
}

/// At the start of the only process: begins with every push that the last one left unfinished, at once.
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
        let ctx_of_task = ctx.clone();
        // Each by itself: one that goes on talking, or cannot be helped, must not keep the others waiting.
        ctx.tasks.run(async move {
            if let Err(error) = take_over(&ctx_of_task, person, now).await {
                tracing::error!(%error, "the pushes of one person were not taken over");
            }
        });
    }
    Ok(count)
}

/// Works through a person's pushes, unless somebody is at it.
///
/// # Errors
/// When the store fails.
pub(super) async fn take_over(ctx: &Context, person: Address, now: Timestamp) -> Result<()> {
    let account = accounts::get(ctx, person.account_id).await?;
    let args = (person, ctx.node.clone(), ctx.kept::<Holders>(), now);
    let taken = ctx.db.write(args, |txn, (person, node, holders, now)| {
        Box::pin(async move {
            match lanes::find_free(txn, person, Way::In, holders, *now).await? {
                Some(free) => lanes::take(txn, free, node.clone(), *now).await.map(Some),
                None => Ok(None),
            }
        })
    });
    if let Some(hold) = taken.await? {
        work(ctx.clone(), account, hold).await;
    }
    Ok(())
}
