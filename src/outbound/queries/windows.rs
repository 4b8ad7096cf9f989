//! Reply windows in the store.

use daogou_schema::reply_window::{self, Trigger};
use daogou_schema::{Address, Timestamp};
use sea_orm::sea_query::{CaseStatement, Expr, OnConflict, SimpleExpr};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, QueryFilter, Set,
};

use crate::db::Txn;
use crate::error::Result;

fn window_of(to: &Address) -> Condition {
    Condition::all()
        .add(reply_window::Column::AccountId.eq(to.account_id))
        .add(reply_window::Column::Openid.eq(to.openid.as_str()))
}

pub(in crate::outbound) async fn windows(
    txn: &Txn,
    to: &Address,
) -> Result<Vec<reply_window::Model>> {
    Ok(reply_window::Entity::find()
        .filter(window_of(to))
        .all(txn.conn())
        .await?)
}

/// Opens a window, or opens it anew unless it lasts longer already.
pub(in crate::outbound) async fn open_window(
    txn: &Txn,
    to: &Address,
    trigger: Trigger,
    until: Timestamp,
    remaining: i32,
) -> Result<()> {
    let row = reply_window::ActiveModel {
        account_id: Set(to.account_id),
        openid: Set(to.openid.clone()),
        trigger: Set(trigger),
        until: Set(until),
        remaining: Set(remaining),
    };
    let key = [
        reply_window::Column::AccountId,
        reply_window::Column::Openid,
        reply_window::Column::Trigger,
    ];
    reply_window::Entity::insert(row)
        .on_conflict(unless_longer(txn, key, until, remaining))
        .exec_without_returning(txn.conn())
        .await?;
    Ok(())
}

fn unless_longer(
    txn: &Txn,
    key: [reply_window::Column; 3],
    until: Timestamp,
    remaining: i32,
) -> OnConflict {
    let mut conflict = OnConflict::columns(key);
    let known = Expr::col((reply_window::Entity, reply_window::Column::Until));
    if txn.conn().get_database_backend() == DbBackend::MySql {
        // MySQL knows no condition here and sets from the left: `remaining` is judged by the old `until`.
        let keep = |kept: reply_window::Column, new: SimpleExpr| {
            let lasts = known.clone().gt(until.0);
            CaseStatement::new()
                .case(lasts, Expr::col((reply_window::Entity, kept)))
                .finally(new)
        };
        conflict.values([
            (
                reply_window::Column::Remaining,
                keep(reply_window::Column::Remaining, remaining.into()).into(),
            ),
            (
                reply_window::Column::Until,
                keep(reply_window::Column::Until, until.0.into()).into(),
            ),
        ]);
    } else {
        conflict
            .values([
                (reply_window::Column::Remaining, remaining.into()),
                (reply_window::Column::Until, until.0.into()),
            ])
            .action_and_where(known.lte(until.0));
    }
    conflict
}

/// Spends one, guarded: false when the window shut or ran out meanwhile.
pub(in crate::outbound) async fn spend_window(
    txn: &Txn,
    to: &Address,
    trigger: Trigger,
    now: Timestamp,
) -> Result<bool> {
    let spent = reply_window::Entity::update_many()
        .col_expr(
            reply_window::Column::Remaining,
            Expr::col(reply_window::Column::Remaining).sub(1),
        )
        .filter(window_of(to))
        .filter(reply_window::Column::Trigger.eq(trigger))
        .filter(reply_window::Column::Remaining.gt(0))
        .filter(reply_window::Column::Until.gt(now))
        .exec(txn.conn())
        .await?;
    Ok(spent.rows_affected == 1)
}

pub(in crate::outbound) async fn give_back_window(
    txn: &Txn,
    to: &Address,
    trigger: Trigger,
    most: i32,
) -> Result<()> {
    reply_window::Entity::update_many()
        .col_expr(
            reply_window::Column::Remaining,
            Expr::col(reply_window::Column::Remaining).add(1),
        )
        .filter(window_of(to))
        .filter(reply_window::Column::Trigger.eq(trigger))
        .filter(reply_window::Column::Remaining.lt(most))
        .exec(txn.conn())
        .await?;
    Ok(())
}

pub(in crate::outbound) async fn use_up_windows(
    txn: &Txn,
    to: &Address,
    seen: Timestamp,
) -> Result<()> {
    reply_window::Entity::update_many()
        .col_expr(reply_window::Column::Remaining, 0.into())
        .filter(window_of(to))
        .filter(reply_window::Column::Until.lte(seen))
        .exec(txn.conn())
        .await?;
    Ok(())
}

pub(in crate::outbound) async fn shut_windows(
    txn: &Txn,
    to: &Address,
    seen: Timestamp,
) -> Result<()> {
    reply_window::Entity::delete_many()
        .filter(window_of(to))
        .filter(reply_window::Column::Until.lte(seen))
        .exec(txn.conn())
        .await?;
    Ok(())
}
