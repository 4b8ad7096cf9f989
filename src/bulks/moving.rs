//! Bulk work under way, a piece at a time: each piece in one unit of work, so that a dead process leaves nobody half done,
//! and whoever goes on begins where it ended.

use std::collections::BTreeMap;

use daogou_schema::bulk::{Model, State, Work};
use daogou_schema::bulk_member::{self, Outcome};
use daogou_schema::{BulkId, GuideId, MemberId, binding, bulk, guide};
use sea_orm::Set;

use super::{Audience, queries, rules};
use crate::accounts::{self, Visit};
use crate::bindings::pool::{self, Cursor};
use crate::context::Context;
use crate::db::{Txn, insert_all};
use crate::error::Result;
use crate::hand_overs::rules::{nth, read as read_guides};
use crate::{bindings, conversations, guides, members, tags};

/// How many members a unit of work changes: it holds the writer for some ten milliseconds.
const PIECE: usize = 200;

/// Members who are next, as they were found.
#[derive(Clone, Debug)]
struct Stretch {
    members: Vec<Found>,
    /// Where it goes on when all of them are done; none when nobody is left.
    next: Option<String>,
}

#[derive(Clone, Debug)]
struct Found {
    member: MemberId,
    guide: Option<GuideId>,
    /// Where it goes on behind her.
    place: String,
}

/// Goes on with whatever is under way now.
///
/// # Errors
/// When the store fails; the next round goes on.
pub async fn work(ctx: &Context) -> Result<()> {
    for row in queries::under_way(ctx.db.reads()).await? {
        // One that cannot go on must not keep the others waiting.
        if let Err(error) = go_on(ctx, row.clone()).await {
            tracing::error!(bulk.id = row.id.0, %error, "bulk work broke off; it goes on with the next round");
        }
    }
    Ok(())
}

async fn go_on(ctx: &Context, row: Model) -> Result<()> {
    let account = accounts::get(ctx, row.account_id).await?;
    let mut now = Some(row);
    while let Some(row) = now {
        let visit = Visit::of_house(ctx, &account);
        now = match row.state {
            State::Running => {
                let stretch = next_stretch(ctx, &row).await?;
                let args = (visit, row.id, row.place, stretch);
                let piece = ctx.db.write(args, |txn, (visit, id, place, stretch)| {
                    Box::pin(piece(txn, visit, *id, place.as_deref(), stretch))
                });
                piece.await?
            }
            State::Undoing => {
                let piece = ctx.db.write((visit, row.id), |txn, (visit, id)| {
                    Box::pin(piece_back(txn, visit, *id))
                });
                piece.await?
            }
            State::Done | State::Stopped | State::Undone => None,
        };
    }
    Ok(())
}

async fn next_stretch(ctx: &Context, row: &Model) -> Result<Stretch> {
    let kept = rules::read(&row.audience)?;
    let place = row.place.as_deref();
    match kept.audience {
        Audience::Chosen(members) => {
            let done = place.and_then(|place| place.parse().ok()).unwrap_or(0);
            let rest: Vec<_> = members.into_iter().skip(done).collect();
            let rows = pool::those(ctx, kept.scope, &rest).await?;
            // Who is out of sight by now is passed over, and still counts for the place.
            let found = rest.iter().enumerate().filter_map(|(nth, member)| {
                let row = rows.iter().find(|row| row.member.id == *member)?;
                let guide = row.binding.as_ref().map(|binding| binding.guide_id);
                let place = (done + nth + 1).to_string();
                Some(Found {
                    member: *member,
                    guide,
                    place,
                })
            });
            Ok(Stretch {
                members: found.collect(),
                next: None,
            })
        }
        Audience::Fitting(filter) => {
            let after = place.and_then(Cursor::read);
            let page = pool::list(ctx, kept.scope, filter, after, PIECE).await?;
            let found = page
                .rows
                .iter()
                .zip(&page.places)
                .map(|(row, place)| Found {
                    member: row.member.id,
                    guide: row.binding.as_ref().map(|binding| binding.guide_id),
                    place: place.to_string(),
                });
            let next = page.next.map(|next| next.to_string());
            Ok(Stretch {
                members: found.collect(),
                next,
            })
        }
    }
}

/// Changes a piece, if nobody else has meanwhile; says how it stands then.
async fn piece(
    txn: &Txn,
    visit: &Visit,
    id: BulkId,
    place: Option<&str>,
    stretch: &Stretch,
) -> Result<Option<Model>> {
    let row = queries::locked(txn, id).await?;
    let here = |row: &Model| row.state == State::Running && row.place.as_deref() == place;
    let Some(row) = row.filter(here) else {
        return Ok(None);
    };
    let ids: Vec<_> = stretch.members.iter().map(|found| found.member).collect();
    let many = match row.work {
        Work::Assign => conversations::count_for_a_unit_in(txn, visit, &ids).await?,
        Work::Tag | Work::Untag => ids.len(),
    };
    let mut now: Vec<_> = stretch.members.iter().take(many).cloned().collect();
    let last = now.last().map(|found| found.place.clone());
    if row.work == Work::Assign {
        conversations::lock_in(txn, &ids).await?;
    }
    // Whoever was erased since she was looked for is nobody any more.
    let known = members::known_among_in(txn, &ids).await?;
    now.retain(|found| known.contains(&found.member));
    let ids: Vec<_> = now.iter().map(|found| found.member).collect();
    let notes = match (row.work, row.tag_id) {
        (Work::Tag, Some(tag)) => {
            let put = tags::put_in(txn, tag, &ids, visit.now).await?;
            put.into_iter().map(|member| note(id, member)).collect()
        }
        (Work::Untag, Some(tag)) => {
            let taken = tags::take_in(txn, tag, &ids, None).await?;
            taken.into_iter().map(|member| note(id, member)).collect()
        }
        (Work::Assign, _) => assign(txn, visit, &row, &now).await?,
        (Work::Tag | Work::Untag, None) => Vec::new(),
    };
    insert_all(txn, &notes).await?;
    let next = match many == stretch.members.len() {
        true => stretch.next.clone(),
        false => last,
    };
    let add = |count: i32, more: usize| count + i32::try_from(more).unwrap_or_default();
    let mut change = bulk::ActiveModel {
        seen: Set(add(row.seen, now.len())),
        changed: Set(add(row.changed, notes.len())),
        ..Default::default()
    };
    match next {
        Some(next) => change.place = Set(Some(next)),
        None => {
            change.state = Set(State::Done);
            change.done_at = Set(Some(visit.now));
        }
    }
    queries::update(txn, id, change).await?;
    let row = queries::locked(txn, id).await?;
    let given = |row: &&Model| row.state == State::Done && row.work == Work::Assign;
    if let Some(row) = row.as_ref().filter(given) {
        tell(txn, visit, row).await?;
    }
    Ok(row)
}

fn note(id: BulkId, member: MemberId) -> bulk_member::ActiveModel {
    bulk_member::ActiveModel {
        bulk_id: Set(id),
        member_id: Set(member),
        to_guide_id: Set(None),
        guide_id: Set(None),
        store_id: Set(None),
        code_id: Set(None),
        bound_at: Set(None),
        outcome: Set(Outcome::Changed),
    }
}

/// Gives each of them the guide whose turn it is. Whoever has gone to somebody else since she was looked for stays there.
async fn assign(
    txn: &Txn,
    visit: &Visit,
    row: &Model,
    found: &[Found],
) -> Result<Vec<bulk_member::ActiveModel>> {
    let mut targets = Vec::new();
    for id in read_guides(row.targets.as_deref().unwrap_or_default()) {
        let guide = guides::get_in(txn, id).await?;
        targets.extend(guide.filter(|guide| guide.left_at.is_none()));
    }
    let ids: Vec<_> = targets.iter().map(|guide| guide.id).collect();
    let members: Vec<_> = found.iter().map(|found| found.member).collect();
    let present = bindings::those_in(txn, &members).await?;
    let of = |member| present.iter().find(|row| row.member_id == member);
    let mut dealt: BTreeMap<(GuideId, Option<GuideId>), Vec<MemberId>> = BTreeMap::new();
    let mut notes = Vec::new();
    let mut turn = usize::try_from(row.changed).unwrap_or_default();
    for found in found {
        let before = of(found.member);
        let Some(to) = nth(&ids, turn) else { break };
        let guide = before.map(|row| row.guide_id);
        if guide != found.guide || guide.is_some_and(|guide| ids.contains(&guide)) {
            continue;
        }
        turn += 1;
        dealt.entry((to, guide)).or_default().push(found.member);
        notes.push(bulk_member::ActiveModel {
            to_guide_id: Set(Some(to)),
            guide_id: Set(guide),
            store_id: Set(before.map(|row| row.store_id)),
            code_id: Set(before.and_then(|row| row.code_id)),
            bound_at: Set(before.map(|row| row.bound_at)),
            ..note(row.id, found.member)
        });
    }
    for ((to, before), members) in &dealt {
        let Some(to) = targets.iter().find(|guide| guide.id == *to) else {
            continue;
        };
        bindings::assign_in(txn, members, &present, to, visit.now).await?;
        conversations::give_in(txn, visit, members, *before, to, false).await?;
    }
    Ok(notes)
}

/// Whoever got members hears how many.
async fn tell(txn: &Txn, visit: &Visit, row: &Model) -> Result<()> {
    for (guide, count) in queries::shares(txn, row.id).await? {
        if let Some(guide) = guides::get_in(txn, guide).await? {
            conversations::tell_given_in(txn, visit, &guide, count).await?;
        }
    }
    Ok(())
}

/// Changes a piece back; says how it stands then.
async fn piece_back(txn: &Txn, visit: &Visit, id: BulkId) -> Result<Option<Model>> {
    let row = queries::locked(txn, id).await?;
    let Some(row) = row.filter(|row| row.state == State::Undoing) else {
        return Ok(None);
    };
    let after = row.place.as_deref().and_then(|place| place.parse().ok());
    let after = MemberId(after.unwrap_or_default());
    let mut notes = queries::changed(txn, id, after, PIECE).await?;
    let members: Vec<_> = notes.iter().map(|note| note.member_id).collect();
    if row.work == Work::Assign {
        notes.truncate(conversations::count_for_a_unit_in(txn, visit, &members).await?);
    }
    let members: Vec<_> = notes.iter().map(|note| note.member_id).collect();
    let restored = match (row.work, row.tag_id) {
        // What was put on anew since then stays.
        (Work::Tag, Some(tag)) => tags::take_in(txn, tag, &members, row.done_at).await?,
        (Work::Untag, Some(tag)) => {
            // Nothing is put on a number whose person has been erased.
            let known = members::known_among_in(txn, &members).await?;
            tags::put_in(txn, tag, &known, visit.now).await?
        }
        (Work::Assign, _) => give_back(txn, visit, &notes).await?,
        (Work::Tag | Work::Untag, None) => Vec::new(),
    };
    let kept: Vec<_> = members
        .iter()
        .copied()
        .filter(|member| !restored.contains(member))
        .collect();
    queries::set_outcome(txn, id, &restored, Outcome::Restored).await?;
    queries::set_outcome(txn, id, &kept, Outcome::Kept).await?;
    let add = |count: i32, more: usize| count + i32::try_from(more).unwrap_or_default();
    let mut change = bulk::ActiveModel {
        restored: Set(add(row.restored, restored.len())),
        kept: Set(add(row.kept, kept.len())),
        ..Default::default()
    };
    match notes.last() {
        Some(last) => change.place = Set(Some(last.member_id.to_string())),
        None => change.state = Set(State::Undone),
    }
    queries::update(txn, id, change).await?;
    queries::locked(txn, id).await
}

/// Gives members back to whom they were with, or to nobody, and says who went. A scan since then was her own will.
async fn give_back(
    txn: &Txn,
    visit: &Visit,
    notes: &[bulk_member::Model],
) -> Result<Vec<MemberId>> {
    let members: Vec<_> = notes.iter().map(|note| note.member_id).collect();
    conversations::lock_in(txn, &members).await?;
    let present = bindings::those_in(txn, &members).await?;
    let mut back: BTreeMap<(GuideId, Option<GuideId>), Vec<&bulk_member::Model>> = BTreeMap::new();
    for note in notes {
        let now = present.iter().find(|row| row.member_id == note.member_id);
        if let (Some(now), Some(to)) = (now, note.to_guide_id)
            && now.guide_id == to
            && now.code_id.is_none()
        {
            back.entry((to, note.guide_id)).or_default().push(note);
        }
    }
    let mut gone = Vec::new();
    for ((from, before), notes) in back {
        let members: Vec<_> = notes.iter().map(|note| note.member_id).collect();
        match before {
            None => {
                let account = visit.account.id;
                bindings::release_in(txn, account, &members, from, visit.now).await?;
                conversations::release_in(txn, visit, &members, from).await?;
            }
            Some(before) => {
                let Some(guide) = still_there(txn, before).await? else {
                    continue;
                };
                let rows: Vec<_> = notes
                    .iter()
                    .filter_map(|note| binding_before(note))
                    .collect();
                bindings::give_back_in(txn, &rows, from, visit.now).await?;
                conversations::give_in(txn, visit, &members, Some(from), &guide, true).await?;
            }
        }
        gone.extend(members);
    }
    Ok(gone)
}

async fn still_there(txn: &Txn, guide: GuideId) -> Result<Option<guide::Model>> {
    let guide = guides::get_in(txn, guide).await?;
    Ok(guide.filter(|guide| guide.left_at.is_none()))
}

fn binding_before(note: &bulk_member::Model) -> Option<binding::Model> {
    Some(binding::Model {
        member_id: note.member_id,
        guide_id: note.guide_id?,
        store_id: note.store_id?,
        code_id: note.code_id,
        bound_at: note.bound_at?,
    })
}
