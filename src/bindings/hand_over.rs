//! Bindings that headquarters changes: many at once, and back again.

use daogou_schema::binding_event::Reason;
use daogou_schema::{GuideId, MemberId, StoreId, Timestamp, binding, guide};

use sea_orm::ConnectionTrait;

use super::queries;
use crate::db::Txn;
use crate::error::Result;

/// Which members of a guide.
#[derive(Clone, Copy, Debug)]
pub struct Those {
    /// Whose.
    pub guide: GuideId,
    /// Only those bound in this store.
    pub store: Option<StoreId>,
    /// Only those bound by then.
    pub until: Option<Timestamp>,
}

/// The first `count` of them.
///
/// # Errors
/// When the store fails.
pub async fn of_guide_in(txn: &Txn, those: Those, count: u64) -> Result<Vec<binding::Model>> {
    queries::of_guide(txn, those, count).await
}

/// How many there are, all of them counted.
///
/// # Errors
/// When the store fails.
pub async fn count_of_guide(db: &impl ConnectionTrait, those: Those) -> Result<i32> {
    queries::count_of_guide(db, those).await
}

/// The bindings of `members`, as far as they have one.
///
/// # Errors
/// When the store fails.
pub async fn those_in(txn: &Txn, members: &[MemberId]) -> Result<Vec<binding::Model>> {
    queries::those(txn, members).await
}

/// Binds `members` of `from` to `to`; by which code they came stays known.
///
/// # Errors
/// When the store fails.
pub async fn give_in(
    txn: &Txn,
    members: &[MemberId],
    from: GuideId,
    to: &guide::Model,
    now: Timestamp,
) -> Result<()> {
    queries::give(txn, members, from, to, now).await?;
    let change = (Some(from), Some(to.id));
    queries::insert_events(txn, members, change, Reason::HandedOver, now).await
}

/// Gives members who are bound to `from` the bindings back that they had `before`, all with one guide.
///
/// # Errors
/// When the store fails.
pub async fn give_back_in(
    txn: &Txn,
    before: &[binding::Model],
    from: GuideId,
    now: Timestamp,
) -> Result<()> {
    let Some(to) = before.first().map(|row| row.guide_id) else {
        return Ok(());
    };
    queries::replace(txn, before).await?;
    let members: Vec<_> = before.iter().map(|row| row.member_id).collect();
    let change = (Some(from), Some(to));
    queries::insert_events(txn, &members, change, Reason::HandedBack, now).await
}

/// Ends a member's binding because she is erased; that she had one stays in the history.
///
/// # Errors
/// When the store fails.
pub async fn end_in(txn: &Txn, member: MemberId, now: Timestamp) -> Result<()> {
    queries::delete_unbound(txn, &[member]).await?;
    let Some(binding) = queries::get_in(txn, member).await? else {
        return Ok(());
    };
    queries::delete(txn, member).await?;
    queries::insert_end(txn, &binding, now).await
}
