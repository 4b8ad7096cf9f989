//! Media in the store.

use daogou_schema::media::{self, Entity};
use daogou_schema::{AccountId, MediaId, Timestamp};
use daogou_wechat::MediaKind;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter,
    QueryOrder, QuerySelect, Set,
};

use crate::db::{Only, Txn, padded};
use crate::error::Result;

pub(super) async fn get(db: &impl ConnectionTrait, id: MediaId) -> Result<Option<media::Model>> {
    Ok(Entity::find_by_id(id).only(db).await?)
}

pub(super) async fn keep(
    txn: &Txn,
    account: AccountId,
    wechat_id: &str,
    kind: MediaKind,
    now: Timestamp,
    usable_until: Timestamp,
) -> Result<MediaId> {
    let same = Entity::find()
        .filter(media::Column::AccountId.eq(account))
        .filter(media::Column::WechatId.eq(wechat_id))
        .only(txn.conn())
        .await?;
    if let Some(same) = same {
        return Ok(same.id);
    }
    let row = media::ActiveModel {
        account_id: Set(account),
        wechat_id: Set(wechat_id.to_owned()),
        kind: Set(kind.as_str().to_owned()),
        usable_id: Set(wechat_id.to_owned()),
        usable_until: Set(usable_until),
        attempts: Set(0),
        given_up: Set(false),
        created_at: Set(now),
        ..Default::default()
    };
    Ok(row.insert(txn.conn()).await?.id)
}

/// Files that are not kept yet and that WeChat still has.
pub(super) async fn not_fetched(
    db: &impl ConnectionTrait,
    now: Timestamp,
    limit: u64,
) -> Result<Vec<media::Model>> {
    let query = Entity::find()
        .filter(media::Column::UsableUntil.gt(now))
        .filter(media::Column::File.is_null())
        .filter(media::Column::GivenUp.eq(false))
        .order_by_asc(media::Column::Attempts)
        .order_by_asc(media::Column::UsableUntil)
        .limit(limit);
    Ok(query.all(db).await?)
}

/// Fetching failed; with `for_good` WeChat does not give the file out any more.
pub(super) async fn note_failure(txn: &Txn, id: MediaId, for_good: bool) -> Result<()> {
    Entity::update_many()
        .col_expr(
            media::Column::Attempts,
            Expr::col(media::Column::Attempts).add(1),
        )
        .col_expr(media::Column::GivenUp, for_good.into())
        .filter(media::Column::Id.eq(id))
        .exec(txn.conn())
        .await?;
    Ok(())
}

/// Notes where our copy is; false when the file was forgotten meanwhile.
pub(super) async fn set_file(
    txn: &Txn,
    id: MediaId,
    file: &str,
    content_type: Option<&str>,
) -> Result<bool> {
    let row = media::ActiveModel {
        file: Set(Some(file.to_owned())),
        content_type: Set(content_type.map(str::to_owned)),
        ..Default::default()
    };
    let noted = Entity::update_many()
        .set(row)
        .filter(media::Column::Id.eq(id))
        .exec(txn.conn())
        .await?;
    Ok(noted.rows_affected > 0)
}

pub(super) async fn set_usable(
    txn: &Txn,
    id: MediaId,
    usable_id: &str,
    until: Timestamp,
) -> Result<()> {
    let row = media::ActiveModel {
        usable_id: Set(usable_id.to_owned()),
        usable_until: Set(until),
        ..Default::default()
    };
    Entity::update_many()
        .set(row)
        .filter(media::Column::Id.eq(id))
        .exec(txn.conn())
        .await?;
    Ok(())
}

pub(super) async fn those(db: &impl ConnectionTrait, ids: &[MediaId]) -> Result<Vec<media::Model>> {
    let these = media::Column::Id.is_in(padded(ids.iter().copied()));
    Ok(Entity::find().filter(these).all(db).await?)
}

/// The same, and nobody changes them until this unit ends.
pub(super) async fn locked(txn: &Txn, ids: &[MediaId]) -> Result<Vec<media::Model>> {
    let these = media::Column::Id.is_in(padded(ids.iter().copied()));
    let query = Entity::find().filter(these).lock_exclusive();
    Ok(query.all(txn.conn()).await?)
}

pub(super) async fn delete(txn: &Txn, ids: &[MediaId]) -> Result<u64> {
    let these = media::Column::Id.is_in(padded(ids.iter().copied()));
    let gone = Entity::delete_many().filter(these).exec(txn.conn()).await?;
    Ok(gone.rows_affected)
}
