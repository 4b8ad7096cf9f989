//! Sending: one person at a time, in order, by the customer-service interface.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use daogou_schema::lane::Way;
use daogou_schema::outbound::{self, Purpose, State};
use daogou_schema::reply_window::Trigger;
use daogou_schema::{Address, OutboundId, Timestamp};
use daogou_wechat::{CallError, Content, Kind, MediaKind};
use tokio::time::timeout;

use super::parcel::{Body, merge};
use super::rules::{self, Reason, Verdict};
use super::window::{self, Windows};
use super::{Parcel, limits, queries, settle, tell};
use crate::accounts::{self, Account};
use crate::context::Context;
use crate::db::Txn;
use crate::error::{Error, Result};
use crate::lanes::{self, Hold, Holders};
use crate::media;
use crate::pictures;
use crate::texts::Texts;

/// When a claimed message whose call never came back counts as unknown: after both deadlines below.
const CALL_LEASE: TimeDelta = TimeDelta::seconds(45);
/// How long preparing a message may take: fetching and uploading its file anew.
const PREPARE_WITHIN: Duration = Duration::from_secs(18);
/// How long sending it may take, a new token and a second try included.
const SEND_WITHIN: Duration = Duration::from_secs(22);

/// A message that is about to be sent.
#[derive(Debug)]
pub(super) struct Claim {
    pub ids: Vec<OutboundId>,
    pub body: Body,
    pub purpose: Purpose,
    pub row: outbound::Model,
    pub spent: Trigger,
    pub attempts: i32,
    /// Until when the windows known at the claim are open: what WeChat says of windows is about these.
    pub windows_until: Timestamp,
}

/// What a look at a person's messages found.
enum Next {
    Claimed(Box<Claim>),
    /// Something was put to rest; look again.
    Again,
    /// Nothing to send now.
    Done,
}

struct Asking {
    person: Address,
    node: Arc<str>,
    holders: Arc<Holders>,
    now: Timestamp,
    texts: Texts,
}

/// Sends what is ready for `person`, if nobody else is doing it.
///
/// # Errors
/// When the store fails; what was claimed then lapses into an unknown outcome.
pub async fn deliver_to(ctx: &Context, person: &Address) -> Result<()> {
    if ctx.tasks.stop.is_cancelled() {
        // What waits is another node's, at once, or the next start's.
        return Ok(());
    }
    let asking = Asking {
        person: person.clone(),
        node: ctx.node.clone(),
        holders: ctx.kept(),
        now: Timestamp::from(ctx.clock.now()),
        texts: ctx.texts.clone(),
    };
    let begun = ctx
        .db
        .write_together(asking, |txn, asking| {
            Box::pin(txn.abreast_all(asking, |txn, asking| Box::pin(begin(txn, asking))))
        })
        .await?;
    let Some((hold, mut claim)) = begun else {
        return Ok(());
    };
    let _sending = ctx.kept::<Holders>().begin(&hold);
    loop {
        let answer = send(ctx, person, &claim).await;
        match settle::settle(ctx, &hold, *claim, &answer).await? {
            Some(next) => claim = next,
            None => return Ok(()),
        }
    }
}

/// Takes the person's lane together with the first message; leaves it alone when there is nothing to send.
async fn begin(txn: &Txn, asking: &Asking) -> Result<Option<(Hold, Box<Claim>)>> {
    let Asking {
        person,
        node,
        holders,
        now,
        texts,
    } = asking;
    let Some(free) = lanes::find_free(txn, person, Way::Out, holders, *now).await? else {
        return Ok(None);
    };
    let Some(claim) = claim_next(txn, person, free.fence(), *now, texts).await? else {
        return Ok(None);
    };
    let hold = lanes::take(txn, free, node.clone(), *now).await?;
    Ok(Some((hold, claim)))
}

/// The next message of a lane that was just worked in; without one, or when this process is `ending`, the lane is let go
/// in the same unit, so that whoever promises something later finds it free.
pub(super) async fn go_on(
    txn: &Txn,
    hold: &Hold,
    now: Timestamp,
    texts: &Texts,
    ending: bool,
) -> Result<Option<Box<Claim>>> {
    if !lanes::is_held(txn, hold).await? {
        return Ok(None);
    }
    let next = if ending {
        None
    } else {
        claim_next(txn, &hold.person, hold.fence, now, texts).await?
    };
    match next {
        Some(_) => lanes::renew(txn, hold, now).await?,
        None => lanes::release(txn, hold).await?,
    }
    Ok(next)
}

/// Turns claims and passive answers that nobody settled in time into unknown outcomes.
///
/// # Errors
/// When the store fails.
pub async fn heal(ctx: &Context) -> Result<usize> {
    let now = Timestamp::from(ctx.clock.now());
    let args = (ctx.texts.clone(), ctx.kept::<Holders>(), now);
    ctx.db
        .write(args, |txn, (texts, holders, now)| {
            Box::pin(settle::lapse_in(txn, texts, holders, *now, *now))
        })
        .await
}

/// Claims the next message under `fence`, its window spent.
async fn claim_next(
    txn: &Txn,
    to: &Address,
    fence: i64,
    now: Timestamp,
    texts: &Texts,
) -> Result<Option<Box<Claim>>> {
    loop {
        match look(txn, to, fence, now, texts).await? {
            Next::Claimed(claim) => return Ok(Some(claim)),
            Next::Again => {}
            Next::Done => return Ok(None),
        }
    }
}

async fn look(txn: &Txn, to: &Address, fence: i64, now: Timestamp, texts: &Texts) -> Result<Next> {
    let rows = queries::waiting(txn, to).await?;
    // A passive answer that is on its way goes first; its end wakes us again.
    let blocked = rows
        .iter()
        .any(|r| r.state == State::Answering && r.lease_until.is_some_and(|t| t > now));
    let rows: Vec<_> = rows
        .into_iter()
        .filter(|r| r.state == State::Ready)
        .collect();
    let Some(first) = rows.first().filter(|first| !blocked && first.due_at <= now) else {
        return Ok(Next::Done);
    };
    let windows = Windows::of(txn, to).await?;
    let remaining = windows.remaining(now);
    let parcels: Vec<Parcel> = rows
        .iter()
        .map(|r| Parcel::from_json(&r.content))
        .collect::<Result<_>>()?;
    let count = mergeable(&rows, &parcels, remaining);
    let merged = merge(parcels.get(..count).unwrap_or_default())
        .ok_or_else(|| Error::Internal("nothing to merge".into()))?;
    let leads = parcels.get(merged.count - 1).is_some_and(|p| p.leads);
    let why_closed = async || -> Result<Reason> {
        let reason = windows.closed(txn, to, now).await?;
        Ok(reason.unwrap_or(Reason::Window))
    };
    match rules::decide(first.purpose, leads, remaining) {
        Verdict::Send => {
            let rows = rows.get(..merged.count).unwrap_or_default();
            let Some(spent) = windows.spend(txn, to, now).await? else {
                return Ok(Next::Again);
            };
            queries::claim(txn, rows, spent, fence, now + CALL_LEASE).await?;
            Ok(claimed(rows, merged.body, spent, windows.until()))
        }
        Verdict::Hold => {
            let reason = why_closed().await?;
            tell::answers_held_in(txn, now, texts, &rows, reason).await?;
            shut_for_all(txn, to, now).await?;
            queries::rest_all(txn, to, KEPT, reason).await?;
            Ok(Next::Again)
        }
        Verdict::HoldAndSay => {
            shut_for_all(txn, to, now).await?;
            queries::rest_all(txn, to, KEPT, Reason::Count).await?;
            tell::how_many_wait_in(txn, now, texts, to, first).await?;
            Ok(Next::Again)
        }
        Verdict::Drop => {
            queries::rest(txn, &[first.id], State::Dropped, why_closed().await?).await?;
            Ok(Next::Again)
        }
    }
}

/// What this process holds because a window is over by its clock, a process whose clock is behind must not overtake with
/// what comes later: the window is over for everybody.
async fn shut_for_all(txn: &Txn, to: &Address, now: Timestamp) -> Result<()> {
    window::shut_seen_in(txn, to, now).await
}

/// What is worth keeping for the next window.
pub(super) const KEPT: &[Purpose] = &[Purpose::Relay, Purpose::Notice, Purpose::Answer];

/// How many rows from the first may go as one message. Lines to a guide merge, to spare the guide's five; what people
/// wrote to a consumer goes as it was written.
fn mergeable(rows: &[outbound::Model], parcels: &[Parcel], remaining: i32) -> usize {
    let merges = |p: Purpose| matches!(p, Purpose::Relay | Purpose::Notice);
    if !rows
        .first()
        .is_some_and(|r| merges(r.purpose) && r.attempts == 0)
    {
        return 1;
    }
    let fits = |(row, parcel): &(&outbound::Model, &Parcel)| {
        // A label at the end would need room for its picture behind the merged text.
        merges(row.purpose) && row.attempts == 0 && (!parcel.leads || remaining >= 3)
    };
    rows.iter().zip(parcels).take_while(fits).count().max(1)
}

fn claimed(rows: &[outbound::Model], body: Body, spent: Trigger, windows_until: Timestamp) -> Next {
    let Some(row) = rows.first().cloned() else {
        return Next::Done;
    };
    Next::Claimed(Box::new(Claim {
        ids: rows.iter().map(|r| r.id).collect(),
        body,
        purpose: row.purpose,
        attempts: row.attempts + 1,
        row,
        spent,
        windows_until,
    }))
}

/// How a call ended.
pub(super) enum Sending {
    Answered(Result<(), CallError>),
    /// The send call did not come back.
    Silent,
    /// It was not even tried: the file cannot be had any more.
    NoMedia,
    /// It was not even tried: our own store or disk, or preparing the file, took too long; or WeChat wants a pause.
    NotYet,
}

async fn send(ctx: &Context, to: &Address, claim: &Claim) -> Sending {
    let account = match accounts::get(ctx, to.account_id).await {
        Ok(account) => account,
        Err(error) => {
            tracing::error!(%error, "the account of a message cannot be opened");
            return Sending::NotYet;
        }
    };
    if limits::is_paused(ctx, &account).await {
        return Sending::NotYet;
    }
    let preparing = ready(ctx, &account, &claim.body, claim.attempts > 1);
    let content = match timeout(PREPARE_WITHIN, preparing).await {
        Ok(Ok(content)) => content,
        Ok(Err(media::Lost::Call(error))) => return Sending::Answered(Err(error)),
        Ok(Err(media::Lost::Gone)) => return Sending::NoMedia,
        Ok(Err(media::Lost::Later)) | Err(_) => return Sending::NotYet,
    };
    let content = &content;
    let send =
        |token: String| async move { ctx.wechat.send_message(&token, &to.openid, content).await };
    match timeout(SEND_WITHIN, accounts::call(ctx, &account, send)).await {
        Ok(answer) => {
            limits::note(ctx, &account, &answer).await;
            Sending::Answered(answer)
        }
        Err(_) => Sending::Silent,
    }
}

/// The content with media ids that `account` can send now. Service accounts have no link message; there a link goes
/// as an article.
async fn ready(
    ctx: &Context,
    account: &Account,
    body: &Body,
    again: bool,
) -> Result<Content, media::Lost> {
    Ok(match body.clone() {
        Body::Content(content) => content,
        Body::Media { id, kind, thumb } => {
            let media_id = media::sendable(ctx, account, id, again).await?;
            match kind {
                MediaKind::Image | MediaKind::Thumb => Content::Image { media_id },
                MediaKind::Voice => Content::Voice { media_id },
                MediaKind::Video => {
                    let thumb_media_id = match thumb {
                        Some(thumb) => Some(media::sendable(ctx, account, thumb, again).await?),
                        None => None,
                    };
                    Content::Video {
                        media_id,
                        thumb_media_id,
                        title: None,
                        description: None,
                    }
                }
            }
        }
        Body::Picture { id } => Content::Image {
            media_id: pictures::sendable(ctx, account, id, again).await?,
        },
        Body::Link {
            title,
            description,
            url,
        } => match account.kind {
            Kind::Service => Content::News {
                title,
                description,
                url,
                pic_url: String::new(),
            },
            Kind::MiniProgram => Content::Link {
                title,
                description,
                url,
                thumb_url: String::new(),
            },
        },
        Body::Card {
            title,
            appid,
            page_path,
            thumb,
        } => {
            let thumb_media_id = media::sendable(ctx, account, thumb, again).await?;
            Content::MiniProgramPage {
                title,
                appid,
                page_path,
                thumb_media_id,
            }
        }
    })
}
