//! Lines on their way: a consumer's to a guide, a guide's to a consumer.

use chrono::TimeDelta;
use daogou_schema::message::Author;
use daogou_schema::outbound::Purpose;
use daogou_schema::{MemberId, MessageId, conversation, guide};
use minijinja::context;

use super::line::{Heard, Line};
use super::queries::{self, NewLine};
use super::route::route_in;
use super::tell;
use crate::accounts::Visit;
use crate::db::Txn;
use crate::error::Result;
use crate::outbound::{self, Draft, Parcel, Reason};
use crate::sensitive::{self, Found};
use crate::{guides, members, pictures};

/// How long after an answer more of it may follow to somebody who wants answers only.
const ANSWER_GOES_ON: TimeDelta = TimeDelta::minutes(10);

/// Relays a line of `member` to `guide`, saying that it is from `who`.
pub(super) async fn relay_in(
    txn: &Txn,
    visit: &Visit,
    guide: &guide::Model,
    (member, who): (MemberId, &str),
    line: &Line,
    message: MessageId,
) -> Result<()> {
    let Some(to) = guides::address(guide) else {
        return Ok(());
    };
    for parcel in line.relayed(&visit.texts, who)? {
        let draft = Draft {
            to: to.clone(),
            purpose: Purpose::Relay,
            parcel,
            member_id: Some(member),
            guide_id: Some(guide.id),
            message_id: Some(message),
            inbound_id: visit.inbound_id,
        };
        outbound::send_in(txn, visit.now, &draft).await?;
    }
    Ok(())
}

/// Passes on what a member wrote while nobody could get it, and says how many lines.
pub(super) async fn pass_on_in(
    txn: &Txn,
    visit: &Visit,
    guide: &guide::Model,
    row: &conversation::Model,
) -> Result<usize> {
    let (mut count, member) = (0, row.member_id);
    // Who never wrote has nothing waiting.
    while row.last_line_id.is_some() {
        let waiting = queries::not_passed_on(txn, member).await?;
        if waiting.is_empty() {
            break;
        }
        guides::give_number_in(txn, guide.id, member, visit.now).await?;
        let who = members::label_in(txn, &visit.texts, guide.id, member).await?;
        for Heard { id, line, .. } in &waiting {
            relay_in(txn, visit, guide, (member, &who), line, *id).await?;
        }
        let ids: Vec<_> = waiting.iter().map(|heard| heard.id).collect();
        queries::set_passed_on(txn, &ids, guide.id).await?;
        count += waiting.len();
    }
    queries::set_guide(txn, row.member_id, Some(guide.id)).await?;
    Ok(count)
}

/// Passes on what waits in the pool for a guide who can be reached again: from own customers, and from customers of
/// colleagues for whom this guide stands in.
pub(super) async fn pass_on_waiting_in(
    txn: &Txn,
    visit: &Visit,
    guide: &guide::Model,
) -> Result<usize> {
    let mut count = 0;
    for row in queries::pooled(txn, guide.store_id).await? {
        let route = route_in(txn, row.member_id).await?;
        if route.guide().is_some_and(|serves| serves.id == guide.id) {
            count += pass_on_in(txn, visit, guide, &row).await?;
        }
    }
    Ok(count)
}

/// What became of a guide's line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// It is on its way.
    Promised(MessageId),
    /// It waits until she can be written to.
    Kept(MessageId, Reason),
    /// It says what must not be said to customers: these words. She will never get it.
    Stopped(String),
    /// Nothing can be sent to somebody who was never here.
    Nobody,
}

/// Sends what a guide wrote in the official account to `member`, and says there when it cannot go at once. False when it
/// is stopped: she will never get it.
pub(super) async fn answer_in(
    txn: &Txn,
    visit: &Visit,
    guide: &guide::Model,
    member: MemberId,
    line: &Line,
) -> Result<bool> {
    let written = write_in(txn, visit, guide, member, line).await?;
    let who = || members::label_in(txn, &visit.texts, guide.id, member);
    match &written {
        Written::Promised(_) | Written::Nobody => {}
        Written::Kept(_, reason) => {
            let variables = context! { who => who().await?, reason => reason.word() };
            tell::guide_in(txn, visit, guide, member, "held_answer", variables).await?;
        }
        Written::Stopped(words) => {
            let variables = context! { who => who().await?, words };
            tell::guide_in(txn, visit, guide, member, "stopped", variables).await?;
        }
    }
    Ok(!matches!(written, Written::Stopped(_)))
}

/// Sends a guide's line to `member`, or keeps it. When it is stopped nothing else changes: who waits still waits, and what
/// the guide writes next is for the same customer.
pub(super) async fn write_in(
    txn: &Txn,
    visit: &Visit,
    guide: &guide::Model,
    member: MemberId,
    line: &Line,
) -> Result<Written> {
    let Some(row) = queries::get(txn, member).await? else {
        return Ok(Written::Nobody);
    };
    if let Some(words) = stop_in(txn, visit, guide, member, line).await? {
        return Ok(Written::Stopped(words));
    }
    let new = NewLine {
        member,
        author: Author::Guide,
        guide: Some(guide.id),
        line,
    };
    let message = queries::insert_line(txn, visit, new).await?;
    if let Some(picture) = line.picture() {
        pictures::in_line_in(txn, picture, message).await?;
    }
    let kept = why_kept(txn, visit, &row).await?;
    let heard_at = kept.is_none().then_some(visit.now);
    queries::set_replied(txn, member, guide.id, heard_at).await?;
    for parcel in line.answered(&visit.texts)? {
        promise(txn, visit, guide, &row, parcel, message, kept).await?;
    }
    Ok(match kept {
        Some(reason) => Written::Kept(message, reason),
        None => Written::Promised(message),
    })
}

/// Stops a line that says what must not be said to customers, and gives those words.
async fn stop_in(
    txn: &Txn,
    visit: &Visit,
    guide: &guide::Model,
    member: MemberId,
    line: &Line,
) -> Result<Option<String>> {
    let text = line.spoken();
    let Some(words) = visit.sensitive.find(visit.account.id, &text) else {
        return Ok(None);
    };
    let found = Found {
        account: visit.account.id,
        member,
        guide: Some(guide.id),
        words: words.clone(),
        at: visit.now,
    };
    sensitive::stop_in(txn, found, &text).await?;
    Ok(Some(words))
}

/// Why nothing can be sent to her now; none when it can.
async fn why_kept(txn: &Txn, visit: &Visit, row: &conversation::Model) -> Result<Option<Reason>> {
    let to = queries::address_of(row);
    if let Some(reason) = outbound::closed_in(txn, &to, visit.now).await? {
        return Ok(Some(reason));
    }
    let quiet = members::get_in(txn, row.member_id)
        .await?
        .is_some_and(|m| m.quiet);
    // She asked to be answered only: what she wrote has no answer yet, or the answer has several messages.
    let answers = row.unanswered
        || row
            .last_reply_at
            .is_some_and(|reply| visit.now - reply < ANSWER_GOES_ON);
    Ok((quiet && !answers).then_some(Reason::Quiet))
}

async fn promise(
    txn: &Txn,
    visit: &Visit,
    guide: &guide::Model,
    row: &conversation::Model,
    parcel: Parcel,
    message: MessageId,
    kept: Option<Reason>,
) -> Result<()> {
    let draft = Draft {
        to: queries::address_of(row),
        purpose: Purpose::Answer,
        parcel,
        member_id: Some(row.member_id),
        guide_id: Some(guide.id),
        message_id: Some(message),
        inbound_id: visit.inbound_id,
    };
    match kept {
        None => outbound::send_in(txn, visit.now, &draft).await?,
        Some(reason) => outbound::hold_in(txn, visit.now, &draft, reason).await?,
    };
    Ok(())
}
