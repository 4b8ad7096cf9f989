//! Members without a guide: who comes to be one, and how they get a guide.

use std::collections::{BTreeMap, BTreeSet};

use daogou_schema::binding_event::Reason;
use daogou_schema::{AccountId, GuideId, MemberId, Timestamp, binding, guide};

use super::queries;
use crate::db::Txn;
use crate::error::Result;
use crate::{guides, members};

/// Notes that a customer has no guide.
///
/// # Errors
/// When the store fails.
pub async fn note_unbound_in(
    txn: &Txn,
    account: AccountId,
    member: MemberId,
    now: Timestamp,
) -> Result<()> {
    note_all_unbound_in(txn, account, &[member], now).await
}

/// The same of many.
///
/// # Errors
/// When the store fails.
pub async fn note_all_unbound_in(
    txn: &Txn,
    account: AccountId,
    members: &[MemberId],
    now: Timestamp,
) -> Result<()> {
    queries::insert_unbound(txn, account, members, now).await
}

/// She is nobody any more, because she turned out to be somebody else.
///
/// # Errors
/// When the store fails.
pub async fn dissolve_in(txn: &Txn, member: MemberId) -> Result<()> {
    queries::delete_all(txn, &[member]).await?;
    queries::delete_unbound(txn, &[member]).await
}

/// The same of members who may be staff or testers: who is needs no guide.
pub(super) async fn note_left_alone_in(
    txn: &Txn,
    account: AccountId,
    members: &[MemberId],
    now: Timestamp,
) -> Result<()> {
    let ours = members::insiders_among(txn.conn(), members).await?;
    let mut customers = members.to_vec();
    customers.retain(|member| !ours.contains(member));
    queries::insert_unbound(txn, account, &customers, now).await
}

/// Notes that these have no guide: all of `new`, who are members since a moment ago, and who of `known` is nobody's.
///
/// # Errors
/// When the store fails.
pub async fn note_strangers_unbound_in(
    txn: &Txn,
    account: AccountId,
    new: &[MemberId],
    known: &[MemberId],
    now: Timestamp,
) -> Result<()> {
    let mut nobodys = Vec::new();
    for piece in known.chunks(64) {
        let bound = queries::those(txn, piece).await?;
        let free = |member: &&MemberId| bound.iter().all(|row| row.member_id != **member);
        nobodys.extend(piece.iter().filter(free));
    }
    queries::insert_unbound(txn, account, new, now).await?;
    note_left_alone_in(txn, account, &nobodys, now).await
}

/// She is nobody's to be: she has a guide, or is no customer.
///
/// # Errors
/// When the store fails.
pub async fn forget_unbound_in(txn: &Txn, member: MemberId) -> Result<()> {
    queries::delete_unbound(txn, &[member]).await
}

/// Binds members to `to` who were bound to others, or to nobody, as `present` says.
///
/// # Errors
/// When the store fails.
pub async fn assign_in(
    txn: &Txn,
    members: &[MemberId],
    present: &[binding::Model],
    to: &guide::Model,
    now: Timestamp,
) -> Result<()> {
    let bound: BTreeSet<_> = present.iter().map(|row| row.member_id).collect();
    let free: Vec<_> = members
        .iter()
        .copied()
        .filter(|member| !bound.contains(member))
        .collect();
    let row = |member: &MemberId| binding::Model {
        member_id: *member,
        guide_id: to.id,
        store_id: to.store_id,
        code_id: None,
        bound_at: now,
    };
    let rows: Vec<_> = members.iter().map(row).collect();
    guides::note_new_member_in(txn, to.id, now).await?;
    queries::replace(txn, &rows).await?;
    queries::delete_unbound(txn, &free).await?;
    let mut from: BTreeMap<Option<GuideId>, Vec<MemberId>> = BTreeMap::new();
    from.insert(None, free);
    for row in present
        .iter()
        .filter(|row| members.contains(&row.member_id))
    {
        from.entry(Some(row.guide_id))
            .or_default()
            .push(row.member_id);
    }
    for (before, members) in from {
        let change = (before, Some(to.id));
        queries::insert_events(txn, &members, change, Reason::Assigned, now).await?;
    }
    Ok(())
}

/// Members who got the guide `from` have nobody again, as before.
///
/// # Errors
/// When the store fails.
pub async fn release_in(
    txn: &Txn,
    account: AccountId,
    members: &[MemberId],
    from: GuideId,
    now: Timestamp,
) -> Result<()> {
    queries::delete_all(txn, members).await?;
    note_left_alone_in(txn, account, members, now).await?;
    queries::insert_events(txn, members, (Some(from), None), Reason::HandedBack, now).await
}
