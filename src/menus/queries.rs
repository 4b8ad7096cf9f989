//! Menus in the store.

use daogou_schema::menu_version::{Column, Entity, Model, State};
use daogou_schema::{AccountId, MenuVersionId, Timestamp, menu_answer, menu_version};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
};

use crate::db::{Only, Txn, each, insert_all, padded};
use crate::error::Result;

pub(super) async fn insert(txn: &Txn, row: menu_version::ActiveModel) -> Result<MenuVersionId> {
    Ok(row.insert(txn.conn()).await?.id)
}

/// What is being written; there is none once it is thrown away or published.
pub(super) async fn forget_draft(txn: &Txn, account: AccountId) -> Result<()> {
    Entity::delete_many()
        .filter(Column::AccountId.eq(account))
        .filter(Column::State.eq(State::Draft))
        .exec(txn.conn())
        .await?;
    Ok(())
}

/// The newest `count` of an account in that state.
pub(super) async fn newest(
    db: &impl ConnectionTrait,
    account: AccountId,
    state: State,
    count: u64,
) -> Result<Vec<Model>> {
    let query = Entity::find()
        .filter(Column::AccountId.eq(account))
        .filter(Column::State.eq(state))
        .order_by_desc(Column::Id)
        .limit(count);
    Ok(query.all(db).await?)
}

pub(super) async fn get(
    db: &impl ConnectionTrait,
    account: AccountId,
    id: MenuVersionId,
) -> Result<Option<Model>> {
    let query = Entity::find_by_id(id)
        .filter(Column::AccountId.eq(account))
        .filter(Column::State.eq(State::Published));
    Ok(query.only(db).await?)
}

/// From now on these keys are answered so; others stay as they were.
pub(super) async fn set_answers(
    txn: &Txn,
    account: AccountId,
    answers: &[(String, String)],
    now: Timestamp,
) -> Result<()> {
    for piece in answers.chunks(64) {
        let keys = piece.iter().map(|(tap, _)| tap.as_str());
        menu_answer::Entity::delete_many()
            .filter(menu_answer::Column::AccountId.eq(account))
            .filter(menu_answer::Column::Tap.is_in(padded(keys)))
            .exec(txn.conn())
            .await?;
        let row = |(tap, answer): &(String, String)| menu_answer::ActiveModel {
            account_id: Set(account),
            tap: Set(tap.clone()),
            answer: Set(answer.clone()),
            at: Set(now),
        };
        // Nothing to say is nothing to keep.
        let said = piece.iter().filter(|(_, answer)| !answer.is_empty());
        let rows: Vec<_> = said.map(row).collect();
        insert_all(txn, &rows).await?;
    }
    Ok(())
}

pub(super) async fn answer(txn: &Txn, account: AccountId, tap: &str) -> Result<Option<String>> {
    let row = txn.together((account, tap.to_owned()), |txn, taps| {
        Box::pin(async move {
            let found = menu_answer::Entity::find()
                .filter(menu_answer::Column::AccountId.is_in(padded(taps.iter().map(|(a, _)| *a))))
                .filter(
                    menu_answer::Column::Tap.is_in(padded(taps.iter().map(|(_, t)| t.as_str()))),
                )
                .all(txn.conn())
                .await?;
            Ok(each(taps.iter().cloned(), found, |row| {
                (row.account_id, row.tap.clone())
            }))
        })
    });
    Ok(row.await?.map(|row| row.answer))
}
