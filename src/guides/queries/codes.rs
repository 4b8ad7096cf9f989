//! Codes in the store.

use std::collections::BTreeSet;

use daogou_schema::{AccountId, CodeId, GuideId, StoreId, Timestamp, code, guide};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::db::{Only, Txn, each, padded};
use crate::error::Result;

/// How many ids one statement names.
const IDS_MAX: usize = 128;

pub(in crate::guides) async fn code_by_scene(
    txn: &Txn,
    account: AccountId,
    scene: &str,
) -> Result<Option<code::Model>> {
    txn.together((account, scene.to_owned()), |txn, scenes| {
        Box::pin(async move {
            let found = code::Entity::find()
                .filter(code::Column::AccountId.is_in(padded(scenes.iter().map(|(a, _)| *a))))
                .filter(code::Column::Scene.is_in(padded(scenes.iter().map(|(_, s)| s.as_str()))))
                .all(txn.conn())
                .await?;
            Ok(each(scenes.iter().cloned(), found, |row| {
                (row.account_id, row.scene.clone())
            }))
        })
    })
    .await
}

/// The codes among `scenes` whose guide takes whoever scans them: nobody has to be chosen.
///
/// # Errors
/// When the store fails.
pub async fn certain_codes_in(
    txn: &Txn,
    account: AccountId,
    scenes: &BTreeSet<&str>,
) -> Result<BTreeSet<String>> {
    let guide = code::Entity::belongs_to(guide::Entity)
        .from(code::Column::GuideId)
        .to(guide::Column::Id);
    let found = code::Entity::find()
        .join(JoinType::InnerJoin, guide.into())
        .filter(code::Column::AccountId.eq(account))
        .filter(code::Column::Scene.is_in(padded(scenes.iter().copied())))
        .filter(code::Column::Purpose.eq(code::Purpose::Guide))
        .filter(guide::Column::LeftAt.is_null())
        .all(txn.conn())
        .await?;
    Ok(found.into_iter().map(|row| row.scene).collect())
}

/// A code of any service account with this scene: how a mini-program's `session-from` names a guide. It links nobody: a
/// guide answers as a follower of the service account.
pub(in crate::guides) async fn code_anywhere(
    txn: &Txn,
    scene: &str,
) -> Result<Option<code::Model>> {
    Ok(code::Entity::find()
        .filter(code::Column::Scene.eq(scene))
        .filter(code::Column::Purpose.ne(code::Purpose::Link))
        .only(txn.conn())
        .await?)
}

pub(in crate::guides) async fn insert_code(txn: &Txn, row: code::ActiveModel) -> Result<CodeId> {
    Ok(row.insert(txn.conn()).await?.id)
}

/// Uses a one-time code up, guarded: false when somebody was faster.
pub(in crate::guides) async fn use_up_code(txn: &Txn, id: CodeId, now: Timestamp) -> Result<bool> {
    let used = code::Entity::update_many()
        .col_expr(code::Column::UsedAt, now.0.into())
        .filter(code::Column::Id.eq(id))
        .filter(code::Column::UsedAt.is_null())
        .exec(txn.conn())
        .await?;
    Ok(used.rows_affected == 1)
}

pub(in crate::guides) async fn guide_codes(
    db: &impl ConnectionTrait,
    account: AccountId,
    guide: GuideId,
) -> Result<Vec<code::Model>> {
    let query = code::Entity::find()
        .filter(code::Column::AccountId.eq(account))
        .filter(code::Column::GuideId.eq(guide))
        .order_by_desc(code::Column::Id);
    Ok(query.all(db).await?)
}

/// What consumers scan of these guides.
pub(in crate::guides) async fn codes_of_guides(
    db: &impl ConnectionTrait,
    guides: &[GuideId],
) -> Result<Vec<code::Model>> {
    let mut found = Vec::new();
    for piece in guides.chunks(IDS_MAX) {
        let query = code::Entity::find()
            .filter(code::Column::GuideId.is_in(padded(piece.iter().copied())))
            .filter(code::Column::Purpose.eq(code::Purpose::Guide));
        found.extend(query.all(db).await?);
    }
    Ok(found)
}

/// What consumers scan in these stores.
pub(in crate::guides) async fn codes_of_stores(
    db: &impl ConnectionTrait,
    stores: &[StoreId],
) -> Result<Vec<code::Model>> {
    let mut found = Vec::new();
    for piece in stores.chunks(IDS_MAX) {
        let query =
            code::Entity::find().filter(code::Column::StoreId.is_in(padded(piece.iter().copied())));
        found.extend(query.all(db).await?);
    }
    Ok(found)
}

pub(in crate::guides) async fn code_by_id(
    db: &impl ConnectionTrait,
    account: AccountId,
    id: CodeId,
) -> Result<Option<code::Model>> {
    let query = code::Entity::find_by_id(id).filter(code::Column::AccountId.eq(account));
    Ok(query.only(db).await?)
}

pub(in crate::guides) async fn change_code(
    txn: &Txn,
    id: CodeId,
    row: code::ActiveModel,
) -> Result<()> {
    code::Entity::update_many()
        .set(row)
        .filter(code::Column::Id.eq(id))
        .exec(txn.conn())
        .await?;
    Ok(())
}
