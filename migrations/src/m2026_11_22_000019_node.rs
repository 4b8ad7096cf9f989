//! Nodes.

use sea_orm_migration::prelude::TableCreateStatement;
use sea_orm_migration::sea_orm::DbBackend;

use crate::change::Change;
use crate::shape::{key, number, primary, table};

pub(crate) fn changes() -> Vec<Change> {
    vec![Change::Table {
        name: "m2026_11_22_000019_node",
        create: node,
    }]
}

fn node(db: DbBackend) -> TableCreateStatement {
    table("node", db)
        .col(key(db, "name", 64))
        .col(number("beats"))
        .primary_key(&mut primary(&["name"]))
        .take()
}
