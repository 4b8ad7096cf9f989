//! Exports in the store.

use daogou_schema::export::{self, Entity, State};
use daogou_schema::{AccountId, ExportId, Timestamp, export_piece};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect, Set,
};

use crate::db::{Only, Txn};
use crate::error::Result;

pub(super) async fn insert(txn: &Txn, row: export::ActiveModel) -> Result<export::Model> {
    Ok(row.insert(txn.conn()).await?)
}

/// The list, and nobody else works on it until this unit ends.
pub(super) async fn locked(txn: &Txn, id: ExportId) -> Result<Option<export::Model>> {
    let query = Entity::find_by_id(id).lock_exclusive();
    Ok(query.only(txn.conn()).await?)
}

pub(super) async fn update(txn: &Txn, id: ExportId, row: export::ActiveModel) -> Result<()> {
    Entity::update_many()
        .set(row)
        .filter(export::Column::Id.eq(id))
        .exec(txn.conn())
        .await?;
    Ok(())
}

pub(super) async fn get(
    db: &impl ConnectionTrait,
    account: AccountId,
    id: ExportId,
) -> Result<Option<export::Model>> {
    let query = Entity::find_by_id(id).filter(export::Column::AccountId.eq(account));
    Ok(query.only(db).await?)
}

pub(super) async fn newest(
    db: &impl ConnectionTrait,
    account: AccountId,
    count: u64,
) -> Result<Vec<export::Model>> {
    let query = Entity::find()
        .filter(export::Column::AccountId.eq(account))
        .order_by_desc(export::Column::Id)
        .limit(count);
    Ok(query.all(db).await?)
}

/// Those under way, over all accounts.
pub(super) async fn under_way(db: &impl ConnectionTrait) -> Result<Vec<export::Model>> {
    let query = Entity::find()
        .filter(export::Column::State.eq(State::Running))
        .order_by_asc(export::Column::Id);
    Ok(query.all(db).await?)
}

pub(super) async fn insert_piece(txn: &Txn, id: ExportId, seq: i32, sealed: &[u8]) -> Result<()> {
    let row = export_piece::ActiveModel {
        export_id: Set(id),
        seq: Set(seq),
        sealed: Set(sealed.to_vec()),
    };
    export_piece::Entity::insert(row)
        .exec_without_returning(txn.conn())
        .await?;
    Ok(())
}

pub(super) async fn piece(
    db: &impl ConnectionTrait,
    id: ExportId,
    seq: i32,
) -> Result<Option<Vec<u8>>> {
    let found = export_piece::Entity::find_by_id((id, seq)).only(db).await?;
    Ok(found.map(|row| row.sealed))
}

/// Lists that were whole before `until`, or were stopped, and of which something is kept.
pub(super) async fn to_forget(
    db: &impl ConnectionTrait,
    until: Timestamp,
) -> Result<Vec<ExportId>> {
    let over = Condition::any()
        .add(export::Column::State.eq(State::Stopped))
        .add(export::Column::DoneAt.lt(until));
    let query = Entity::find()
        .select_only()
        .column(export::Column::Id)
        .filter(over)
        .filter(export::Column::Pieces.gt(0));
    Ok(query.into_tuple().all(db).await?)
}

/// Forgets the last `count` pieces of a list, and says whether there are more.
pub(super) async fn forget(txn: &Txn, id: ExportId, count: u64) -> Result<bool> {
    let Some(row) = locked(txn, id).await? else {
        return Ok(false);
    };
    let from = (row.pieces - i32::try_from(count).unwrap_or(i32::MAX)).max(0);
    export_piece::Entity::delete_many()
        .filter(export_piece::Column::ExportId.eq(id))
        .filter(export_piece::Column::Seq.gte(from))
        .exec(txn.conn())
        .await?;
    let fewer = export::ActiveModel {
        pieces: Set(from),
        ..Default::default()
    };
    update(txn, id, fewer).await?;
    Ok(from > 0)
}
