//! Hand-overs in the store.

use daogou_schema::hand_over::{self, Cause, Entity, State};
use daogou_schema::hand_over_member::{self, Outcome};
use daogou_schema::{AccountId, GuideId, HandOverId, MemberId, StoreId, Timestamp};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
};

use crate::db::{Only, Txn, insert_all, padded};
use crate::error::Result;

pub(super) async fn insert(txn: &Txn, row: hand_over::ActiveModel) -> Result<hand_over::Model> {
    Ok(row.insert(txn.conn()).await?)
}

/// The hand-over, and nobody else works on it until this unit ends.
pub(super) async fn locked(txn: &Txn, id: HandOverId) -> Result<Option<hand_over::Model>> {
    let query = Entity::find_by_id(id).lock_exclusive();
    Ok(query.only(txn.conn()).await?)
}

pub(super) async fn update(txn: &Txn, id: HandOverId, row: hand_over::ActiveModel) -> Result<()> {
    Entity::update_many()
        .set(row)
        .filter(hand_over::Column::Id.eq(id))
        .exec(txn.conn())
        .await?;
    Ok(())
}

pub(super) async fn get(
    db: &impl ConnectionTrait,
    account: AccountId,
    id: HandOverId,
) -> Result<Option<hand_over::Model>> {
    let query = Entity::find_by_id(id).filter(hand_over::Column::AccountId.eq(account));
    Ok(query.only(db).await?)
}

/// The newest ones of an account.
pub(super) async fn newest(
    db: &impl ConnectionTrait,
    account: AccountId,
    count: u64,
) -> Result<Vec<hand_over::Model>> {
    let query = Entity::find()
        .filter(hand_over::Column::AccountId.eq(account))
        .order_by_desc(hand_over::Column::Id)
        .limit(count);
    Ok(query.all(db).await?)
}

/// Those that are under way, over all accounts.
pub(super) async fn under_way(db: &impl ConnectionTrait) -> Result<Vec<hand_over::Model>> {
    let query = Entity::find()
        .filter(hand_over::Column::State.is_in([State::Running, State::Undoing]))
        .order_by_asc(hand_over::Column::Id);
    Ok(query.all(db).await?)
}

/// Those of a guide that are not over.
pub(super) async fn open_of(txn: &Txn, guide: GuideId) -> Result<Option<hand_over::Model>> {
    let query = Entity::find()
        .filter(hand_over::Column::GuideId.eq(guide))
        .filter(hand_over::Column::State.is_in([State::Frozen, State::Running, State::Undoing]));
    Ok(query.one(txn.conn()).await?)
}

/// Those of a store that was closed at that moment, as far as they were not taken back.
pub(super) async fn of_closing(
    txn: &Txn,
    store: StoreId,
    closed_at: Timestamp,
) -> Result<Vec<hand_over::Model>> {
    let query = Entity::find()
        .filter(hand_over::Column::StoreId.eq(store))
        .filter(hand_over::Column::Cause.eq(Cause::Closing))
        .filter(hand_over::Column::CreatedAt.eq(closed_at))
        .filter(hand_over::Column::State.ne(State::Undone))
        .order_by_asc(hand_over::Column::Id)
        .lock_exclusive();
    Ok(query.all(txn.conn()).await?)
}

/// What somebody wishes about a guide.
pub(super) async fn proposal(
    db: &impl ConnectionTrait,
    guide: GuideId,
) -> Result<Option<hand_over::Model>> {
    let query = Entity::find()
        .filter(hand_over::Column::GuideId.eq(guide))
        .filter(hand_over::Column::State.eq(State::Proposed));
    Ok(query.one(db).await?)
}

/// Whether the guide's customers were handed over once more since, and that was not undone.
pub(super) async fn has_newer(txn: &Txn, row: &hand_over::Model) -> Result<bool> {
    let query = Entity::find()
        .filter(hand_over::Column::GuideId.eq(row.guide_id))
        .filter(hand_over::Column::Id.gt(row.id))
        .filter(hand_over::Column::State.is_not_in([
            State::Proposed,
            State::Accepted,
            State::Undone,
        ]));
    Ok(query.one(txn.conn()).await?.is_some())
}

/// Who got how many.
pub(super) async fn shares(txn: &Txn, id: HandOverId) -> Result<Vec<(GuideId, i64)>> {
    let query = hand_over_member::Entity::find()
        .select_only()
        .column(hand_over_member::Column::ToGuideId)
        .column_as(hand_over_member::Column::MemberId.count(), "members")
        .filter(hand_over_member::Column::HandOverId.eq(id))
        .group_by(hand_over_member::Column::ToGuideId);
    Ok(query.into_tuple().all(txn.conn()).await?)
}

/// Notes what becomes of members. Who came back meanwhile and goes once more is noted anew.
pub(super) async fn insert_members(
    txn: &Txn,
    id: HandOverId,
    rows: &[hand_over_member::ActiveModel],
) -> Result<()> {
    let members = rows
        .iter()
        .filter_map(|row| row.member_id.try_as_ref().copied());
    hand_over_member::Entity::delete_many()
        .filter(hand_over_member::Column::HandOverId.eq(id))
        .filter(hand_over_member::Column::MemberId.is_in(padded(members)))
        .exec(txn.conn())
        .await?;
    insert_all(txn, rows).await.map(drop)
}

/// The next members who were handed over and not looked at since, after `after`.
pub(super) async fn moved_after(
    txn: &Txn,
    id: HandOverId,
    after: MemberId,
    count: u64,
) -> Result<Vec<hand_over_member::Model>> {
    let query = hand_over_member::Entity::find()
        .filter(hand_over_member::Column::HandOverId.eq(id))
        .filter(hand_over_member::Column::MemberId.gt(after))
        .filter(hand_over_member::Column::Outcome.eq(Outcome::Moved))
        .order_by_asc(hand_over_member::Column::MemberId)
        .limit(count);
    Ok(query.all(txn.conn()).await?)
}

pub(super) async fn set_outcome(
    txn: &Txn,
    id: HandOverId,
    members: impl IntoIterator<Item = MemberId>,
    outcome: Outcome,
) -> Result<()> {
    let row = hand_over_member::ActiveModel {
        outcome: Set(outcome),
        ..Default::default()
    };
    hand_over_member::Entity::update_many()
        .set(row)
        .filter(hand_over_member::Column::HandOverId.eq(id))
        .filter(hand_over_member::Column::MemberId.is_in(padded(members)))
        .exec(txn.conn())
        .await?;
    Ok(())
}

/// A page of the members of a hand-over, behind `after`.
pub(super) async fn members(
    db: &impl ConnectionTrait,
    id: HandOverId,
    after: MemberId,
    count: u64,
) -> Result<Vec<hand_over_member::Model>> {
    let query = hand_over_member::Entity::find()
        .filter(hand_over_member::Column::HandOverId.eq(id))
        .filter(hand_over_member::Column::MemberId.gt(after))
        .order_by_asc(hand_over_member::Column::MemberId)
        .limit(count);
    Ok(query.all(db).await?)
}

/// When it was begun and by when each state came: what a change of state sets.
pub(super) fn to(state: State) -> hand_over::ActiveModel {
    hand_over::ActiveModel {
        state: Set(state),
        ..Default::default()
    }
}

/// A moment that is set.
pub(super) fn at(now: Timestamp) -> sea_orm::ActiveValue<Option<Timestamp>> {
    Set(Some(now))
}
