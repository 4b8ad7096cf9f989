//! Many rows of one kind in few statements.

use std::collections::BTreeMap;

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, IdenStatic,
    IntoActiveModel, Iterable, PrimaryKeyTrait, QueryFilter, QueryTrait, Statement, TryFromU64,
    Value,
};

use super::{Txn, case, padded, pieces};
use crate::error::{Error, Result};

type Key<A> =
    <<<A as ActiveModelTrait>::Entity as EntityTrait>::PrimaryKey as PrimaryKeyTrait>::ValueType;

/// Inserts `rows`; the answers say nothing but that it was done.
///
/// # Errors
/// When the store fails.
pub async fn insert_all<A>(txn: &Txn, rows: &[A]) -> Result<Vec<()>>
where
    A: ActiveModelTrait + Send + Sync,
{
    for piece in pieces(rows.to_vec()) {
        A::Entity::insert_many(piece)
            .exec_without_returning(txn.conn())
            .await?;
    }
    Ok(vec![(); rows.len()])
}

/// Inserts `rows` whose ids the store gives and says the ids, in the same order.
///
/// # Errors
/// When the store fails.
pub async fn insert_numbered<A>(txn: &Txn, rows: &[A]) -> Result<Vec<Key<A>>>
where
    A: ActiveModelTrait + Send + Sync,
    <A::Entity as EntityTrait>::Model: IntoActiveModel<A>,
    Key<A>: Ord,
{
    let mut ids = Vec::with_capacity(rows.len());
    if txn.conn().support_returning() {
        for piece in pieces(rows.to_vec()) {
            let inserted = A::Entity::insert_many(piece);
            ids.extend(inserted.exec_with_returning_keys(txn.conn()).await?);
        }
        // Rows are given growing ids in the order of the statement; in which order they are returned is not promised.
        ids.sort_unstable();
    } else {
        let step = match rows.len() {
            0..=1 => 0,
            _ => step(txn).await?,
        };
        for piece in pieces(rows.to_vec()) {
            ids.extend(insert_in_steps(txn, piece, step).await?);
        }
    }
    match ids.len() == rows.len() {
        true => Ok(ids),
        false => Err(Error::Internal("a row was lost while it was stored".into())),
    }
}

/// MySQL says the first id; the others follow it in equal steps. (MySQL: InnoDB AUTO_INCREMENT, simple inserts.)
async fn insert_in_steps<A>(txn: &Txn, rows: Vec<A>, step: u64) -> Result<Vec<Key<A>>>
where
    A: ActiveModelTrait + Send + Sync,
{
    let count = rows.len();
    let statement = A::Entity::insert_many(rows).into_query();
    let inserted = txn.conn().execute(&statement).await?;
    let first = inserted.last_insert_id();
    (0..count)
        .map(|place| {
            let place = u64::try_from(place).unwrap_or_default();
            let id = <Key<A> as TryFromU64>::try_from_u64(first + place * step);
            Ok(id?)
        })
        .collect()
}

async fn step(txn: &Txn) -> Result<u64> {
    let question = "SELECT CAST(@@auto_increment_increment AS SIGNED) AS step";
    let asked = Statement::from_string(DbBackend::MySql, question);
    let row = txn.conn().query_one_raw(asked).await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound("the step of ids".to_owned()))?;
    let step: i64 = row.try_get("", "step")?;
    Ok(u64::try_from(step).unwrap_or(1))
}

/// Changes rows, each by its `key`: those that change the same columns by one statement. Of several changes of one row the
/// last stays.
///
/// # Errors
/// When the store fails.
pub async fn update_all<A, K>(
    txn: &Txn,
    key: <A::Entity as EntityTrait>::Column,
    rows: &[(K, A)],
) -> Result<Vec<()>>
where
    A: ActiveModelTrait + Send + Sync,
    K: Copy + Ord + Into<Value> + Send + Sync,
{
    let mut alike: BTreeMap<Vec<&'static str>, Vec<(K, &A)>> = BTreeMap::new();
    for (id, row) in rows {
        let columns = changed::<A>(row).map(|column| column.as_str()).collect();
        alike.entry(columns).or_default().push((*id, row));
    }
    for rows in alike.into_values() {
        let last: BTreeMap<K, &A> = rows.into_iter().collect();
        let rows = padded(last);
        let Some((_, first)) = rows.first() else {
            continue;
        };
        let mut update = A::Entity::update_many();
        for column in changed::<A>(first) {
            let value = |(id, row): &(K, &A)| Some((*id, row.get(column).into_value()?));
            update = update.col_expr(column, case(key, rows.iter().filter_map(value)));
        }
        update
            .filter(key.is_in(rows.iter().map(|(id, _)| *id)))
            .exec(txn.conn())
            .await?;
    }
    Ok(vec![(); rows.len()])
}

fn changed<A: ActiveModelTrait>(
    row: &A,
) -> impl Iterator<Item = <A::Entity as EntityTrait>::Column> {
    <A::Entity as EntityTrait>::Column::iter().filter(|column| row.get(*column).is_set())
}
