//! What was said, by the words in it.

use sea_orm_migration::prelude::{ColumnDef, TableCreateStatement};
use sea_orm_migration::sea_orm::DbBackend;

use crate::change::Change;
use crate::shape::{number, own_id_of, table};

pub(crate) fn changes() -> Vec<Change> {
    vec![
        Change::Table {
            name: "m2026_11_22_000041_search_term",
            create: search_term,
        },
        Change::Table {
            name: "m2026_11_22_000041_search_head",
            create: search_head,
        },
    ]
}

/// One number a row, so that ten million lines stay a few gigabytes: on SQLite it is the row's own place.
fn search_term(db: DbBackend) -> TableCreateStatement {
    let entry = match db {
        DbBackend::Sqlite => ColumnDef::new("entry")
            .integer()
            .not_null()
            .primary_key()
            .take(),
        _ => own_id_of("entry"),
    };
    table("search_term", db).col(entry).take()
}

fn search_head(db: DbBackend) -> TableCreateStatement {
    table("search_head", db)
        .col(own_id_of("id"))
        .col(number("upto"))
        .take()
}
