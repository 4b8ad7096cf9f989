//! Sending: one person at a time, in order, by the customer-service interface.

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
use super::{Parcel, queries, settle, tell, window};
use crate::accounts::{self, Account};
use crate::context::Context;
use crate::db::Txn;
use crate::error::{Error, Result};
use crate::lanes::{self, Hold};
use crate::media;
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

/// Sends what is ready for `person`, if nobody else is doing it.
///
/// # Errors
/// When the store fails; what was claimed then lapses into an unknown outcome.
pub async fn deliver_to(ctx: &Context, person: &Address) -> Result<()> {
    let now = Timestamp::from(ctx.clock.now());
    let args = (person.clone(), ctx.node.clone(), now);
    let taken = ctx.db.write(args, |txn, (person, node, now)| {
        Box::pin(lanes::take(txn, person, Way::Out, node, *now))
    });
    let Some(hold) = taken.await? else {
        return Ok(());
    };
    loop {
        let args = (
            hold.clone(),
            Timestamp::from(ctx.clock.now()),
            ctx.texts.clone(),
        );
        match ctx
            .db
            .write(args, |txn, (hold, now, texts)| {
                Box::pin(claim_next(txn, hold, *now, texts))
            })
            .await?
        {
            Next::Claimed(claim) => {
                let answer = send(ctx, person, &claim).await;
                settle::settle(ctx, &hold, *claim, &answer).await?;
            }
            Next::Again => {}
            // The lane was let go in the same transaction that found nothing: who promises something later takes it.
            Next::Done => return Ok(()),
        }
    }
}

/// Turns claims and passive answers that nobody settled in time into unknown outcomes.
///
/// # Errors
/// When the store fails.
pub async fn heal(ctx: &Context) -> Result<u64> {
    let now = Timestamp::from(ctx.clock.now());
    ctx.db
        .write((ctx.texts.clone(), now), |txn, (texts, now)| {
            Box::pin(settle::lapse_in(txn, texts, *now, *now))
        })
        .await
}

async fn claim_next(txn: &Txn, hold: &Hold, now: Timestamp, texts: &Texts) -> Result<Next> {
    if !lanes::still_held(txn, hold, now).await? {
        return Ok(Next::Done);
    }
    let to = &hold.person;
    let rows = queries::waiting(txn, to, &[State::Ready, State::Claimed, State::Answering]).await?;
    // A passive answer that is on its way goes first; its end wakes us again.
    let blocked = rows
        .iter()
        .any(|r| r.state == State::Answering && r.lease_until.is_some_and(|t| t > now));
    let rows: Vec<_> = rows
        .into_iter()
        .filter(|r| r.state == State::Ready)
        .collect();
    let Some(first) = rows.first().filter(|first| !blocked && first.due_at <= now) else {
        lanes::release(txn, hold).await?;
        return Ok(Next::Done);
    };
    let remaining = window::remaining_in(txn, to, now).await?;
    let parcels: Vec<Parcel> = rows
        .iter()
        .map(|r| Parcel::from_json(&r.content))
        .collect::<Result<_>>()?;
    let count = mergeable(&rows, &parcels, remaining);
    let merged = merge(parcels.get(..count).unwrap_or_default())
        .ok_or_else(|| Error::Internal("nothing to merge".into()))?;
    let leads = parcels.get(merged.count - 1).is_some_and(|p| p.leads);
    match rules::decide(first.purpose, leads, remaining) {
        Verdict::Send => {
            let rows = rows.get(..merged.count).unwrap_or_default();
            claim(txn, hold, now, rows, merged.body).await
        }
        Verdict::Hold => {
            let reason = why_closed(txn, to, now).await?;
            tell::answers_held_in(txn, now, texts, &rows, reason).await?;
            queries::rest_all(txn, to, KEPT, reason).await?;
            Ok(Next::Again)
        }
        Verdict::HoldAndSay => {
            queries::rest_all(txn, to, KEPT, Reason::Count).await?;
            tell::how_many_wait_in(txn, now, texts, to, first).await?;
            Ok(Next::Again)
        }
        Verdict::Drop => {
            let reason = why_closed(txn, to, now).await?;
            queries::rest(txn, &[first.id], State::Dropped, reason).await?;
            Ok(Next::Again)
        }
    }
}

async fn why_closed(txn: &Txn, to: &Address, now: Timestamp) -> Result<Reason> {
    Ok(window::closed_in(txn, to, now)
        .await?
        .unwrap_or(Reason::Window))
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

async fn claim(
    txn: &Txn,
    hold: &Hold,
    now: Timestamp,
    rows: &[outbound::Model],
    body: Body,
) -> Result<Next> {
    let Some(spent) = window::spend_in(txn, &hold.person, now).await? else {
        return Ok(Next::Again);
    };
    queries::claim(txn, rows, spent, hold.fence, now + CALL_LEASE).await?;
    let windows_until = window::latest_in(txn, &hold.person).await?;
    let Some(row) = rows.first().cloned() else {
        return Ok(Next::Done);
    };
    let (purpose, attempts) = (row.purpose, row.attempts + 1);
    let ids = rows.iter().map(|r| r.id).collect();
    Ok(Next::Claimed(Box::new(Claim {
        ids,
        body,
        purpose,
        row,
        spent,
        attempts,
        windows_until,
    })))
}

/// How a call ended.
pub(super) enum Sending {
    Answered(Result<(), CallError>),
    /// The send call did not come back.
    Silent,
    /// It was not even tried: the file cannot be had any more.
    NoMedia,
    /// It was not even tried: our own store or disk, or preparing the file, took too long.
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
        Ok(answer) => Sending::Answered(answer),
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
