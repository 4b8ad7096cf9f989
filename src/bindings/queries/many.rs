//! Many bindings at once.

use std::collections::BTreeSet;

use daogou_schema::binding_event::{self, Reason};
use daogou_schema::{AccountId, GuideId, MemberId, Timestamp, binding, guide, unbound};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};

use crate::bindings::Those;
use crate::care;
use crate::db::{Txn, insert_all, padded, pieces};
use crate::error::Result;

fn condition(those: Those) -> Condition {
    let until = those.until.map(|until| binding::Column::BoundAt.lte(until));
    let store = those.store.map(|store| binding::Column::StoreId.eq(store));
    Condition::all()
        .add(binding::Column::GuideId.eq(those.guide))
        .add_option(until)
        .add_option(store)
}

pub(in crate::bindings) async fn of_guide(
    txn: &Txn,
    those: Those,
    count: u64,
) -> Result<Vec<binding::Model>> {
    let query = binding::Entity::find()
        .filter(condition(those))
        .order_by_asc(binding::Column::BoundAt)
        .order_by_asc(binding::Column::MemberId)
        .limit(count);
    Ok(query.all(txn.conn()).await?)
}

pub(in crate::bindings) async fn count_of_guide(
    db: &impl ConnectionTrait,
    those: Those,
) -> Result<i32> {
    let query = binding::Entity::find().filter(condition(those));
    Ok(query.count(db).await?.try_into().unwrap_or(i32::MAX))
}

pub(in crate::bindings) async fn those(
    txn: &Txn,
    members: &[MemberId],
) -> Result<Vec<binding::Model>> {
    let query = binding::Entity::find()
        .filter(binding::Column::MemberId.is_in(padded(members.iter().copied())))
        .order_by_asc(binding::Column::MemberId)
        .lock_exclusive();
    Ok(query.all(txn.conn()).await?)
}

pub(in crate::bindings) async fn give(
    txn: &Txn,
    members: &[MemberId],
    from: GuideId,
    to: &guide::Model,
    now: Timestamp,
) -> Result<()> {
    let row = binding::ActiveModel {
        guide_id: Set(to.id),
        store_id: Set(to.store_id),
        bound_at: Set(now),
        ..Default::default()
    };
    binding::Entity::update_many()
        .set(row)
        .filter(binding::Column::MemberId.is_in(padded(members.iter().copied())))
        .filter(binding::Column::GuideId.eq(from))
        .exec(txn.conn())
        .await?;
    care::follow_in(txn, members, to.id).await
}

/// Each member has one binding: the present one makes room.
pub(in crate::bindings) async fn replace(txn: &Txn, rows: &[binding::Model]) -> Result<()> {
    let members: Vec<_> = rows.iter().map(|row| row.member_id).collect();
    delete_all(txn, &members).await?;
    let guides: BTreeSet<_> = rows.iter().map(|row| row.guide_id).collect();
    for guide in guides {
        let hers = rows.iter().filter(|row| row.guide_id == guide);
        let hers: Vec<_> = hers.map(|row| row.member_id).collect();
        care::follow_in(txn, &hers, guide).await?;
    }
    let rows: Vec<_> = rows
        .iter()
        .map(|row| row.clone().into_active_model().reset_all())
        .collect();
    insert_all(txn, &rows).await.map(drop)
}

pub(in crate::bindings) async fn delete_all(txn: &Txn, members: &[MemberId]) -> Result<()> {
    binding::Entity::delete_many()
        .filter(binding::Column::MemberId.is_in(padded(members.iter().copied())))
        .exec(txn.conn())
        .await?;
    Ok(())
}

/// Notes that these have no guide; of whom it is known already it is not noted anew.
pub(in crate::bindings) async fn insert_unbound(
    txn: &Txn,
    account: AccountId,
    members: &[MemberId],
    now: Timestamp,
) -> Result<()> {
    let row = |member: &MemberId| unbound::ActiveModel {
        member_id: Set(*member),
        account_id: Set(account),
        since: Set(now),
    };
    for piece in pieces(members.iter().map(row).collect()) {
        unbound::Entity::insert_many(piece)
            .on_conflict_do_nothing()
            .exec_without_returning(txn.conn())
            .await?;
    }
    Ok(())
}

pub(in crate::bindings) async fn delete_unbound(txn: &Txn, members: &[MemberId]) -> Result<()> {
    if members.is_empty() {
        return Ok(());
    }
    unbound::Entity::delete_many()
        .filter(unbound::Column::MemberId.is_in(padded(members.iter().copied())))
        .exec(txn.conn())
        .await?;
    Ok(())
}

pub(in crate::bindings) async fn insert_events(
    txn: &Txn,
    members: &[MemberId],
    (from, to): (Option<GuideId>, Option<GuideId>),
    reason: Reason,
    now: Timestamp,
) -> Result<()> {
    let event = |member: &MemberId| binding_event::ActiveModel {
        member_id: Set(*member),
        from_guide_id: Set(from),
        to_guide_id: Set(to),
        reason: Set(reason),
        code_id: Set(None),
        inbound_id: Set(None),
        at: Set(now),
        ..Default::default()
    };
    let rows: Vec<_> = members.iter().map(event).collect();
    insert_all(txn, &rows).await.map(drop)
}

/// She has no guide any more, because she is erased.
pub(in crate::bindings) async fn insert_end(
    txn: &Txn,
    binding: &binding::Model,
    now: Timestamp,
) -> Result<()> {
    let row = binding_event::ActiveModel {
        member_id: Set(binding.member_id),
        from_guide_id: Set(Some(binding.guide_id)),
        to_guide_id: Set(None),
        reason: Set(Reason::Erased),
        code_id: Set(None),
        inbound_id: Set(None),
        at: Set(now),
        ..Default::default()
    };
    insert_all(txn, &[row]).await.map(drop)
}
