//! Bindings in the store.

use daogou_schema::binding_event::{self, Reason};
use daogou_schema::{CodeId, MemberId, Timestamp, binding, guide};
use sea_orm::{ColumnTrait, EntityTrait, JoinType, QueryFilter, QuerySelect, Set};

use super::Change;
use crate::accounts::Visit;
use crate::db::{Only, Txn};
use crate::error::Result;

/// The member's active binding.
///
/// # Errors
/// When the store fails.
pub async fn get_in(txn: &Txn, member: MemberId) -> Result<Option<binding::Model>> {
    Ok(binding::Entity::find_by_id(member).only(txn.conn()).await?)
}

/// The guide whom a member is bound to.
///
/// # Errors
/// When the store fails.
pub async fn guide_of_in(txn: &Txn, member: MemberId) -> Result<Option<guide::Model>> {
    let binding = guide::Entity::belongs_to(binding::Entity)
        .from(guide::Column::Id)
        .to(binding::Column::GuideId);
    Ok(guide::Entity::find()
        .join(JoinType::InnerJoin, binding.into())
        .filter(binding::Column::MemberId.eq(member))
        .only(txn.conn())
        .await?)
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
    binding::Entity::insert(row)
        .exec_without_returning(txn.conn())
        .await?;
    Ok(())
}

pub(super) async fn delete(txn: &Txn, member: MemberId) -> Result<()> {
    binding::Entity::delete_by_id(member)
        .exec(txn.conn())
        .await?;
    Ok(())
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
        inbound_id: Set(Some(visit.inbound_id)),
        at: Set(visit.now),
        ..Default::default()
    };
    binding_event::Entity::insert(row)
        .exec_without_returning(txn.conn())
        .await?;
    Ok(())
}
