//! Scripts in the store.

use daogou_schema::script::{self, Column, Entity, Model};
use daogou_schema::{AccountId, GuideId, ScriptId, StoreId, Timestamp};
use sea_orm::sea_query::{Expr, LikeExpr};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter,
    QueryOrder, QuerySelect, Select,
};

use crate::db::{Only, Txn, count_to};
use crate::error::Result;

/// In use.
const NOW: Timestamp = Timestamp(0);

pub(super) async fn get(db: &impl ConnectionTrait, id: ScriptId) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(id).only(db).await?)
}

pub(super) async fn locked(txn: &Txn, id: ScriptId) -> Result<Option<Model>> {
    let query = Entity::find_by_id(id).lock_exclusive();
    Ok(query.only(txn.conn()).await?)
}

fn of(account: AccountId, guide: GuideId) -> Select<Entity> {
    Entity::find()
        .filter(Column::AccountId.eq(account))
        .filter(Column::GuideId.eq(guide))
}

/// What is looked for among the scripts of one owner.
pub(super) struct Sought<'a> {
    pub account: AccountId,
    pub guide: GuideId,
    /// Only what this store may see; none: whatever the store.
    pub store: Option<StoreId>,
    /// Empty: all.
    pub letters: &'a str,
    /// Empty: all.
    pub category: &'a str,
    pub limit: u64,
}

/// Scripts in use, those that are used most first.
pub(super) async fn found(db: &impl ConnectionTrait, sought: &Sought<'_>) -> Result<Vec<Model>> {
    let mut query = of(sought.account, sought.guide)
        .filter(Column::ArchivedAt.eq(NOW))
        .order_by_desc(Column::Uses)
        .order_by_desc(Column::Id)
        .limit(sought.limit);
    if let Some(store) = sought.store {
        let seen = Condition::any()
            .add(Column::StoreId.is_null())
            .add(Column::StoreId.eq(store));
        query = query.filter(seen);
    }
    if !sought.letters.is_empty() {
        let typed = sought
            .letters
            .replace('!', "!!")
            .replace('%', "!%")
            .replace('_', "!_");
        let holds = LikeExpr::new(format!("%{typed}%")).escape('!');
        query = query.filter(Expr::col(Column::Letters).like(holds));
    }
    if !sought.category.is_empty() {
        query = query.filter(Column::Category.eq(sought.category));
    }
    Ok(query.all(db).await?)
}

/// Those that were put away, the last one first.
pub(super) async fn archived(
    db: &impl ConnectionTrait,
    account: AccountId,
    limit: u64,
) -> Result<Vec<Model>> {
    let query = of(account, GuideId::NONE)
        .filter(Column::ArchivedAt.gt(NOW))
        .order_by_desc(Column::ArchivedAt)
        .limit(limit);
    Ok(query.all(db).await?)
}

/// How many somebody has in use, counted up to `most`.
pub(super) async fn size(txn: &Txn, account: AccountId, guide: GuideId, most: u32) -> Result<u64> {
    let rows = of(account, guide)
        .select_only()
        .column(Column::Id)
        .filter(Column::ArchivedAt.eq(NOW));
    Ok(
        count_to(txn.conn(), sea_orm::QueryTrait::into_query(rows), most)
            .await?
            .into(),
    )
}

pub(super) async fn insert(txn: &Txn, row: script::ActiveModel) -> Result<ScriptId> {
    Ok(row.insert(txn.conn()).await?.id)
}

pub(super) async fn update(txn: &Txn, id: ScriptId, row: script::ActiveModel) -> Result<()> {
    Entity::update_many()
        .set(row)
        .filter(Column::Id.eq(id))
        .exec(txn.conn())
        .await?;
    Ok(())
}

pub(super) async fn count_use(txn: &Txn, id: ScriptId) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::Uses, Expr::col(Column::Uses).add(1))
        .filter(Column::Id.eq(id))
        .exec(txn.conn())
        .await?;
    Ok(())
}
