//! Customers on their way, a piece at a time: each piece in one unit of work, so that a dead process leaves none between
//! two guides, and whoever goes on begins where it ended.

use std::collections::BTreeMap;

use daogou_schema::hand_over::{Cause, Model, State};
use daogou_schema::hand_over_member::{self, Outcome};
use daogou_schema::{GuideId, HandOverId, MemberId, binding, guide, hand_over};
use sea_orm::Set;

use super::{queries, rules};
use crate::accounts::{self, Visit};
use crate::bindings::Those;
use crate::context::Context;
use crate::conversations;
use crate::db::Txn;
use crate::error::Result;
use crate::{bindings, guides};

/// How many members a unit of work moves: it holds the writer for some ten milliseconds.
const PIECE: u64 = 200;

/// Moves everybody who is on the way now.
///
/// # Errors
/// When the store fails; the next round goes on.
pub async fn work(ctx: &Context) -> Result<()> {
    for row in queries::under_way(ctx.db.reads()).await? {
        // One that cannot go on must not keep the others waiting.
        if let Err(error) = move_all(ctx, &row).await {
            tracing::error!(hand_over.id = row.id.0, %error, "a hand-over broke off; it goes on with the next round");
        }
    }
    Ok(())
}

async fn move_all(ctx: &Context, row: &Model) -> Result<()> {
    let account = accounts::get(ctx, row.account_id).await?;
    let mut after = MemberId(0);
    loop {
        let args = (Visit::of_house(ctx, &account), row.id, after);
        let moved = ctx.db.write(args, |txn, (visit, id, after)| {
            Box::pin(next_piece(txn, visit, *id, *after))
        });
        match moved.await? {
            Some(last) => after = last,
            None => return Ok(()),
        }
    }
}

/// Whom it is about. Whoever comes to a guide on leave, or one who moves, after it was confirmed, came by her own will.
pub(super) fn those(row: &Model) -> Those {
    Those {
        guide: row.guide_id,
        store: (row.cause == Cause::Move).then_some(row.store_id),
        until: match row.cause {
            // Nobody comes any more.
            Cause::Departure | Cause::Closing => None,
            Cause::Move | Cause::LongLeave => row.confirmed_at,
        },
    }
}

/// Moves a piece; says whom it ended with, or nothing when nobody is left.
async fn next_piece(
    txn: &Txn,
    visit: &Visit,
    id: HandOverId,
    after: MemberId,
) -> Result<Option<MemberId>> {
    let Some(row) = queries::locked(txn, id).await? else {
        return Ok(None);
    };
    match row.state {
        State::Running => hand_over_piece(txn, visit, &row).await,
        State::Undoing => hand_back_piece(txn, visit, &row, after).await,
        State::Proposed | State::Accepted | State::Frozen | State::Done | State::Undone => Ok(None),
    }
}

async fn hand_over_piece(txn: &Txn, visit: &Visit, row: &Model) -> Result<Option<MemberId>> {
    let targets = targets(txn, row).await?;
    if targets.is_empty() {
        // All of them have left meanwhile: somebody has to choose anew.
        queries::update(txn, row.id, queries::to(State::Frozen)).await?;
        return Ok(None);
    }
    let mut found = bindings::of_guide_in(txn, those(row), PIECE).await?;
    let members: Vec<_> = found.iter().map(|binding| binding.member_id).collect();
    found.truncate(conversations::count_for_a_unit_in(txn, visit, &members).await?);
    let before = still(txn, &found, |binding| binding.guide_id == row.guide_id).await?;
    let Some(last) = found.last().map(|binding| binding.member_id) else {
        return finish(txn, visit, row).await.map(|()| None);
    };
    let mut dealt: BTreeMap<GuideId, Vec<MemberId>> = BTreeMap::new();
    let mut notes = Vec::with_capacity(before.len());
    let ids: Vec<_> = targets.iter().map(|guide| guide.id).collect();
    for (turn, binding) in (usize::try_from(row.moved).unwrap_or_default()..).zip(&before) {
        let Some(to) = rules::nth(&ids, turn) else {
            continue;
        };
        dealt.entry(to).or_default().push(binding.member_id);
        notes.push(note(row.id, binding, to));
    }
    for target in &targets {
        let members = dealt.remove(&target.id).unwrap_or_default();
        if members.is_empty() {
            continue;
        }
        bindings::give_in(txn, &members, row.guide_id, target, visit.now).await?;
        conversations::give_in(txn, visit, &members, Some(row.guide_id), target, false).await?;
    }
    queries::insert_members(txn, row.id, &notes).await?;
    let moved = hand_over::ActiveModel {
        moved: Set(row.moved + i32::try_from(notes.len()).unwrap_or_default()),
        ..Default::default()
    };
    queries::update(txn, row.id, moved).await?;
    Ok(Some(last))
}

fn note(id: HandOverId, before: &binding::Model, to: GuideId) -> hand_over_member::ActiveModel {
    hand_over_member::ActiveModel {
        hand_over_id: Set(id),
        member_id: Set(before.member_id),
        to_guide_id: Set(to),
        store_id: Set(before.store_id),
        code_id: Set(before.code_id),
        bound_at: Set(before.bound_at),
        outcome: Set(Outcome::Moved),
    }
}

/// Nobody is left: whoever got customers hears how many.
async fn finish(txn: &Txn, visit: &Visit, row: &Model) -> Result<()> {
    let done = hand_over::ActiveModel {
        done_at: queries::at(visit.now),
        ..queries::to(State::Done)
    };
    queries::update(txn, row.id, done).await?;
    for (target, count) in queries::shares(txn, row.id).await? {
        if let Some(target) = guides::get_in(txn, target).await? {
            conversations::tell_given_in(txn, visit, &target, count).await?;
        }
    }
    // A guide who has left is nobody's WeChat any more.
    match guides::get_in(txn, row.guide_id).await? {
        Some(guide) if row.moved > 0 => {
            conversations::tell_taken_in(txn, visit, &guide, row.moved).await
        }
        _ => Ok(()),
    }
}

/// Who gets customers, in turn: those chosen who have not left.
async fn targets(txn: &Txn, row: &Model) -> Result<Vec<guide::Model>> {
    let mut found = Vec::new();
    for id in rules::read(row.targets.as_deref().unwrap_or_default()) {
        let guide = guides::get_in(txn, id).await?;
        found.extend(guide.filter(|guide| guide.left_at.is_none()));
    }
    Ok(found)
}

/// Keeps everybody else from working for these members, and says who of them is still as `wanted`.
async fn still(
    txn: &Txn,
    found: &[binding::Model],
    wanted: impl Fn(&binding::Model) -> bool,
) -> Result<Vec<binding::Model>> {
    let members: Vec<_> = found.iter().map(|binding| binding.member_id).collect();
    conversations::lock_in(txn, &members).await?;
    let mut now = bindings::those_in(txn, &members).await?;
    now.retain(wanted);
    // In the order in which they were found: who gets whom must not depend on the database.
    now.sort_by_key(|binding| (binding.bound_at, binding.member_id));
    Ok(now)
}

async fn hand_back_piece(
    txn: &Txn,
    visit: &Visit,
    row: &Model,
    after: MemberId,
) -> Result<Option<MemberId>> {
    let mut found = queries::moved_after(txn, row.id, after, PIECE).await?;
    let members: Vec<_> = found.iter().map(|note| note.member_id).collect();
    found.truncate(conversations::count_for_a_unit_in(txn, visit, &members).await?);
    let Some(last) = found.last().map(|member| member.member_id) else {
        queries::update(txn, row.id, queries::to(State::Undone)).await?;
        return Ok(None);
    };
    let Some(guide) = guides::get_in(txn, row.guide_id).await? else {
        return Ok(None);
    };
    let noted: BTreeMap<_, _> = found.iter().map(|note| (note.member_id, note)).collect();
    let bindings: Vec<_> = found.iter().map(|note| before(row, note)).collect();
    // A scan since then was her own will.
    let theirs = |now: &binding::Model| {
        noted
            .get(&now.member_id)
            .is_some_and(|note| now.guide_id == note.to_guide_id && now.code_id == note.code_id)
    };
    let present = still(txn, &bindings, theirs).await?;
    let mut back: BTreeMap<GuideId, Vec<binding::Model>> = BTreeMap::new();
    for now in &present {
        if let Some(note) = noted.get(&now.member_id) {
            back.entry(now.guide_id)
                .or_default()
                .push(before(row, note));
        }
    }
    for (from, bindings) in &back {
        let members: Vec<_> = bindings.iter().map(|binding| binding.member_id).collect();
        bindings::give_back_in(txn, bindings, *from, visit.now).await?;
        conversations::give_in(txn, visit, &members, Some(*from), &guide, true).await?;
    }
    let restored: Vec<_> = present.iter().map(|binding| binding.member_id).collect();
    let kept: Vec<_> = found
        .iter()
        .map(|note| note.member_id)
        .filter(|member| !restored.contains(member))
        .collect();
    let counts = hand_over::ActiveModel {
        restored: Set(row.restored + i32::try_from(restored.len()).unwrap_or_default()),
        kept: Set(row.kept + i32::try_from(kept.len()).unwrap_or_default()),
        ..Default::default()
    };
    queries::set_outcome(txn, row.id, restored, Outcome::Restored).await?;
    queries::set_outcome(txn, row.id, kept, Outcome::Kept).await?;
    queries::update(txn, row.id, counts).await?;
    Ok(Some(last))
}

/// The binding as it was.
fn before(row: &Model, note: &hand_over_member::Model) -> binding::Model {
    binding::Model {
        member_id: note.member_id,
        guide_id: row.guide_id,
        store_id: note.store_id,
        code_id: note.code_id,
        bound_at: note.bound_at,
    }
}
