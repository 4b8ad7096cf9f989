//! Imports in the store.

use daogou_schema::import::{self, Entity, State};
use daogou_schema::import_row::{self, State as RowState};
use daogou_schema::{AccountId, ImportId, Timestamp};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter,
    QueryOrder, QuerySelect, Set,
};

use crate::db::{Only, Txn};
use crate::error::Result;

pub(super) async fn insert(txn: &Txn, row: import::ActiveModel) -> Result<ImportId> {
    Ok(row.insert(txn.conn()).await?.id)
}

/// The file, and nobody else works on it until this unit ends.
pub(super) async fn locked(txn: &Txn, id: ImportId) -> Result<Option<import::Model>> {
    let query = Entity::find_by_id(id).lock_exclusive();
    Ok(query.only(txn.conn()).await?)
}

pub(super) async fn update(txn: &Txn, id: ImportId, row: import::ActiveModel) -> Result<()> {
    Entity::update_many()
        .set(row)
        .filter(import::Column::Id.eq(id))
        .exec(txn.conn())
        .await?;
    Ok(())
}

pub(super) async fn get(
    db: &impl ConnectionTrait,
    account: AccountId,
    id: ImportId,
) -> Result<Option<import::Model>> {
    let query = Entity::find_by_id(id).filter(import::Column::AccountId.eq(account));
    Ok(query.only(db).await?)
}

pub(super) async fn newest(
    db: &impl ConnectionTrait,
    account: AccountId,
    count: u64,
) -> Result<Vec<import::Model>> {
    let query = Entity::find()
        .filter(import::Column::AccountId.eq(account))
        .order_by_desc(import::Column::Id)
        .limit(count);
    Ok(query.all(db).await?)
}

/// Those under way, the oldest first.
pub(super) async fn under_way(db: &impl ConnectionTrait) -> Result<Vec<import::Model>> {
    let query = Entity::find()
        .filter(import::Column::State.eq(State::Running))
        .order_by_asc(import::Column::Id);
    Ok(query.all(db).await?)
}

/// Rows behind the line `after`.
pub(super) async fn rows(
    db: &impl ConnectionTrait,
    id: ImportId,
    state: RowState,
    after: i32,
    count: u64,
) -> Result<Vec<import_row::Model>> {
    let query = import_row::Entity::find()
        .filter(import_row::Column::ImportId.eq(id))
        .filter(import_row::Column::Line.gt(after))
        .filter(import_row::Column::State.eq(state))
        .order_by_asc(import_row::Column::Line)
        .limit(count);
    Ok(query.all(db).await?)
}

/// Forgets the good rows behind the line `after` and up to `last`: they were taken.
pub(super) async fn take_out(txn: &Txn, id: ImportId, after: i32, last: i32) -> Result<()> {
    import_row::Entity::delete_many()
        .filter(import_row::Column::ImportId.eq(id))
        .filter(import_row::Column::Line.gt(after))
        .filter(import_row::Column::Line.lte(last))
        .filter(import_row::Column::State.eq(RowState::Good))
        .exec(txn.conn())
        .await?;
    Ok(())
}

/// What turned out to be wrong with a row.
pub(super) async fn set_bad(txn: &Txn, id: ImportId, line: i32, problem: &str) -> Result<()> {
    let bad = import_row::ActiveModel {
        state: Set(RowState::Bad),
        problem: Set(Some(problem.to_owned())),
        ..Default::default()
    };
    import_row::Entity::update_many()
        .set(bad)
        .filter(import_row::Column::ImportId.eq(id))
        .filter(import_row::Column::Line.eq(line))
        .exec(txn.conn())
        .await?;
    Ok(())
}

/// Files whose rows are not kept any longer: those that came before `until`, and those that nobody wants.
pub(super) async fn to_forget(
    db: &impl ConnectionTrait,
    until: Timestamp,
) -> Result<Vec<ImportId>> {
    let old = import::Column::CreatedAt.lt(until);
    let query = Entity::find()
        .select_only()
        .column(import::Column::Id)
        .filter(old.or(import::Column::State.eq(State::Dropped)))
        .filter(import::Column::State.ne(State::Running))
        .filter(import::Column::Headings.ne(""));
    Ok(query.into_tuple().all(db).await?)
}

/// The last of the first `count` rows that are kept of a file.
pub(super) async fn last_of(
    db: &impl ConnectionTrait,
    id: ImportId,
    count: u64,
) -> Result<Option<i32>> {
    let query = import_row::Entity::find()
        .select_only()
        .column(import_row::Column::Line)
        .filter(import_row::Column::ImportId.eq(id))
        .order_by_asc(import_row::Column::Line)
        .limit(count);
    let lines: Vec<i32> = query.into_tuple().all(db).await?;
    Ok(lines.last().copied())
}

/// Forgets the rows up to `last`; with none, the file has no rows any more and is not looked at again.
pub(super) async fn forget(txn: &Txn, id: ImportId, last: Option<i32>) -> Result<()> {
    if let Some(last) = last {
        import_row::Entity::delete_many()
            .filter(import_row::Column::ImportId.eq(id))
            .filter(import_row::Column::Line.lte(last))
            .exec(txn.conn())
            .await?;
        return Ok(());
    }
    let Some(row) = locked(txn, id).await? else {
        return Ok(());
    };
    let state = match row.state {
        State::Reading | State::Draft => State::Dropped,
        state => state,
    };
    let bare = import::ActiveModel {
        state: Set(state),
        headings: Set(String::new()),
        ..Default::default()
    };
    update(txn, id, bare).await
}
