//! Reply windows in the store.

use daogou_schema::reply_window::{self, Trigger};
use daogou_schema::{Address, Timestamp};
use sea_orm::sea_query::{CaseStatement, Expr, Func, OnConflict, SimpleExpr};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, Iterable,
    QueryFilter, QuerySelect, Set,
};

use crate::db::{Txn, among, pieces};
use crate::error::{Error, Result};

fn window_of(to: &Address) -> Condition {
    Condition::all()
        .add(reply_window::Column::AccountId.eq(to.account_id))
        .add(reply_window::Column::Openid.eq(to.openid.as_str()))
}

fn windows_of(people: &[Address]) -> Condition {
    among(
        reply_window::Column::AccountId,
        reply_window::Column::Openid,
        people,
    )
}

pub(in crate::outbound) async fn windows(
    txn: &Txn,
    to: &Address,
) -> Result<Vec<reply_window::Model>> {
    txn.together(to.clone(), |txn, people| Box::pin(all_windows(txn, people)))
        .await
}

async fn all_windows(txn: &Txn, people: &[Address]) -> Result<Vec<Vec<reply_window::Model>>> {
    let found = reply_window::Entity::find()
        .filter(windows_of(people))
        .all(txn.conn())
        .await?;
    let of = |to: &Address| {
        let hers = found
            .iter()
            .filter(|row| row.account_id == to.account_id && row.openid == to.openid);
        hers.cloned().collect()
    };
    Ok(people.iter().map(of).collect())
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
    txn.together(row, |txn, rows| Box::pin(open_windows(txn, rows)))
        .await
}

async fn open_windows(txn: &Txn, rows: &[reply_window::ActiveModel]) -> Result<Vec<()>> {
    for piece in pieces(rows.to_vec()) {
        reply_window::Entity::insert_many(piece)
            .on_conflict(unless_longer(txn))
            .exec_without_returning(txn.conn())
            .await?;
    }
    Ok(vec![(); rows.len()])
}

/// A window that lasts longer already stays as it is.
fn unless_longer(txn: &Txn) -> OnConflict {
    let mut conflict = OnConflict::columns([
        reply_window::Column::AccountId,
        reply_window::Column::Openid,
        reply_window::Column::Trigger,
    ]);
    let columns = [reply_window::Column::Remaining, reply_window::Column::Until];
    let known = |column| Expr::col((reply_window::Entity, column));
    if txn.conn().get_database_backend() == DbBackend::MySql {
        // MySQL knows no condition here and sets from the left: `remaining` is judged by the old `until`.
        let new = |column| SimpleExpr::from(Func::cust("VALUES").arg(Expr::col(column)));
        let until = reply_window::Column::Until;
        conflict.values(columns.map(|column| {
            let keep = CaseStatement::new()
                .case(known(until).gt(new(until)), known(column))
                .finally(new(column));
            (column, keep.into())
        }));
    } else {
        let new = |column| Expr::col(("excluded", column));
        let until = reply_window::Column::Until;
        conflict
            .values(columns.map(|column| (column, new(column))))
            .action_and_where(known(until).lte(new(until)));
    }
    conflict
}

/// Spends one, guarded: false when the window shut or ran out meanwhile.
///
/// # Errors
/// [`Error::Taken`] when that happened to one of several: look again.
pub(in crate::outbound) async fn spend_window(
    txn: &Txn,
    to: &Address,
    trigger: Trigger,
    now: Timestamp,
) -> Result<bool> {
    txn.together((to.clone(), trigger, now), |txn, spending| {
        Box::pin(spend_windows(txn, spending))
    })
    .await
}

async fn spend_windows(txn: &Txn, spending: &[(Address, Trigger, Timestamp)]) -> Result<Vec<bool>> {
    let mut all = true;
    for trigger in Trigger::iter() {
        let people = spending.iter().filter(|(_, from, _)| *from == trigger);
        let people: Vec<_> = people.collect();
        let Some(now) = people.iter().map(|(.., now)| *now).max() else {
            continue;
        };
        let to: Vec<_> = people.iter().map(|(to, ..)| to.clone()).collect();
        let spent = reply_window::Entity::update_many()
            .col_expr(
                reply_window::Column::Remaining,
                Expr::col(reply_window::Column::Remaining).sub(1),
            )
            .filter(windows_of(&to))
            .filter(reply_window::Column::Trigger.eq(trigger))
            .filter(reply_window::Column::Remaining.gt(0))
            .filter(reply_window::Column::Until.gt(now))
            .exec(txn.conn())
            .await?;
        all &= usize::try_from(spent.rows_affected).ok() == Some(to.len());
    }
    match spending.len() {
        1 => Ok(vec![all]),
        count if all => Ok(vec![true; count]),
        _ => Err(Error::Taken),
    }
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

/// A person's windows, until when and how many are left, for reading only.
pub(in crate::outbound) async fn windows_shown(
    db: &impl ConnectionTrait,
    to: &Address,
) -> Result<Vec<(Timestamp, i32)>> {
    let query = reply_window::Entity::find()
        .select_only()
        .column(reply_window::Column::Until)
        .column(reply_window::Column::Remaining)
        .filter(reply_window::Column::AccountId.eq(to.account_id))
        .filter(reply_window::Column::Openid.eq(to.openid.as_str()));
    Ok(query.into_tuple().all(db).await?)
}
