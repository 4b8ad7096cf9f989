//! Pictures in the store.

use daogou_schema::picture::{Column, Entity, Model};
use daogou_schema::{
    AccountId, MessageId, PictureId, ScriptId, Timestamp, picture, picture_line, script,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
};

use super::New;
use crate::db::{Only, Txn, padded};
use crate::error::Result;
use crate::media::copies::Lent;

pub(super) async fn get(db: &impl ConnectionTrait, id: PictureId) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(id).only(db).await?)
}

pub(super) async fn those(db: &impl ConnectionTrait, ids: &[PictureId]) -> Result<Vec<Model>> {
    let these = Column::Id.is_in(padded(ids.iter().copied()));
    Ok(Entity::find().filter(these).all(db).await?)
}

pub(super) async fn locked(txn: &Txn, id: PictureId) -> Result<Option<Model>> {
    let query = Entity::find_by_id(id).lock_exclusive();
    Ok(query.only(txn.conn()).await?)
}

pub(super) async fn by_digest(
    txn: &Txn,
    account: AccountId,
    digest: &str,
) -> Result<Option<Model>> {
    let query = Entity::find()
        .filter(Column::AccountId.eq(account))
        .filter(Column::Digest.eq(digest))
        .lock_exclusive();
    Ok(query.only(txn.conn()).await?)
}

pub(super) async fn insert(txn: &Txn, new: &New) -> Result<Model> {
    let row = picture::ActiveModel {
        account_id: Set(new.account),
        digest: Set(new.digest.clone()),
        kind: Set(new.seen.kind),
        file: Set(new.file.clone()),
        bytes: Set(new.seen.bytes),
        width: Set(new.seen.width),
        height: Set(new.seen.height),
        usable_id: Set(None),
        usable_until: Set(Timestamp(0)),
        created_at: Set(new.now),
        used_at: Set(new.now),
        ..Default::default()
    };
    Ok(row.insert(txn.conn()).await?)
}

async fn update(txn: &Txn, ids: &[PictureId], row: picture::ActiveModel) -> Result<()> {
    Entity::update_many()
        .set(row)
        .filter(Column::Id.is_in(padded(ids.iter().copied())))
        .exec(txn.conn())
        .await?;
    Ok(())
}

pub(super) async fn set_usable(txn: &Txn, id: PictureId, lent: &Lent) -> Result<()> {
    let row = picture::ActiveModel {
        usable_id: Set(Some(lent.media_id.clone())),
        usable_until: Set(lent.until),
        ..Default::default()
    };
    update(txn, &[id], row).await
}

pub(super) async fn set_used(txn: &Txn, ids: &[PictureId], at: Timestamp) -> Result<()> {
    let row = picture::ActiveModel {
        used_at: Set(at),
        ..Default::default()
    };
    update(txn, ids, row).await
}

/// Nobody finds it by its content any more.
pub(super) async fn condemn(txn: &Txn, id: PictureId) -> Result<()> {
    let row = picture::ActiveModel {
        digest: Set(format!("~{id}")),
        used_at: Set(Timestamp(0)),
        ..Default::default()
    };
    update(txn, &[id], row).await
}

pub(super) async fn delete(txn: &Txn, id: PictureId) -> Result<()> {
    Entity::delete_by_id(id).exec(txn.conn()).await?;
    Ok(())
}

/// Pictures that nobody was known to use since `before`.
pub(super) async fn idle(
    db: &impl ConnectionTrait,
    before: Timestamp,
    limit: u64,
) -> Result<Vec<Model>> {
    let query = Entity::find()
        .filter(Column::UsedAt.lt(before))
        .order_by_asc(Column::UsedAt)
        .limit(limit);
    Ok(query.all(db).await?)
}

/// Notes that a line carries a picture: it stays as long as the line does.
///
/// # Errors
/// When the store fails, or there is no such picture.
pub async fn in_line_in(txn: &Txn, id: PictureId, line: MessageId) -> Result<()> {
    let row = picture_line::ActiveModel {
        message_id: Set(line),
        picture_id: Set(id),
    };
    row.insert(txn.conn()).await?;
    Ok(())
}

pub(super) async fn is_in_lines(txn: &Txn, id: PictureId) -> Result<bool> {
    let found = picture_line::Entity::find()
        .filter(picture_line::Column::PictureId.eq(id))
        .limit(1)
        .all(txn.conn())
        .await?;
    Ok(!found.is_empty())
}

/// Whether a script shows it, or did before it was put away.
pub(super) async fn is_in_scripts(txn: &Txn, id: PictureId) -> Result<bool> {
    let found: Option<ScriptId> = script::Entity::find()
        .select_only()
        .column(script::Column::Id)
        .filter(script::Column::PictureId.eq(id))
        .limit(1)
        .into_tuple()
        .one(txn.conn())
        .await?;
    Ok(found.is_some())
}

/// The pictures of these lines, which are forgotten.
pub(super) async fn take_out_of_lines(txn: &Txn, lines: &[MessageId]) -> Result<Vec<PictureId>> {
    let these = picture_line::Column::MessageId.is_in(padded(lines.iter().copied()));
    let found = picture_line::Entity::find()
        .filter(these.clone())
        .all(txn.conn())
        .await?;
    if !found.is_empty() {
        picture_line::Entity::delete_many()
            .filter(these)
            .exec(txn.conn())
            .await?;
    }
    Ok(found.into_iter().map(|row| row.picture_id).collect())
}
