//! Passive first: what the person who just acted has to get goes out as the HTTP answer of her push, which costs
//! nothing. Who answers is decided once, by the row of the push.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use daogou_schema::outbound::{self, State};
use daogou_schema::{Address, InboundId, Timestamp};
use daogou_wechat::{Content, MediaKind, Reply};

use super::parcel::{Body, merge};
use super::{Parcel, queries};
use crate::context::Context;
use crate::db::Txn;
use crate::error::Result;
use crate::lanes::{self, Holders};
use crate::media;
use crate::pictures;

/// When an answer that was handed to nobody counts as an unknown outcome: after WeChat's last retry
/// (3 attempts of 5 s each).
const SERVED_WITHIN: TimeDelta = TimeDelta::seconds(15);

/// A chosen passive answer.
pub struct PassiveAnswer {
    /// What to answer.
    pub reply: Reply,
    ids: Vec<daogou_schema::OutboundId>,
}

/// Chooses the passive answer from what waits for `to`, in the order it would go out. None when nothing waits or the
/// first thing cannot be a passive reply.
///
/// # Errors
/// When the store fails.
pub async fn answer_passively(
    txn: &Txn,
    holders: &Holders,
    now: Timestamp,
    to: &Address,
) -> Result<Option<PassiveAnswer>> {
    let rows = queries::waiting(txn, to).await?;
    // What is being sent right now comes first: a passive answer would overtake it.
    if is_under_way(txn, holders, now, to, &rows).await? {
        return Ok(None);
    }
    let rows: Vec<_> = rows
        .into_iter()
        .filter(|row| row.state == State::Ready)
        .collect();
    let parcels: Vec<Parcel> = rows
        .iter()
        .map(|r| Parcel::from_json(&r.content))
        .collect::<Result<_>>()?;
    let Some(merged) = merge(&parcels) else {
        return Ok(None);
    };
    let Some(reply) = as_reply(txn, now, to, merged.body).await? else {
        return Ok(None);
    };
    let ids = rows.iter().take(merged.count).map(|r| r.id).collect();
    Ok(Some(PassiveAnswer { reply, ids }))
}

/// Whether one of these is being sent. What a dead process left claimed is not.
async fn is_under_way(
    txn: &Txn,
    holders: &Holders,
    now: Timestamp,
    to: &Address,
    rows: &[outbound::Model],
) -> Result<bool> {
    let mut claimed = rows.iter().filter(|row| row.state == State::Claimed);
    let Some(first) = claimed.next() else {
        return Ok(false);
    };
    if first.lease_until.is_some_and(|until| until > now) {
        return Ok(true);
    }
    let lanes = lanes::find_senders(txn, [to]).await?;
    Ok(lanes.iter().any(|lane| holders.is_at_work(lane)))
}

impl PassiveAnswer {
    /// Marks what the answer carries; for the transaction that decided that push `answer_to` is answered passively.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn mark_in(&self, txn: &Txn, now: Timestamp, answer_to: InboundId) -> Result<()> {
        queries::mark_answering(txn, &self.ids, answer_to, now + SERVED_WITHIN).await
    }
}

/// A passive answer that was handed to WeChat in time.
struct Served {
    push: InboundId,
    person: Address,
    now: Timestamp,
}

/// Notes that the answer of `push`, by `person`, was handed to WeChat in time. What waits behind it may go now.
///
/// # Errors
/// When the store fails: the messages will be listed as unknown.
pub async fn mark_served(ctx: &Context, push: InboundId, person: Address) -> Result<()> {
    let now = Timestamp::from(ctx.clock.now());
    let served = Served { push, person, now };
    ctx.db
        .write_together(served, |txn, served| Box::pin(mark_all_served(txn, served)))
        .await
}

async fn mark_all_served(txn: &Txn, served: &[Served]) -> Result<Vec<()>> {
    let Some(latest) = served.iter().map(|s| s.now).max() else {
        return Ok(Vec::new());
    };
    let pushes: Vec<_> = served.iter().map(|s| (s.push, &s.person)).collect();
    queries::mark_served(txn, &pushes, latest).await?;
    let accounts: BTreeSet<_> = served.iter().map(|s| s.person.account_id).collect();
    for account in accounts {
        let here = served.iter().filter(|s| s.person.account_id == account);
        let people = here.map(|s| s.person.openid.as_str());
        for person in queries::ready_among(txn, account, people).await? {
            txn.promise(&person);
        }
    }
    Ok(vec![(); served.len()])
}

async fn as_reply(txn: &Txn, now: Timestamp, to: &Address, body: Body) -> Result<Option<Reply>> {
    Ok(match body {
        Body::Content(Content::Text { content }) => Some(Reply::Text { content }),
        // Only with a media id that is good now: nothing may be fetched while a unit of work is open.
        Body::Media { id, kind, .. } => media::usable_in(txn, to.account_id, id, now)
            .await?
            .and_then(|media_id| match kind {
                MediaKind::Image => Some(Reply::Image { media_id }),
                MediaKind::Voice => Some(Reply::Voice { media_id }),
                MediaKind::Video => Some(Reply::Video {
                    media_id,
                    title: None,
                    description: None,
                }),
                MediaKind::Thumb => None,
            }),
        Body::Picture { id } => pictures::usable_in(txn, to.account_id, id, now)
            .await?
            .map(|media_id| Reply::Image { media_id }),
        Body::Content(_) | Body::Link { .. } | Body::Card { .. } => None,
    })
}
