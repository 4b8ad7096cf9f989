//! Dedupe keys of pushes.

use sea_orm_migration::prelude::TableCreateStatement;
use sea_orm_migration::sea_orm::DbBackend;

use crate::change::Change;
use crate::shape::{key, number, primary, table};

pub(crate) fn changes() -> Vec<Change> {
    vec![
        Change::Table {
            name: "m2026_11_22_000014_inbound_key",
            create: inbound_key,
        },
        Change::Index {
            name: "m2026_11_22_000014_inbound_key_by_age",
            table: "inbound_key",
            columns: &["received_at"],
        },
    ]
}

fn inbound_key(db: DbBackend) -> TableCreateStatement {
    table("inbound_key", db)
        .col(number("account_id"))
        .col(key(db, "dedupe_key", 250))
        .col(number("inbound_id"))
        .col(number("received_at"))
        .primary_key(&mut primary(&["account_id", "dedupe_key"]))
        .take()
}
