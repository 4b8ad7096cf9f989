//! Bindings in the store.

mod many;
mod pool;

use daogou_schema::binding_event::{self, Reason};
use daogou_schema::{CodeId, MemberId, Timestamp, binding, guide};
use sea_orm::{ColumnTrait, EntityTrait, JoinType, QueryFilter, QuerySelect, Set};

use super::Change;
use crate::accounts::Visit;
use crate::db::{Txn, each, insert_all, padded};
use crate::error::Result;

pub(super) use many::{
    count_of_guide, delete_all, delete_unbound, give, insert_end, insert_events, insert_unbound,
    of_guide, replace, those,
};
pub(super) use pool::{
    count, count_among, count_known, count_known_among, count_new, count_unbound, events,
    members_of, members_of_stores, named, newest, rows, size, without_guide,
};

/// The member's active binding.
///
/// # Errors
/// When the store fails.
pub async fn get_in(txn: &Txn, member: MemberId) -> Result<Option<binding::Model>> {
    txn.together(member, |txn, members| Box::pin(of_members(txn, members)))
        .await
}

async fn of_members(txn: &Txn, members: &[MemberId]) -> Result<Vec<Option<binding::Model>>> {
    let found = binding::Entity::find()
        .filter(binding::Column::MemberId.is_in(padded(members.iter().copied())))
        .all(txn.conn())
        .await?;
    Ok(each(members.iter().copied(), found, |row| row.member_id))
}

/// The guide whom a member is bound to.
///
/// # Errors
/// When the store fails.
pub async fn guide_of_in(txn: &Txn, member: MemberId) -> Result<Option<guide::Model>> {
    txn.together(member, |txn, members| Box::pin(guides_of(txn, members)))
        .await
}

async fn guides_of(txn: &Txn, members: &[MemberId]) -> Result<Vec<Option<guide::Model>>> {
    let guide = binding::Entity::belongs_to(guide::Entity)
        .from(binding::Column::GuideId)
        .to(guide::Column::Id);
    let found = binding::Entity::find()
        .join(JoinType::InnerJoin, guide.into())
        .select_also(guide::Entity)
        .filter(binding::Column::MemberId.is_in(padded(members.iter().copied())))
        .all(txn.conn())
        .await?;
    let found = each(members.iter().copied(), found, |(row, _)| row.member_id);
    Ok(found
        .into_iter()
        .map(|row| row.and_then(|(_, guide)| guide))
        .collect())
}

pub(super) async fn save(
    txn: &Txn,
    member: MemberId,
    guide: &guide::Model,
    code: Option<CodeId>,
    now: Timestamp,
) -> Result<()> {
    delete(txn, member).await?;
    let row = binding::ActiveModel {
        member_id: Set(member),
        guide_id: Set(guide.id),
        store_id: Set(guide.store_id),
        code_id: Set(code),
        bound_at: Set(now),
    };
    txn.together(row, |txn, rows| Box::pin(insert_all(txn, rows)))
        .await
}

pub(super) async fn delete(txn: &Txn, member: MemberId) -> Result<()> {
    txn.together(member, |txn, members| {
        Box::pin(async move {
            binding::Entity::delete_many()
                .filter(binding::Column::MemberId.is_in(padded(members.iter().copied())))
                .exec(txn.conn())
                .await?;
            Ok(vec![(); members.len()])
        })
    })
    .await
}

/// She has a guide now.
pub(super) async fn forget_unbound(txn: &Txn, member: MemberId) -> Result<()> {
    txn.together(member, |txn, members| {
        Box::pin(async move {
            delete_unbound(txn, members).await?;
            Ok(vec![(); members.len()])
        })
    })
    .await
}

pub(super) async fn insert_event(
    txn: &Txn,
    visit: &Visit,
    change: &Change,
    reason: Reason,
) -> Result<()> {
    let row = binding_event::ActiveModel {
        member_id: Set(change.member),
        from_guide_id: Set(change.from),
        to_guide_id: Set(change.to),
        reason: Set(reason),
        code_id: Set(change.code),
        inbound_id: Set(visit.inbound_id),
        at: Set(visit.now),
        ..Default::default()
    };
    txn.together(row, |txn, rows| Box::pin(insert_all(txn, rows)))
        .await
}

/// She came to her guide by this code after all.
pub(super) async fn set_code(txn: &Txn, member: MemberId, code: CodeId) -> Result<()> {
    let row = binding::ActiveModel {
        code_id: Set(Some(code)),
        ..Default::default()
    };
    binding::Entity::update_many()
        .set(row)
        .filter(binding::Column::MemberId.eq(member))
        .exec(txn.conn())
        .await?;
    Ok(())
}
