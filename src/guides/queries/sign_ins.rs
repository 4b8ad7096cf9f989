//! Sign-ins and one-time links of guides in the store.

use daogou_schema::guide_sign_in::{self, Column, Entity};
use daogou_schema::{GuideId, Timestamp, guide, guide_pass};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter,
    QuerySelect, Set,
};

use crate::db::{Only, Txn};
use crate::error::Result;

pub(in crate::guides) async fn signed_in(
    db: &impl ConnectionTrait,
    digest: &str,
) -> Result<Option<(guide_sign_in::Model, guide::Model)>> {
    let whose = Entity::belongs_to(guide::Entity)
        .from(Column::GuideId)
        .to(guide::Column::Id);
    let found = Entity::find_by_id(digest)
        .join(JoinType::InnerJoin, whose.into())
        .select_also(guide::Entity)
        .all(db)
        .await?;
    let both = found.into_iter().next();
    Ok(both.and_then(|(sign_in, guide)| Some((sign_in, guide?))))
}

pub(in crate::guides) async fn insert_sign_in(txn: &Txn, row: guide_sign_in::Model) -> Result<()> {
    let row = guide_sign_in::ActiveModel::from(row).reset_all();
    Entity::insert(row)
        .exec_without_returning(txn.conn())
        .await?;
    Ok(())
}

pub(in crate::guides) async fn note_sign_in_seen(
    txn: &Txn,
    digest: &str,
    now: Timestamp,
) -> Result<()> {
    let row = guide_sign_in::ActiveModel {
        seen_at: Set(now),
        ..Default::default()
    };
    Entity::update_many()
        .set(row)
        .filter(Column::Digest.eq(digest))
        .exec(txn.conn())
        .await?;
    Ok(())
}

pub(in crate::guides) async fn sign_ins_of(
    db: &impl ConnectionTrait,
    guide: GuideId,
) -> Result<Vec<guide_sign_in::Model>> {
    Ok(Entity::find()
        .filter(Column::GuideId.eq(guide))
        .all(db)
        .await?)
}

pub(in crate::guides) async fn delete_sign_in(txn: &Txn, digest: &str) -> Result<()> {
    Entity::delete_by_id(digest).exec(txn.conn()).await?;
    Ok(())
}

pub(in crate::guides) async fn delete_sign_ins_of(txn: &Txn, guide: GuideId) -> Result<()> {
    Entity::delete_many()
        .filter(Column::GuideId.eq(guide))
        .exec(txn.conn())
        .await?;
    Ok(())
}

/// Of one guide those that were last used before `before`.
pub(in crate::guides) async fn forget_sign_ins_of(
    txn: &Txn,
    guide: GuideId,
    before: Timestamp,
) -> Result<()> {
    Entity::delete_many()
        .filter(Column::GuideId.eq(guide))
        .filter(Column::SeenAt.lt(before))
        .exec(txn.conn())
        .await?;
    Ok(())
}

pub(in crate::guides) async fn insert_pass(txn: &Txn, row: guide_pass::Model) -> Result<()> {
    let row = guide_pass::ActiveModel::from(row).reset_all();
    guide_pass::Entity::insert(row)
        .exec_without_returning(txn.conn())
        .await?;
    Ok(())
}

pub(in crate::guides) async fn pass(
    db: &impl ConnectionTrait,
    digest: &str,
) -> Result<Option<(guide_pass::Model, guide::Model)>> {
    let whose = guide_pass::Entity::belongs_to(guide::Entity)
        .from(guide_pass::Column::GuideId)
        .to(guide::Column::Id);
    let found = guide_pass::Entity::find_by_id(digest)
        .join(JoinType::InnerJoin, whose.into())
        .select_also(guide::Entity)
        .all(db)
        .await?;
    let both = found.into_iter().next();
    Ok(both.and_then(|(pass, guide)| Some((pass, guide?))))
}

/// The link, which nobody else can use from now on.
pub(in crate::guides) async fn take_pass(
    txn: &Txn,
    digest: &str,
) -> Result<Option<guide_pass::Model>> {
    let found = guide_pass::Entity::find_by_id(digest)
        .lock_exclusive()
        .only(txn.conn())
        .await?;
    let taken = guide_pass::Entity::delete_by_id(digest)
        .exec(txn.conn())
        .await?;
    Ok(found.filter(|_| taken.rows_affected == 1))
}

/// Of one guide those that are over.
pub(in crate::guides) async fn forget_passes_of(
    txn: &Txn,
    guide: GuideId,
    now: Timestamp,
) -> Result<()> {
    guide_pass::Entity::delete_many()
        .filter(guide_pass::Column::GuideId.eq(guide))
        .filter(guide_pass::Column::ExpiresAt.lte(now))
        .exec(txn.conn())
        .await?;
    Ok(())
}

pub(in crate::guides) async fn delete_passes_of(txn: &Txn, guide: GuideId) -> Result<()> {
    guide_pass::Entity::delete_many()
        .filter(guide_pass::Column::GuideId.eq(guide))
        .exec(txn.conn())
        .await?;
    Ok(())
}
