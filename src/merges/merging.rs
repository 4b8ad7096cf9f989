//! Two become one.

use daogou_schema::member_merge::{self, Cause};
use daogou_schema::{GuideId, MemberId, MergeId, binding, guide};
use sea_orm::Set;
use serde_json::json;

use super::before::{self, Before, Bound, Moved, Named, Person, Phone, Talk};
use super::{LINES_MAX, No, Order, UNDO_WITHIN, Whose, queries};
use crate::accounts::Visit;
use crate::audit::{self, Act, By, Entry};
use crate::db::Txn;
use crate::error::Result;
use crate::members::{cards, waiting};
use crate::vault::Vault;
use crate::{
    bindings, care, conversations, fields, guides, insiders, members, privacy, sensitive, tags,
    visits,
};

/// If somebody waits in the account with the phone number of `member`, who follows, they become one.
///
/// # Errors
/// When the store fails.
pub async fn join_in(
    txn: &Txn,
    visit: &Visit,
    vault: &Vault,
    member: MemberId,
    by: By,
) -> Result<Option<MergeId>> {
    let Some(phone) = privacy::phone_row_in(txn, member).await? else {
        return Ok(None);
    };
    let owners = privacy::phone_owners_in(txn, &[phone.digest]).await?;
    let others: Vec<_> = owners
        .iter()
        .map(|(_, owner)| *owner)
        .filter(|it| *it != member)
        .collect();
    let waits = queries::waiting_among(txn, visit.account.id, &others).await?;
    // Of a family that shares a number nobody knows who has come.
    let ([gone], false) = (waits.as_slice(), queries::waits(txn, member).await?) else {
        return Ok(None);
    };
    let order = Order {
        kept: member,
        gone: *gone,
        guide: Whose::Kept,
        cause: Cause::Phone,
        by,
    };
    merge_in(txn, visit, vault, &order).await.map(Result::ok)
}

pub(super) async fn merge_in(
    txn: &Txn,
    visit: &Visit,
    vault: &Vault,
    order: &Order,
) -> Result<Result<MergeId, No>> {
    let (kept, gone, account) = (order.kept, order.gone, visit.account.id);
    if kept == gone {
        return Ok(Err(No::Same));
    }
    conversations::lock_in(txn, &[kept, gone]).await?;
    let here = waiting::whom_account_knows_in(txn, account, &[kept, gone]).await?;
    let doomed = privacy::are_being_erased_in(txn, &[kept, gone]).await?;
    if here.len() < 2 || doomed {
        return Ok(Err(No::Missing));
    }
    if conversations::is_open_in(txn, visit, gone).await? {
        return Ok(Err(No::Talking));
    }
    let lines = queries::lines(txn, gone, LINES_MAX + 1).await?;
    let messages = queries::messages(txn, gone, LINES_MAX + 1).await?;
    let most = usize::try_from(LINES_MAX).unwrap_or(usize::MAX);
    if lines.len() > most || messages.len() > most {
        return Ok(Err(No::Long));
    }
    let present = bindings::those_in(txn, &[kept, gone]).await?;
    let mut before = Before {
        kept: person(txn, kept, &present).await?,
        gone: person(txn, gone, &present).await?,
        ..Before::default()
    };
    before.moved = Moved {
        lines,
        messages,
        ..Moved::default()
    };
    take_over(txn, visit, vault, order, &mut before).await?;
    change_guide(txn, visit, order, &present).await?;
    before.after_guide = bindings::get_in(txn, kept).await?.map(|row| row.guide_id);
    before.after_talk = queries::talk(txn, kept).await?.as_ref().map(Talk::of);
    queries::forget_in(txn, gone).await?;
    let row = member_merge::ActiveModel {
        account_id: Set(account),
        staff_id: Set(order.by.staff()),
        kept_id: Set(kept),
        gone_id: Set(gone),
        cause: Set(order.cause),
        before: Set(Some(before::written(&before)?)),
        open_until: Set(Some(visit.now + UNDO_WITHIN)),
        created_at: Set(visit.now),
        ..Default::default()
    };
    let id = queries::insert(txn, row).await?;
    let after = json!({ "kept": kept, "gone": gone, "guide": before.after_guide });
    let entry = Entry {
        by: order.by,
        account: Some(account),
        act: Act::MergeMembers,
        subject: audit::subject("merge", id),
        before: None,
        after: Some(after),
    };
    audit::note_in(txn, visit.now, entry).await?;
    Ok(Ok(id))
}

async fn person(txn: &Txn, member: MemberId, present: &[binding::Model]) -> Result<Person> {
    let row = members::get_in(txn, member).await?;
    let tagged = tags::of_members(txn.conn(), &[member]).await?;
    let bound = present.iter().find(|row| row.member_id == member);
    Ok(Person {
        named: row.as_ref().map(Named::of).unwrap_or_default(),
        guide: bound.map(Bound::of),
        unbound: queries::is_unbound(txn, member).await?,
        talk: queries::talk(txn, member).await?.as_ref().map(Talk::of),
        tags: tagged.get(&member).cloned().unwrap_or_default(),
        card: cards::of_in(txn, &[member]).await?.remove(&member),
        phone: privacy::phone_row_in(txn, member)
            .await?
            .as_ref()
            .map(Phone::of),
        fields: fields::values_in(txn, member).await?,
    })
}

/// Everything of the one that goes becomes the other's, except the guide.
async fn take_over(
    txn: &Txn,
    visit: &Visit,
    vault: &Vault,
    order: &Order,
    before: &mut Before,
) -> Result<()> {
    let (kept, gone, account, now) = (order.kept, order.gone, visit.account.id, visit.now);
    let Before {
        kept: own,
        gone: hers,
        moved,
        after,
        ..
    } = before;
    *after = own.named.with(&hers.named);
    // While each still has her own openids.
    for (member, named) in [(kept, &own.named), (gone, &hers.named)] {
        insiders::change_in(txn, member, named.insider(), after.insider(), now).await?;
    }
    queries::set_named(txn, gone, &Named::default()).await?;
    queries::set_named(txn, kept, after).await?;
    moved.identities = queries::move_identities(txn, gone, kept).await?;
    moved.waited = queries::end_waiting(txn, kept, gone).await?;
    queries::set_lines(txn, &moved.lines, kept).await?;
    queries::set_messages(txn, &moved.messages, kept).await?;
    moved.consents = queries::move_consents(txn, gone, kept).await?;
    moved.found = sensitive::take_along_in(txn, gone, kept).await?;
    moved.written = care::take_along_in(txn, gone, kept).await?;
    moved.visits = visits::take_along_in(txn, gone, kept).await?;
    moved.numbers = queries::move_numbers(txn, gone, kept).await?;
    for tag in &hers.tags {
        if !tags::put_in(txn, *tag, &[kept], now).await?.is_empty() {
            moved.tags.push(*tag);
        }
    }
    tags::forget_member_in(txn, gone).await?;
    let mut known = own.fields.clone();
    for (field, value) in &hers.fields {
        if !known.contains_key(field) {
            known.insert(*field, value.clone());
            moved.fields.push(*field);
        }
    }
    fields::write_in(txn, kept, &own.fields, &known).await?;
    fields::forget_member_in(txn, gone).await?;
    cards::forget_in(txn, gone).await?;
    if let Some(card) = hers.card.clone().filter(|_| own.card.is_none()) {
        cards::give_in(txn, account, &[(kept, card)]).await?;
        moved.card = true;
    }
    if let Some(phone) = &hers.phone {
        let row = phone.row(gone);
        privacy::replace_phone_in(txn, gone, None).await?;
        if own.phone.is_none() {
            let number = privacy::open_phone(vault, &row)?;
            privacy::note_phones_in(txn, vault, &[(kept, number)], now).await?;
            moved.phone = true;
        }
    }
    let talk = match (&own.talk, &hers.talk) {
        (Some(own), Some(hers)) => Some(own.with(hers)),
        (Some(own), None) => Some(own.clone()),
        // Whoever serves the kept one goes on with it.
        (None, hers) => hers.clone().map(|talk| match &own.guide {
            Some(bound) => talk.served_by(bound.guide),
            None => talk,
        }),
    };
    queries::replace_talk(txn, gone, None).await?;
    queries::replace_talk(txn, kept, talk.map(|talk| talk.row(kept))).await
}

/// The guide who was chosen serves her from now on, and nobody serves the one that goes.
async fn change_guide(
    txn: &Txn,
    visit: &Visit,
    order: &Order,
    present: &[binding::Model],
) -> Result<()> {
    let of = |member| {
        present
            .iter()
            .find(|row: &&binding::Model| row.member_id == member)
    };
    let (own, hers) = (of(order.kept), of(order.gone));
    bindings::dissolve_in(txn, order.gone).await?;
    for id in present.iter().map(|row| row.guide_id) {
        let talks_to = |guide: &guide::Model| guide.current_member_id == Some(order.gone);
        if guides::get_in(txn, id)
            .await?
            .as_ref()
            .is_some_and(talks_to)
        {
            guides::forget_current_in(txn, id).await?;
        }
    }
    let had: Option<GuideId> = own.map(|row| row.guide_id);
    let wanted = match (order.guide, own, hers) {
        (Whose::Kept, Some(_), _) | (_, _, None) => return Ok(()),
        (_, _, Some(hers)) => hers.guide_id,
    };
    let there = |guide: &guide::Model| guide.left_at.is_none();
    let Some(to) = guides::get_in(txn, wanted).await?.filter(there) else {
        return Ok(());
    };
    if had == Some(wanted) {
        return Ok(());
    }
    let own: Vec<_> = own.into_iter().cloned().collect();
    bindings::assign_in(txn, &[order.kept], &own, &to, visit.now).await?;
    conversations::give_in(txn, visit, &[order.kept], had, &to, false).await
}
