//! What WeChat answered, written down, and who is told.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::TimeDelta;
use daogou_schema::outbound::{self, Purpose, State};
use daogou_schema::{Address, Timestamp};
use daogou_wechat::CallError;
use tokio_util::sync::CancellationToken;

use super::deliver::{self, Claim, KEPT, Sending};
use super::queries::Settled;
use super::rules::{self, Outcome, Reason};
use super::{queries, tell, window};
use crate::context::Context;
use crate::db::Txn;
use crate::error::{Error, Result};
use crate::lanes::{self, Hold, Holders};
use crate::telemetry::figures;
use crate::texts::Texts;

struct Settling {
    hold: Hold,
    claim: Claim,
    outcome: Outcome,
    code: Option<i64>,
    now: Timestamp,
    texts: Texts,
    stop: CancellationToken,
}

/// Writes down how the call for `claim` ended, and claims what is next.
///
/// # Errors
/// When the store fails: the claim lapses into an unknown outcome.
pub(super) async fn settle(
    ctx: &Context,
    hold: &Hold,
    claim: Claim,
    sending: &Sending,
) -> Result<Option<Box<Claim>>> {
    let (outcome, code) = match sending {
        Sending::Answered(answer) => {
            let code = answer
                .as_ref()
                .err()
                .and_then(CallError::refusal)
                .map(|r| r.code);
            (rules::outcome(answer, claim.attempts), code)
        }
        Sending::Silent => (Outcome::Unknown(Reason::NoAnswer), None),
        Sending::NoMedia => (Outcome::Refused(Reason::Media), None),
        Sending::NotYet => (rules::later(claim.attempts), None),
    };
    // One line that WeChat does not take must not take the others with it: from the second attempt on each goes alone.
    let outcome = match outcome {
        Outcome::Refused(Reason::Content) if claim.ids.len() > 1 => {
            Outcome::Again(TimeDelta::zero())
        }
        outcome => outcome,
    };
    if let Sending::Answered(Err(error)) = sending {
        tracing::warn!(outbound.id = claim.row.id.0, %error, ?outcome, "a message was not taken");
    }
    let now = Timestamp::from(ctx.clock.now());
    let (purpose, waited) = (what_for(claim.purpose), now - claim.row.created_at);
    let args = Arc::new(Settling {
        hold: hold.clone(),
        claim,
        outcome,
        code,
        now,
        texts: ctx.texts.clone(),
        stop: ctx.tasks.stop.clone(),
    });
    let settled = ctx.db.write_together(args.clone(), |txn, settling| {
        Box::pin(txn.abreast_all(settling, |txn, s| Box::pin(settle_and_go_on(txn, s))))
    });
    let next = match settled.await {
        // What cannot be sent next must not make what was sent unknown.
        Err(Error::Internal(_)) => {
            let alone = ctx
                .db
                .write(args.clone(), |txn, s| Box::pin(settle_in(txn, s)));
            alone.await?;
            let next = ctx.db.write(args, |txn, s| {
                Box::pin(deliver::go_on(
                    txn,
                    &s.hold,
                    s.now,
                    &s.texts,
                    s.stop.is_cancelled(),
                ))
            });
            next.await
        }
        settled => settled,
    };
    figures::sent(purpose, word(outcome), waited);
    if let Outcome::Closed(reason) = outcome {
        figures::window_refusal(reason.word());
    }
    next
}

async fn settle_and_go_on(txn: &Txn, s: &Settling) -> Result<Option<Box<Claim>>> {
    settle_in(txn, s).await?;
    deliver::go_on(txn, &s.hold, s.now, &s.texts, s.stop.is_cancelled()).await
}

async fn settle_in(txn: &Txn, s: &Settling) -> Result<()> {
    let Settling {
        hold,
        claim,
        outcome,
        code,
        now,
        texts,
        ..
    } = s;
    let (state, reason, due_at) = match outcome {
        Outcome::Sent => (State::Sent, None, None),
        Outcome::Again(after) => (State::Ready, None, Some(*now + *after)),
        Outcome::Closed(reason) if KEPT.contains(&claim.purpose) => {
            (State::Held, Some(*reason), None)
        }
        // A greeting or a word about now would be stale the day after.
        Outcome::Closed(reason) => (State::Dropped, Some(*reason), None),
        Outcome::Refused(reason) if rules::waits_for_free_reply(claim.purpose, *reason) => {
            let again = *now + rules::CALL_AGAIN_AFTER;
            (State::Ready, Some(*reason), Some(again))
        }
        Outcome::Refused(reason) => (State::Refused, Some(*reason), None),
        Outcome::Unknown(reason) => (State::Unknown, Some(*reason), None),
    };
    let settled = Settled {
        state,
        reason,
        code: *code,
        due_at,
    };
    if !queries::settle(txn, &claim.ids, hold.fence, *now, settled).await? {
        // The lease was over and the claim is listed as unknown; that stays true.
        return Ok(());
    }
    if let (Purpose::Answer, Some(guide)) = (claim.purpose, claim.row.guide_id) {
        txn.shows(guide);
    }
    match outcome {
        Outcome::Closed(Reason::Count) => {
            window::use_up_in(txn, &hold.person, claim.windows_until).await?
        }
        Outcome::Closed(_) => window::shut_seen_in(txn, &hold.person, claim.windows_until).await?,
        // Not taken by WeChat, so not counted by WeChat.
        Outcome::Again(_) | Outcome::Refused(_) => {
            window::give_back_in(txn, &hold.person, claim.spent).await?
        }
        // An unknown outcome stays spent: the ledger may err only to the safe side.
        Outcome::Sent | Outcome::Unknown(_) => {}
    }
    if let (State::Held, Some(reason), false) = (state, reason, claim.body.is_text()) {
        queries::hold_label(txn, &claim.row, reason).await?;
    }
    // She acted while the call was under way, and what she opened was not yet there for it.
    let held = state == State::Held;
    if held && window::remaining_in(txn, &hold.person, *now).await? > 0 {
        return queries::release_held(txn, *now, &hold.person, false).await;
    }
    match reason {
        Some(reason) => tell::not_delivered_in(txn, *now, texts, &claim.row, state, reason).await,
        None => Ok(()),
    }
}

/// Turns claims and passive answers whose time was over by `before`, and whose senders are not known to be at work, into
/// unknown outcomes, tells the guides whose answers they were, and says how many.
///
/// # Errors
/// When the store fails.
pub async fn lapse_in(
    txn: &Txn,
    texts: &Texts,
    holders: &Holders,
    now: Timestamp,
    before: Timestamp,
) -> Result<usize> {
    let mut left = queries::lapsing(txn, before).await?;
    let under_way = under_way(txn, holders, &left).await?;
    left.retain(|row| !under_way.contains(&row.to()));
    if left.is_empty() {
        return Ok(0);
    }
    let reason = Reason::Interrupted;
    for answer in left.iter().filter(|row| row.purpose == Purpose::Answer) {
        answer
            .guide_id
            .into_iter()
            .for_each(|guide| txn.shows(guide));
        tell::not_delivered_in(txn, now, texts, answer, State::Unknown, reason).await?;
    }
    queries::lapse(txn, left.iter().map(|row| row.id), now, reason).await?;
    Ok(left.len())
}

/// To whom of these something claimed is still being sent.
async fn under_way(
    txn: &Txn,
    holders: &Holders,
    rows: &[outbound::Model],
) -> Result<BTreeSet<Address>> {
    let claimed = rows.iter().filter(|row| row.state == State::Claimed);
    let people: BTreeSet<_> = claimed.map(outbound::Model::to).collect();
    if people.is_empty() {
        return Ok(people);
    }
    let lanes = lanes::find_senders(txn, &people).await?;
    let held = lanes.into_iter().filter(|lane| holders.is_at_work(lane));
    Ok(held.map(|lane| lane.person()).collect())
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Sent => "sent",
        Outcome::Again(_) => "again",
        Outcome::Closed(_) => "held",
        Outcome::Refused(_) => "refused",
        Outcome::Unknown(_) => "unknown",
    }
}

fn what_for(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Welcome => "welcome",
        Purpose::Relay => "relay",
        Purpose::Answer => "answer",
        Purpose::Notice => "notice",
        Purpose::Waiting => "waiting",
        Purpose::Courtesy => "courtesy",
    }
}
