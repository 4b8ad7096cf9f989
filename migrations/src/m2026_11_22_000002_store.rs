//! Stores.

use sea_orm_migration::prelude::TableCreateStatement;
use sea_orm_migration::sea_orm::DbBackend;

use crate::change::Change;
use crate::shape::{USUAL_LENGTH, id, number, optional, reference, string, table, text, unique};

pub(crate) fn changes() -> Vec<Change> {
    vec![Change::Table {
        name: "m2026_11_22_000002_store",
        create: store,
    }]
}

fn store(db: DbBackend) -> TableCreateStatement {
    table("store", db)
        .col(id())
        .col(number("account_id"))
        .col(string("name", USUAL_LENGTH))
        .col(optional(text("hours")))
        .col(optional(text("away_text")))
        .col(number("created_at"))
        .col(optional(number("closed_at")))
        .index(&mut unique("store", &["account_id", "name"]))
        .foreign_key(&mut reference("store", "account_id", "account"))
        .take()
}
