//! Drift: tables and entities must not part.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use daogou_migrations::up;
use daogou_schema::*;
use sea_orm_migration::sea_orm::{
    self, ColumnTrait, DatabaseConnection, DbBackend, EntityTrait, FromQueryResult, IdenStatic,
    Iterable, PrimaryKeyToColumn, Statement,
};

use crate::database::on_every_database;

on_every_database! { every_table_has_exactly_its_entitys_columns }

/// Tables, their columns, and what is compared of each.
type Shape = BTreeMap<String, BTreeMap<String, Column>>;

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Column {
    may_be_null: bool,
    in_primary_key: bool,
}

macro_rules! shape_of_entities {
    ($($entity:ident)*) => {
        Shape::from([$(shape_of::<$entity::Entity>()),*])
    };
}

fn entities() -> Shape {
    every_entity! { shape_of_entities }
}

fn shape_of<E: EntityTrait>() -> (String, BTreeMap<String, Column>) {
    let key: BTreeSet<&str> = E::PrimaryKey::iter()
        .map(|column| column.into_column().as_str())
        .collect();
    let columns = E::Column::iter().map(|column| {
        let shape = Column {
            may_be_null: column.def().is_null(),
            in_primary_key: key.contains(column.as_str()),
        };
        (column.as_str().to_owned(), shape)
    });
    (E::default().table_name().to_owned(), columns.collect())
}

async fn every_table_has_exactly_its_entitys_columns(db: DatabaseConnection) {
    up(&db).await.unwrap();
    let tables = shape_of_database(&db).await;
    for (table, columns) in &entities() {
        assert_eq!(
            Some(columns),
            tables.get(table),
            "left entity, right table: {table}"
        );
    }
    let known: Vec<_> = entities().into_keys().collect();
    let present: Vec<_> = tables.into_keys().collect();
    assert_eq!(known, present);
}

/// The list in the schema cannot be asked for, so it is held against the files.
#[test]
fn every_entity_of_the_schema_is_compared() {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src/schema/src");
    let mut in_files = BTreeSet::new();
    for file in fs::read_dir(schema).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        for rest in text.split(r#"table_name = ""#).skip(1) {
            in_files.insert(rest.split('"').next().unwrap().to_owned());
        }
    }
    assert_eq!(in_files, entities().into_keys().collect());
}

/// One column as a catalogue has it.
#[derive(FromQueryResult)]
struct Row {
    table_name: String,
    column_name: String,
    may_be_null: bool,
    in_primary_key: bool,
}

/// Every table of the database except those that migrations and SQLite keep for themselves.
async fn shape_of_database(db: &DatabaseConnection) -> Shape {
    let backend = db.get_database_backend();
    let rows = Row::find_by_statement(Statement::from_string(backend, catalogue(backend)))
        .all(db)
        .await
        .unwrap();
    let mut shape = Shape::new();
    for row in rows {
        let column = Column {
            may_be_null: row.may_be_null,
            in_primary_key: row.in_primary_key,
        };
        let table = shape.entry(row.table_name).or_default();
        table.insert(row.column_name, column);
    }
    shape
}

fn catalogue(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Sqlite => {
            "SELECT t.name AS table_name, c.name AS column_name, \
                    c.\"notnull\" = 0 AS may_be_null, c.pk > 0 AS in_primary_key \
             FROM sqlite_schema AS t JOIN pragma_table_info(t.name) AS c \
             WHERE t.type = 'table' AND t.name NOT IN ('seaql_migrations', 'sqlite_sequence')"
        }
        DbBackend::Postgres => {
            "SELECT c.table_name::text AS table_name, c.column_name::text AS column_name, \
                    c.is_nullable = 'YES' AS may_be_null, \
                    EXISTS (SELECT 1 FROM information_schema.table_constraints AS k \
                            JOIN information_schema.key_column_usage AS u \
                            USING (constraint_schema, constraint_name) \
                            WHERE k.constraint_type = 'PRIMARY KEY' \
                              AND k.table_schema = c.table_schema AND k.table_name = c.table_name \
                              AND u.column_name = c.column_name) AS in_primary_key \
             FROM information_schema.columns AS c \
             WHERE c.table_schema = current_schema() AND c.table_name <> 'seaql_migrations'"
        }
        _ => {
            "SELECT table_name AS table_name, column_name AS column_name, \
                    is_nullable = 'YES' AS may_be_null, column_key = 'PRI' AS in_primary_key \
             FROM information_schema.columns \
             WHERE table_schema = DATABASE() AND table_name <> 'seaql_migrations'"
        }
    }
}
