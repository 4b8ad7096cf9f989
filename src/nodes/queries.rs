//! Nodes in the store, and the lanes that they hold.

use daogou_schema::node::{Column, Entity, Model};
use daogou_schema::{Timestamp, lane};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, Set,
};

use crate::db::Txn;
use crate::error::Result;

/// This node lives.
pub(super) async fn beat(txn: &Txn, name: &str) -> Result<()> {
    let known = Entity::update_many()
        .col_expr(Column::Beats, Expr::col(Column::Beats).add(1))
        .filter(Column::Name.eq(name))
        .exec(txn.conn())
        .await?;
    if known.rows_affected == 0 {
        let row = Model {
            name: name.to_owned(),
            beats: 1,
        };
        Entity::insert(row.into_active_model())
            .exec_without_returning(txn.conn())
            .await?;
    }
    Ok(())
}

pub(super) async fn all(db: &impl ConnectionTrait) -> Result<Vec<Model>> {
    Ok(Entity::find().all(db).await?)
}

pub(super) async fn forget(txn: &Txn, name: &str) -> Result<()> {
    let gone = Entity::delete_by_id(name.to_owned());
    gone.exec(txn.conn()).await?;
    Ok(())
}

/// Lets every lane go that `owner`, who has ended, still holds; says how many. Only living leases are looked at, by their
/// index, and each is locked by itself.
pub(super) async fn free_lanes(txn: &Txn, owner: &str, now: Timestamp) -> Result<u64> {
    let held = lane::Entity::find()
        .filter(lane::Column::LeaseUntil.gt(now))
        .filter(lane::Column::Owner.eq(owner))
        .all(txn.conn())
        .await?;
    let mut freed = 0;
    for row in held {
        let free = lane::ActiveModel {
            owner: Set(None),
            ..Default::default()
        };
        let let_go = lane::Entity::update_many()
            .set(free)
            .filter(lane::Column::AccountId.eq(row.account_id))
            .filter(lane::Column::Openid.eq(row.openid))
            .filter(lane::Column::Way.eq(row.way))
            .filter(lane::Column::Owner.eq(owner))
            .filter(lane::Column::Fence.eq(row.fence))
            .exec(txn.conn())
            .await?;
        freed += let_go.rows_affected;
    }
    Ok(freed)
}
