//! Whole tables: their rows out of a snapshot, and into an empty store.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use futures_util::{Stream, TryStreamExt as _};
use sea_orm::sea_query::{Alias, Order, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, IdenStatic, Iterable,
    PrimaryKeyToColumn, PrimaryKeyTrait, QueryResult, Statement, StreamTrait, Value,
};
use serde_json::Value as Json;

use super::table::{self, Column, Kind, Table};
use crate::db::{Snapshot, Txn};
use crate::error::{Error, Result};

/// What follows from other tables and is made anew after a restore: it would be most of the file.
const MADE_ANEW: [&str; 2] = ["search_term", "search_head"];

/// Every table that is kept, what others refer to before them.
pub(super) fn tables() -> Vec<Table> {
    macro_rules! tables {
        ($($entity:ident)*) => { vec![$(of::<daogou_schema::$entity::Entity>()),*] };
    }
    let mut tables = daogou_schema::every_entity! { tables };
    tables.retain(|table| !MADE_ANEW.contains(&table.table.as_str()));
    tables
}

fn of<E: EntityTrait>() -> Table {
    let columns = E::Column::iter().map(|column| Column {
        name: column.as_str().to_owned(),
        kind: table::kind_of(column.def().get_column_type()),
    });
    let key = E::PrimaryKey::iter().map(|key| key.into_column().as_str().to_owned());
    Table {
        table: E::default().table_name().to_owned(),
        columns: columns.collect(),
        key: key.collect(),
        numbered: <E::PrimaryKey as PrimaryKeyTrait>::auto_increment(),
    }
}

/// Every row of `table` in the order of its key, one after the other as they come from the database.
pub(super) async fn rows<'a>(
    view: &'a Snapshot,
    table: &'a Table,
) -> Result<impl Stream<Item = Result<Vec<Json>>> + 'a> {
    let mut select = Query::select();
    select.from(Alias::new(&table.table));
    for column in &table.columns {
        select.column(Alias::new(&column.name));
    }
    for column in &table.key {
        select.order_by(Alias::new(column), Order::Asc);
    }
    let conn = view.conn();
    let statement = ConnectionTrait::get_database_backend(conn).build(&select);
    let rows = conn.stream_raw(statement).await?;
    Ok(rows
        .map_err(Error::from)
        .and_then(move |row| async move { read(&row, table) }))
}

fn read(row: &QueryResult, table: &Table) -> Result<Vec<Json>> {
    let columns = table.columns.iter().enumerate();
    let values = columns.map(|(at, column)| match column.kind {
        Kind::Int32 => row.try_get_by_index::<Option<i32>>(at).map(Json::from),
        Kind::Int64 => row.try_get_by_index::<Option<i64>>(at).map(Json::from),
        Kind::Bool => row.try_get_by_index::<Option<bool>>(at).map(Json::from),
        Kind::Text => row.try_get_by_index::<Option<String>>(at).map(Json::from),
        Kind::Bytes => row
            .try_get_by_index::<Option<Vec<u8>>>(at)
            .map(|bytes| Json::from(bytes.map(|bytes| BASE64_STANDARD.encode(bytes)))),
        Kind::Json => row.try_get_by_index::<Option<Json>>(at).map(Json::from),
    });
    Ok(values.collect::<Result<_, DbErr>>()?)
}

/// The last id that the database gave to a row of `table`, as far as it says; 0 for none.
pub(super) async fn last_id(view: &Snapshot, table: &Table) -> Result<i64> {
    let (conn, name) = (view.conn(), &table.table);
    let backend = ConnectionTrait::get_database_backend(conn);
    let question = match backend {
        DbBackend::Sqlite => format!("SELECT seq FROM sqlite_sequence WHERE name = '{name}'"),
        DbBackend::Postgres => format!(
            "SELECT pg_sequence_last_value(pg_get_serial_sequence('\"{name}\"', 'id')::regclass)"
        ),
        _ => format!(
            "SELECT CAST(auto_increment AS SIGNED) - 1 FROM information_schema.tables \
             WHERE table_schema = DATABASE() AND table_name = '{name}'"
        ),
    };
    let answer = conn
        .query_one_raw(Statement::from_string(backend, question))
        .await?;
    let last: Option<i64> = match answer {
        Some(row) => row.try_get_by_index(0)?,
        None => None,
    };
    Ok(last.unwrap_or_default())
}

/// Makes the database give no id up to `last` to a row of `table`, which is empty.
pub(super) async fn set_last_id(conn: &impl ConnectionTrait, name: &str, last: i64) -> Result<()> {
    let statements = match conn.get_database_backend() {
        DbBackend::Sqlite => vec![
            format!("DELETE FROM sqlite_sequence WHERE name = '{name}'"),
            format!("INSERT INTO sqlite_sequence (name, seq) VALUES ('{name}', {last})"),
        ],
        DbBackend::Postgres => vec![format!(
            "SELECT setval(pg_get_serial_sequence('\"{name}\"', 'id'), {last})"
        )],
        _ => vec![format!(
            "ALTER TABLE `{name}` AUTO_INCREMENT = {}",
            last.saturating_add(1)
        )],
    };
    for statement in statements {
        conn.execute_unprepared(&statement).await?;
    }
    Ok(())
}

/// Whether `table` has any row.
pub(super) async fn has_rows(conn: &impl ConnectionTrait, table: &Table) -> Result<bool> {
    let mut select = Query::select();
    select
        .expr(sea_orm::sea_query::Expr::value(1))
        .from(Alias::new(&table.table))
        .limit(1);
    Ok(conn.query_one(&select).await?.is_some())
}

/// Writes rows as they are, ids included.
pub(super) async fn insert(txn: &Txn, table: &Table, rows: Vec<Vec<Value>>) -> Result<()> {
    let mut insert = Query::insert();
    insert
        .into_table(Alias::new(&table.table))
        .columns(table.columns.iter().map(|column| Alias::new(&column.name)));
    for row in rows {
        insert
            .values(row.into_iter().map(Into::into))
            .map_err(|e| Error::Internal(e.to_string()))?;
    }
    txn.conn().execute(&insert).await?;
    Ok(())
}

/// A value of a file as the database takes it; none when it is not of that kind.
pub(super) fn value(kind: Kind, json: Json) -> Option<Value> {
    let absent = json.is_null();
    Some(match kind {
        Kind::Int32 if absent => None::<i32>.into(),
        Kind::Int64 if absent => None::<i64>.into(),
        Kind::Bool if absent => None::<bool>.into(),
        Kind::Text if absent => None::<String>.into(),
        Kind::Bytes if absent => None::<Vec<u8>>.into(),
        Kind::Json if absent => None::<Json>.into(),
        Kind::Int32 => i32::try_from(json.as_i64()?).ok()?.into(),
        Kind::Int64 => json.as_i64()?.into(),
        Kind::Bool => json.as_bool()?.into(),
        Kind::Text => match json {
            Json::String(text) => text.into(),
            _ => return None,
        },
        Kind::Bytes => BASE64_STANDARD.decode(json.as_str()?).ok()?.into(),
        Kind::Json => json.into(),
    })
}

#[cfg(test)]
mod tests {
    use sea_orm::prelude::ColumnType;

    use super::*;

    #[test]
    fn every_column_has_a_kind_that_is_meant() {
        let meant = |kind: &ColumnType| {
            table::kind_of(kind) != Kind::Text
                || matches!(
                    kind,
                    ColumnType::String(_) | ColumnType::Text | ColumnType::Enum { .. }
                )
        };
        macro_rules! check {
            ($($entity:ident)*) => {$(
                for column in daogou_schema::$entity::Column::iter() {
                    let kind = column.def().get_column_type().clone();
                    assert!(meant(&kind), "{}: {kind:?}", column.as_str());
                }
            )*};
        }
        daogou_schema::every_entity! { check }
    }

    #[test]
    fn ids_are_numbered_and_other_keys_are_not() {
        let all = tables();
        let table = |name: &str| all.iter().find(|t| t.table == name).unwrap();
        assert!(table("outbound").numbered && table("member").numbered);
        assert!(!table("lane").numbered && !table("binding").numbered);
        assert_eq!(table("lane").key, ["account_id", "openid", "way"]);
    }
}
