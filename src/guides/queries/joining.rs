//! Invitations of guides and applicants in the store.

use daogou_schema::applicant::{self, State};
use daogou_schema::{
    AccountId, ApplicantId, GuideId, StaffId, StoreId, Timestamp, guide_invitation,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
};

use crate::db::{Only, Txn};
use crate::error::Result;

pub(in crate::guides) async fn invitation_of(
    db: &impl ConnectionTrait,
    store: StoreId,
) -> Result<Option<guide_invitation::Model>> {
    let query = guide_invitation::Entity::find_by_id(store);
    Ok(query.only(db).await?)
}

pub(in crate::guides) async fn invitation_by(
    db: &impl ConnectionTrait,
    digest: &str,
) -> Result<Option<guide_invitation::Model>> {
    let query =
        guide_invitation::Entity::find().filter(guide_invitation::Column::Digest.eq(digest));
    Ok(query.only(db).await?)
}

/// The same, which nobody replaces until the unit ends: who applies by one link does so in turn.
pub(in crate::guides) async fn locked_invitation(
    txn: &Txn,
    digest: &str,
) -> Result<Option<guide_invitation::Model>> {
    let query = guide_invitation::Entity::find()
        .filter(guide_invitation::Column::Digest.eq(digest))
        .lock_exclusive();
    Ok(query.only(txn.conn()).await?)
}

pub(in crate::guides) async fn replace_invitation(
    txn: &Txn,
    row: guide_invitation::ActiveModel,
    store: StoreId,
) -> Result<()> {
    delete_invitation(txn, store).await?;
    guide_invitation::Entity::insert(row)
        .exec_without_returning(txn.conn())
        .await?;
    Ok(())
}

/// Says whether there was one.
pub(in crate::guides) async fn delete_invitation(txn: &Txn, store: StoreId) -> Result<bool> {
    let gone = guide_invitation::Entity::delete_by_id(store);
    Ok(gone.exec(txn.conn()).await?.rows_affected == 1)
}

pub(in crate::guides) async fn insert_applicant(
    txn: &Txn,
    row: applicant::ActiveModel,
) -> Result<ApplicantId> {
    Ok(row.insert(txn.conn()).await?.id)
}

pub(in crate::guides) async fn applicant_by(
    db: &impl ConnectionTrait,
    digest: &str,
) -> Result<Option<applicant::Model>> {
    let query = applicant::Entity::find().filter(applicant::Column::Digest.eq(digest));
    Ok(query.only(db).await?)
}

pub(in crate::guides) async fn applicant(
    db: &impl ConnectionTrait,
    id: ApplicantId,
) -> Result<Option<applicant::Model>> {
    Ok(applicant::Entity::find_by_id(id).only(db).await?)
}

pub(in crate::guides) async fn locked_applicant(
    txn: &Txn,
    id: ApplicantId,
) -> Result<Option<applicant::Model>> {
    let query = applicant::Entity::find_by_id(id).lock_exclusive();
    Ok(query.only(txn.conn()).await?)
}

/// Who wants to join a store, decided or not, the newest first.
pub(in crate::guides) async fn applicants_of(
    db: &impl ConnectionTrait,
    store: StoreId,
) -> Result<Vec<applicant::Model>> {
    let query = applicant::Entity::find()
        .filter(applicant::Column::StoreId.eq(store))
        .order_by_desc(applicant::Column::Id);
    Ok(query.all(db).await?)
}

/// In which stores of an account somebody waits, as often as people do.
pub(in crate::guides) async fn stores_with_waiting(
    db: &impl ConnectionTrait,
    account: AccountId,
    since: Timestamp,
) -> Result<Vec<StoreId>> {
    let query = applicant::Entity::find()
        .select_only()
        .column(applicant::Column::StoreId)
        .filter(applicant::Column::AccountId.eq(account))
        .filter(applicant::Column::State.eq(State::Waiting))
        .filter(applicant::Column::CreatedAt.gt(since));
    Ok(query.into_tuple().all(db).await?)
}

pub(in crate::guides) async fn decide(
    txn: &Txn,
    id: ApplicantId,
    state: State,
    guide: Option<GuideId>,
    staff: Option<StaffId>,
    now: Timestamp,
) -> Result<()> {
    let row = applicant::ActiveModel {
        state: Set(state),
        guide_id: Set(guide),
        staff_id: Set(staff),
        decided_at: Set(Some(now)),
        // The guide has it by now, or nobody needs it.
        phone: Set(None),
        phone_masked: Set(None),
        ..Default::default()
    };
    applicant::Entity::update_many()
        .set(row)
        .filter(applicant::Column::Id.eq(id))
        .exec(txn.conn())
        .await?;
    Ok(())
}

/// Few rows: one for each would-be guide of the last weeks.
pub(in crate::guides) async fn forget_applicants_before(
    txn: &Txn,
    before: Timestamp,
) -> Result<()> {
    let gone = applicant::Entity::delete_many().filter(applicant::Column::CreatedAt.lte(before));
    gone.exec(txn.conn()).await?;
    Ok(())
}
