//! One becomes two again.

use daogou_schema::member::Insider;
use daogou_schema::member_merge::Model;
use daogou_schema::{GuideId, MemberId, MergeId, guide};
use serde_json::json;

use super::before::{self, Before, Named, Talk};
use super::{No, is_open, queries};
use crate::accounts::Visit;
use crate::audit::{self, Act, By, Entry};
use crate::db::Txn;
use crate::error::Result;
use crate::members::{cards, waiting};
use crate::{
    bindings, care, conversations, fields, guides, insiders, members, privacy, sensitive, tags,
    visits,
};

pub(super) async fn undo_in(
    txn: &Txn,
    visit: &Visit,
    id: MergeId,
    by: By,
) -> Result<Result<Model, No>> {
    let Some(row) = queries::by_id(txn, id).await? else {
        return Ok(Err(No::TooLate));
    };
    // Her lanes first, as everybody who acts for her has them.
    conversations::lock_in(txn, &[row.kept_id]).await?;
    let here = |row: &Model| row.account_id == visit.account.id && is_open(row, visit.now);
    let Some(row) = queries::locked(txn, id).await?.filter(here) else {
        return Ok(Err(No::TooLate));
    };
    let Some(text) = &row.before else {
        return Ok(Err(No::TooLate));
    };
    let before = before::read(text)?;
    let known = waiting::whom_account_knows_in(txn, row.account_id, &[row.kept_id]).await?;
    let doomed = privacy::are_being_erased_in(txn, &[row.kept_id]).await?;
    if known.is_empty() || doomed {
        return Ok(Err(No::TooLate));
    }
    let bound = bindings::get_in(txn, row.kept_id).await?;
    let talk = queries::talk(txn, row.kept_id).await?;
    let wrote = |talk: &Option<Talk>| talk.as_ref().and_then(|talk| talk.member_at);
    let went_on = bound.map(|row| row.guide_id) != before.after_guide
        || wrote(&talk.as_ref().map(Talk::of)) != wrote(&before.after_talk);
    if went_on || conversations::is_open_in(txn, visit, row.kept_id).await? {
        return Ok(Err(No::WentOn));
    }
    if !restore_guides(txn, visit, &row, &before).await? {
        return Ok(Err(No::WentOn));
    }
    restore(txn, visit, &row, &before).await?;
    queries::set_undone(txn, id, visit.now).await?;
    let entry = Entry {
        by,
        account: Some(row.account_id),
        act: Act::UnmergeMembers,
        subject: audit::subject("merge", id),
        before: None,
        after: Some(json!({ "kept": row.kept_id, "gone": row.gone_id })),
    };
    audit::note_in(txn, visit.now, entry).await?;
    Ok(Ok(row))
}

/// Gives back what changed hands.
async fn restore(txn: &Txn, visit: &Visit, row: &Model, before: &Before) -> Result<()> {
    let (kept, gone, account, now) = (row.kept_id, row.gone_id, row.account_id, visit.now);
    let (moved, own, hers) = (&before.moved, &before.kept, &before.gone);
    let present = members::get_in(txn, kept).await?;
    // What was noted since then stays.
    if present.as_ref().map(Named::of).as_ref() == Some(&before.after) {
        queries::set_named(txn, kept, &own.named).await?;
    }
    queries::set_named(txn, gone, &hers.named).await?;
    queries::give_identities(txn, &moved.identities, kept, gone).await?;
    recount(txn, row, before, present.and_then(|row| row.insider)).await?;
    for (account, who) in &moved.waited {
        waiting::stand_in(txn, *account, &[*who]).await?;
    }
    queries::set_lines(txn, &moved.lines, gone).await?;
    queries::set_messages(txn, &moved.messages, gone).await?;
    queries::set_consents(txn, &moved.consents, gone).await?;
    sensitive::give_in(txn, &moved.found, gone).await?;
    care::give_in(txn, &moved.written, gone).await?;
    visits::give_in(txn, &moved.visits, gone).await?;
    queries::set_numbers(txn, &moved.numbers, gone).await?;
    for tag in &moved.tags {
        tags::take_in(txn, *tag, &[kept], None).await?;
    }
    for tag in &hers.tags {
        tags::put_in(txn, *tag, &[gone], now).await?;
    }
    give_fields(txn, row, before).await?;
    if moved.card {
        cards::forget_in(txn, kept).await?;
    }
    if let Some(card) = hers.card.clone() {
        cards::give_in(txn, account, &[(gone, card)]).await?;
    }
    if let Some(phone) = &hers.phone {
        let same = privacy::phone_row_in(txn, kept).await?;
        if moved.phone && same.is_some_and(|same| same.digest == phone.digest) {
            privacy::replace_phone_in(txn, kept, None).await?;
        }
        privacy::replace_phone_in(txn, gone, Some(phone.row(gone))).await?;
    }
    for (member, talk) in [(kept, &own.talk), (gone, &hers.talk)] {
        queries::replace_talk(txn, member, talk.as_ref().map(|talk| talk.row(member))).await?;
    }
    Ok(())
}

/// What stands in fields is each one's own again; what was noted since then stays.
async fn give_fields(txn: &Txn, row: &Model, before: &Before) -> Result<()> {
    let hers = &before.gone.fields;
    let present = fields::values_in(txn, row.kept_id).await?;
    let mut own = present.clone();
    own.retain(|field, value| {
        !before.moved.fields.contains(field) || hers.get(field) != Some(value)
    });
    fields::write_in(txn, row.kept_id, &present, &own).await?;
    let none = fields::values_in(txn, row.gone_id).await?;
    fields::write_in(txn, row.gone_id, &none, hers).await
}

/// The figures know again who of the two is a customer; until now both were counted as `was` says.
async fn recount(txn: &Txn, row: &Model, before: &Before, was: Option<Insider>) -> Result<()> {
    let kept = members::get_in(txn, row.kept_id).await?;
    let own = kept.and_then(|row| row.insider);
    insiders::recount_in(txn, row.kept_id, was, own).await?;
    if own.is_some() {
        bindings::forget_unbound_in(txn, row.kept_id).await?;
    }
    insiders::recount_in(txn, row.gone_id, was, before.gone.named.insider()).await
}

/// Each has the guide she had; says whether both guides are still there.
async fn restore_guides(txn: &Txn, visit: &Visit, row: &Model, before: &Before) -> Result<bool> {
    let (kept, gone) = (row.kept_id, row.gone_id);
    let own = before.kept.guide.as_ref().map(|bound| bound.row(kept));
    let hers = before.gone.guide.as_ref().map(|bound| bound.row(gone));
    for guide in [&own, &hers].into_iter().flatten().map(|row| row.guide_id) {
        if !is_there(txn, guide).await? {
            return Ok(false);
        }
    }
    match (before.after_guide, &own) {
        (Some(now), Some(own)) if now != own.guide_id => {
            bindings::give_back_in(txn, std::slice::from_ref(own), now, visit.now).await?;
        }
        (Some(now), None) => {
            bindings::release_in(txn, row.account_id, &[kept], now, visit.now).await?;
        }
        _ => {}
    }
    if let Some(hers) = &hers {
        let guide = hers.guide_id;
        bindings::give_back_in(txn, std::slice::from_ref(hers), guide, visit.now).await?;
    }
    note_unbound(txn, visit, kept, before.kept.unbound).await?;
    note_unbound(txn, visit, gone, before.gone.unbound).await?;
    Ok(true)
}

async fn note_unbound(txn: &Txn, visit: &Visit, member: MemberId, was: bool) -> Result<()> {
    match was {
        true => bindings::note_unbound_in(txn, visit.account.id, member, visit.now).await,
        false => bindings::forget_unbound_in(txn, member).await,
    }
}

async fn is_there(txn: &Txn, guide: GuideId) -> Result<bool> {
    let there = |guide: &guide::Model| guide.left_at.is_none();
    Ok(guides::get_in(txn, guide)
        .await?
        .as_ref()
        .is_some_and(there))
}
