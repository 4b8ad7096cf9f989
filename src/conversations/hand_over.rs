//! Another guide takes over: the one before is told without a reason, and what is open goes along.

use std::collections::BTreeSet;

use daogou_schema::{GuideId, MemberId, MessageId, conversation, guide};
use minijinja::context;

use super::{queries, tell};
use crate::accounts::Visit;
use crate::db::Txn;
use crate::error::Result;
use crate::{guides, members, outbound};

/// Takes a member from the guide `before` and gives her to `next`, or to nobody for now. Her lines since the last answer
/// are free to be passed on, whoever had them.
pub(super) async fn hand_over_in(
    txn: &Txn,
    visit: &Visit,
    row: &conversation::Model,
    before: GuideId,
    next: Option<&guide::Model>,
) -> Result<()> {
    let (member, next) = (row.member_id, next.map(|guide| guide.id));
    let mut talked_to = None;
    let mut withdrawn = Vec::new();
    if let Some(before) = guides::get_in(txn, before).await? {
        // What the former guide had waiting for her is not said in another's name.
        let people = [queries::address_of(row)];
        withdrawn = outbound::drop_answers_in(txn, &people, before.id).await?;
        let who = members::label_in(txn, &visit.texts, before.id, member).await?;
        let told = context! { who, count => withdrawn.len() };
        tell::guide_in(txn, visit, &before, member, "friend_moved_away", told).await?;
        if before.current_member_id == Some(member) {
            guides::forget_current_in(txn, before.id).await?;
            talked_to = row.last_line_id.map(|line| (before.id, line));
        }
    }
    // After the current customer is forgotten: that would forget this too.
    take_along_in(txn, row, next, &withdrawn).await?;
    if let Some((before, line)) = talked_to {
        guides::note_lost_line_in(txn, before, line).await?;
    }
    queries::set_guide(txn, member, next).await
}

/// Whoever had her lines goes on without them: those since the last answer that she got, and those that never went out,
/// although an answer to what was said before may have been given meanwhile. Answers that were `withdrawn`, hers or others',
/// answer nothing. Says whether she waits although her conversation counted as answered.
pub(super) async fn take_along_in(
    txn: &Txn,
    row: &conversation::Model,
    next: Option<GuideId>,
    withdrawn: &[(MemberId, MessageId)],
) -> Result<bool> {
    leave_in(txn, row, next).await?;
    let unseen = outbound::drop_relays_about_in(txn, row.member_id, next).await?;
    let answers = withdrawn.iter().filter(|(to, _)| *to == row.member_id);
    let answers: BTreeSet<_> = answers.map(|(_, answer)| *answer).collect();
    let open = queries::free_open_lines(txn, row.member_id, next, &unseen, &answers).await?;
    let waits = !unseen.is_empty() || (open && !answers.is_empty());
    if waits && !row.unanswered {
        queries::set_unanswered(txn, row.member_id).await?;
    }
    Ok(waits)
}

/// Whoever had her goes on without her. When she waits for an answer, her line is still on that guide's phone, so a bare
/// answer may be meant for her.
pub(super) async fn leave_in(
    txn: &Txn,
    row: &conversation::Model,
    next: Option<GuideId>,
) -> Result<()> {
    let had = row.guide_id.filter(|had| next != Some(*had));
    match (had, row.last_line_id) {
        (Some(had), Some(line)) if row.unanswered => {
            guides::note_lost_line_in(txn, had, line).await
        }
        _ => Ok(()),
    }
}
