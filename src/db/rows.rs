//! Many rows of one kind in few statements.

use std::collections::BTreeMap;

use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, ExecResult, IdenStatic,
    IntoActiveModel, Iterable, PrimaryKeyTrait, QueryResult, Statement, TryFromU64, TryGetableMany,
    Value,
};

use super::prepared::{self, Columns};
use super::{Txn, padded, pieces};
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
    for piece in pieces(rows.iter().collect()) {
        execute(txn, prepared::insert(txn.backend(), &piece, false)).await?;
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
    Key<A>: Ord + TryGetableMany,
{
    let mut ids = Vec::with_capacity(rows.len());
    for piece in pieces(rows.iter().collect()) {
        let numbered = match txn.backend() {
            DbBackend::Postgres => insert_returning(txn, &piece).await?,
            _ => insert_in_steps(txn, &piece).await?,
        };
        ids.extend(numbered);
    }
    match ids.len() == rows.len() {
        true => Ok(ids),
        false => Err(Error::Internal("a row was lost while it was stored".into())),
    }
}

/// PostgreSQL says every id.
async fn insert_returning<A>(txn: &Txn, rows: &[&A]) -> Result<Vec<Key<A>>>
where
    A: ActiveModelTrait + Send + Sync,
    Key<A>: Ord + TryGetableMany,
{
    let insert = prepared::insert(txn.backend(), rows, true);
    let names = <A::Entity as EntityTrait>::PrimaryKey::iter().map(|key| key.as_str().to_owned());
    let names: Vec<String> = names.collect();
    let inserted = txn.conn().query_all_raw(insert).await?;
    let id = |row: &QueryResult| Key::<A>::try_get_many(row, "", &names).map_err(DbErr::from);
    let mut ids: Vec<Key<A>> = inserted.iter().map(id).collect::<Result<_, _>>()?;
    // Rows are given growing ids in the order of the statement; in which order they are returned is not promised.
    ids.sort_unstable();
    Ok(ids)
}

/// The others say one id, from which the rest follows: sixty-four rows that nobody has to read. MySQL says the first one, and
/// goes in equal steps. (MySQL: InnoDB AUTO_INCREMENT, simple inserts.) SQLite says the last one, and gives each row one more
/// than the largest. (SQLite: autoinc.html; there is one writer.)
async fn insert_in_steps<A>(txn: &Txn, rows: &[&A]) -> Result<Vec<Key<A>>>
where
    A: ActiveModelTrait + Send + Sync,
{
    let count = u64::try_from(rows.len()).unwrap_or_default();
    let said = execute(txn, prepared::insert(txn.backend(), rows, false)).await?;
    let said = said.last_insert_id();
    let (first, step) = match txn.backend() {
        DbBackend::Sqlite => ((said + 1).saturating_sub(count), 1),
        _ if count > 1 => (said, step(txn).await?),
        _ => (said, 0),
    };
    (0..count)
        .map(|place| Ok(Key::<A>::try_from_u64(first + place * step)?))
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
    let mut alike: BTreeMap<Columns, BTreeMap<K, Vec<Value>>> = BTreeMap::new();
    for (id, row) in rows {
        let (columns, values) = prepared::set(row);
        alike.entry(columns).or_default().insert(*id, values);
    }
    for (columns, rows) in alike {
        let update = prepared::update::<A, K>(txn.backend(), key, columns, &padded(rows));
        execute(txn, update).await?;
    }
    Ok(vec![(); rows.len()])
}

async fn execute(txn: &Txn, statement: Statement) -> Result<ExecResult> {
    Ok(txn.conn().execute_raw(statement).await?)
}
