//! What was said, by the pairs of letters in it, in the store.

use daogou_schema::{MessageId, binding, message, search_head, search_term};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect, Set,
};

use super::rules::{Pair, line_of};
use crate::bindings::pool::Scope;
use crate::db::{Only, Txn, insert_all, padded, pieces};
use crate::error::Result;

/// The one row of [`search_head`].
const HEAD: i64 = 1;

/// How far the lines have been read.
pub(super) async fn upto(db: &impl ConnectionTrait) -> Result<MessageId> {
    let found = search_head::Entity::find_by_id(HEAD).only(db).await?;
    Ok(found.map_or(MessageId(0), |head| head.upto))
}

/// The same, and nobody else goes on until this unit ends.
///
/// # Errors
/// [`crate::error::Error::Taken`] when somebody else has just begun.
pub(super) async fn head(txn: &Txn) -> Result<MessageId> {
    let query = search_head::Entity::find_by_id(HEAD).lock_exclusive();
    if let Some(head) = query.only(txn.conn()).await? {
        return Ok(head.upto);
    }
    let first = search_head::Model {
        id: HEAD,
        upto: MessageId(0),
    };
    search_head::Entity::insert(first.into_active_model().reset_all())
        .exec_without_returning(txn.conn())
        .await?;
    Ok(MessageId(0))
}

pub(super) async fn move_head(txn: &Txn, upto: MessageId) -> Result<()> {
    let row = search_head::ActiveModel {
        upto: Set(upto),
        ..Default::default()
    };
    search_head::Entity::update_many()
        .set(row)
        .filter(search_head::Column::Id.eq(HEAD))
        .exec(txn.conn())
        .await?;
    Ok(())
}

/// The next lines, oldest first.
pub(super) async fn behind(
    db: &impl ConnectionTrait,
    after: MessageId,
    count: u64,
) -> Result<Vec<message::Model>> {
    let query = message::Entity::find()
        .filter(message::Column::Id.gt(after))
        .order_by_asc(message::Column::Id)
        .limit(count);
    Ok(query.all(db).await?)
}

/// The next lines, and nobody erases them until this unit ends.
pub(super) async fn behind_locked(
    txn: &Txn,
    after: MessageId,
    count: u64,
) -> Result<Vec<message::Model>> {
    let query = message::Entity::find()
        .filter(message::Column::Id.gt(after))
        .order_by_asc(message::Column::Id)
        .limit(count)
        .lock_exclusive();
    Ok(query.all(txn.conn()).await?)
}

pub(super) async fn insert(txn: &Txn, entries: Vec<i64>) -> Result<()> {
    let row = |entry: i64| search_term::ActiveModel { entry: Set(entry) };
    let rows: Vec<_> = entries.into_iter().map(row).collect();
    insert_all(txn, &rows).await.map(drop)
}

pub(super) async fn remove(txn: &Txn, entries: Vec<i64>) -> Result<()> {
    for piece in pieces(entries) {
        search_term::Entity::delete_many()
            .filter(search_term::Column::Entry.is_in(piece))
            .exec(txn.conn())
            .await?;
    }
    Ok(())
}

/// The newest lines with a pair before one.
pub(super) async fn lines_with(
    db: &impl ConnectionTrait,
    pair: Pair,
    before: Option<MessageId>,
    count: u64,
) -> Result<Vec<MessageId>> {
    let (from, to) = pair.stretch(before);
    let query = search_term::Entity::find()
        .select_only()
        .column(search_term::Column::Entry)
        .filter(search_term::Column::Entry.gte(from))
        .filter(search_term::Column::Entry.lt(to))
        .order_by_desc(search_term::Column::Entry)
        .limit(count);
    let entries: Vec<i64> = query.into_tuple().all(db).await?;
    Ok(entries.into_iter().map(line_of).collect())
}

/// Those of these lines that are in the scope; the newest first.
pub(super) async fn lines(
    db: &impl ConnectionTrait,
    scope: &Scope,
    ids: &[MessageId],
) -> Result<Vec<message::Model>> {
    let mut query = message::Entity::find()
        .filter(message::Column::Id.is_in(padded(ids.iter().copied())))
        .filter(message::Column::AccountId.eq(scope.account))
        .order_by_desc(message::Column::Id);
    if let Some(stores) = &scope.stores {
        let bound_there = Query::select()
            .expr(Expr::val(1))
            .from(binding::Entity)
            .and_where(
                Expr::col((binding::Entity, binding::Column::MemberId))
                    .equals((message::Entity, message::Column::MemberId)),
            )
            .and_where(binding::Column::StoreId.is_in(padded(stores.iter().copied())))
            .to_owned();
        query = query.filter(Expr::exists(bound_there));
    }
    Ok(query.all(db).await?)
}
