//! Acts and days in the store.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use daogou_schema::fan_act::{self, Kind};
use daogou_schema::{AccountId, CodeId, MemberId, Timestamp, fan_day, identity};
use sea_orm::sea_query::{Expr, Func, LockBehavior, LockType, OnConflict, SimpleExpr};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, QueryFilter, QueryOrder,
    QuerySelect, Select, Set,
};

use super::Which;
use super::rules::{self, Count, Key};
use crate::db::{Txn, insert_all, padded, pieces};
use crate::error::Result;

/// How many acts one unit counts.
const ACTS_MAX: u64 = 512;
/// Of so few codes each day is looked up by itself.
const FEW: usize = 8;
/// How many codes one statement names.
const CODES_MAX: usize = 500;

pub(super) async fn append(
    txn: &Txn,
    account: AccountId,
    code: CodeId,
    kind: Kind,
    at: Timestamp,
) -> Result<()> {
    let row = fan_act::ActiveModel {
        account_id: Set(account),
        code_id: Set(code),
        kind: Set(kind),
        at: Set(at),
        ..Default::default()
    };
    txn.together(row, |txn, rows| Box::pin(insert_all(txn, rows)))
        .await
}

/// Whether anything is to be counted.
pub(super) async fn any(db: &impl ConnectionTrait) -> Result<bool> {
    let query = fan_act::Entity::find()
        .select_only()
        .column(fan_act::Column::Id)
        .filter(fan_act::Column::Id.gt(0))
        .limit(1);
    let found: Vec<i64> = query.into_tuple().all(db).await?;
    Ok(!found.is_empty())
}

/// The oldest acts that no other process counts at this moment.
pub(super) async fn oldest(txn: &Txn) -> Result<Vec<fan_act::Model>> {
    let query = fan_act::Entity::find()
        .filter(fan_act::Column::Id.gt(0))
        .order_by_asc(fan_act::Column::Id)
        .limit(ACTS_MAX)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    Ok(query.all(txn.conn()).await?)
}

pub(super) async fn remove(txn: &Txn, acts: &[fan_act::Model]) -> Result<()> {
    if acts.is_empty() {
        return Ok(());
    }
    fan_act::Entity::delete_many()
        .filter(fan_act::Column::Id.is_in(padded(acts.iter().map(|act| act.id))))
        .exec(txn.conn())
        .await?;
    Ok(())
}

/// Adds to days, in one order, so that two processes do not wait for each other.
pub(super) async fn add(txn: &Txn, days: &BTreeMap<Key, Count>) -> Result<()> {
    let small = |sum: i64| i32::try_from(sum).unwrap_or(i32::MAX);
    let row = |(&(account, day, code), count): (&Key, &Count)| fan_day::ActiveModel {
        account_id: Set(account),
        day: Set(day),
        code_id: Set(code),
        scans: Set(small(count.scans)),
        followed: Set(small(count.followed)),
        lost: Set(small(count.lost)),
    };
    for piece in pieces(days.iter().map(row).collect()) {
        fan_day::Entity::insert_many(piece)
            .on_conflict(more_of_the_day(txn))
            .exec_without_returning(txn.conn())
            .await?;
    }
    Ok(())
}

fn more_of_the_day(txn: &Txn) -> OnConflict {
    use fan_day::Column::{AccountId, CodeId, Day, Followed, Lost, Scans};
    let mysql = txn.conn().get_database_backend() == DbBackend::MySql;
    let new = |column| match mysql {
        true => SimpleExpr::from(Func::cust("VALUES").arg(Expr::col(column))),
        false => Expr::col(("excluded", column)),
    };
    let known = |column| Expr::col((fan_day::Entity, column));
    let mut conflict = OnConflict::columns([AccountId, Day, CodeId]);
    conflict.values([Scans, Followed, Lost].map(|c| (c, known(c).add(new(c)))));
    conflict
}

/// The sums of a day or a code, as they are selected.
type Sums<K> = (i64, i64, i64, K);

fn count<K>((scans, followed, lost, key): Sums<K>) -> (K, Count) {
    let count = Count {
        scans,
        followed,
        lost,
    };
    (key, count)
}

/// The sums of the account's days.
fn sums(db: &impl ConnectionTrait, account: AccountId) -> Select<fan_day::Entity> {
    let whole = match db.get_database_backend() {
        DbBackend::MySql => "SIGNED",
        _ => "BIGINT",
    };
    let sum = |column: fan_day::Column| Expr::col(column).sum().cast_as(whole);
    fan_day::Entity::find()
        .select_only()
        .filter(fan_day::Column::AccountId.eq(account))
        .column_as(sum(fan_day::Column::Scans), "sum_scans")
        .column_as(sum(fan_day::Column::Followed), "sum_followed")
        .column_as(sum(fan_day::Column::Lost), "sum_lost")
}

/// The same question of `days`, which follow each other: of all codes, or once for each piece of those.
fn asked(
    which: Which<'_>,
    days: &[NaiveDate],
    query: &Select<fan_day::Entity>,
) -> Vec<Select<fan_day::Entity>> {
    let numbers = || days.iter().map(|day| rules::number(*day));
    let (first, last) = (numbers().min(), numbers().max());
    let (Some(first), Some(last)) = (first, last) else {
        return Vec::new();
    };
    let from_first_to_last = fan_day::Column::Day.between(first, last);
    let of = |codes: &[CodeId]| fan_day::Column::CodeId.is_in(padded(codes.iter().copied()));
    match which {
        Which::All => vec![query.clone().filter(from_first_to_last)],
        // Day by day, so that nothing is read of any other code.
        Which::Those(codes) if codes.len() <= FEW => codes
            .chunks(FEW)
            .map(|few| {
                let each_day = fan_day::Column::Day.is_in(padded(numbers()));
                query.clone().filter(each_day).filter(of(few))
            })
            .collect(),
        Which::Those(codes) => codes
            .chunks(CODES_MAX)
            .map(|piece| {
                query
                    .clone()
                    .filter(from_first_to_last.clone())
                    .filter(of(piece))
            })
            .collect(),
    }
}

pub(super) async fn by_day(
    db: &impl ConnectionTrait,
    account: AccountId,
    which: Which<'_>,
    days: &[NaiveDate],
) -> Result<Vec<(i32, Count)>> {
    let query = sums(db, account)
        .column(fan_day::Column::Day)
        .group_by(fan_day::Column::Day);
    let mut found = Vec::new();
    for query in asked(which, days, &query) {
        let rows: Vec<Sums<i32>> = query.into_tuple().all(db).await?;
        found.extend(rows.into_iter().map(count));
    }
    Ok(found)
}

pub(super) async fn by_code(
    db: &impl ConnectionTrait,
    account: AccountId,
    which: Which<'_>,
    days: &[NaiveDate],
) -> Result<Vec<(CodeId, Count)>> {
    let query = sums(db, account)
        .column(fan_day::Column::CodeId)
        .group_by(fan_day::Column::CodeId);
    let mut found = Vec::new();
    for query in asked(which, days, &query) {
        let rows: Vec<Sums<CodeId>> = query.into_tuple().all(db).await?;
        found.extend(rows.into_iter().map(count));
    }
    Ok(found)
}

pub(super) async fn members_of(
    db: &impl ConnectionTrait,
    code: CodeId,
    before: Option<MemberId>,
    most: u64,
) -> Result<Vec<MemberId>> {
    let mut query = identity::Entity::find()
        .select_only()
        .column(identity::Column::MemberId)
        .filter(identity::Column::CodeId.eq(code))
        .order_by_desc(identity::Column::MemberId)
        .limit(most);
    if let Some(before) = before {
        query = query.filter(identity::Column::MemberId.lt(before));
    }
    Ok(query.into_tuple().all(db).await?)
}
