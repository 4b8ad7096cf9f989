//! Scripts: what guides say often.

use sea_orm_migration::prelude::TableCreateStatement;
use sea_orm_migration::sea_orm::DbBackend;

use crate::change::Change;
use crate::shape::{count, id, number, optional, reference, string, table, text};

pub(crate) fn changes() -> Vec<Change> {
    vec![
        Change::Table {
            name: "m2026_11_22_000050_script",
            create: script,
        },
        Change::Index {
            name: "m2026_11_22_000050_script_by_guide",
            table: "script",
            columns: &["account_id", "guide_id", "archived_at", "uses"],
        },
        Change::Index {
            name: "m2026_11_22_000050_script_by_picture",
            table: "script",
            columns: &["picture_id"],
        },
    ]
}

fn script(db: DbBackend) -> TableCreateStatement {
    table("script", db)
        .col(id())
        .col(number("account_id"))
        // 0: headquarters'. A column that may be empty would be looked for in another way on each database.
        .col(number("guide_id"))
        .col(optional(number("store_id")))
        .col(string("category", 32))
        .col(text("text"))
        .col(text("letters"))
        .col(optional(number("picture_id")))
        .col(count("place"))
        .col(number("uses"))
        .col(number("created_at"))
        .col(number("changed_at"))
        // 0 while it is in use.
        .col(number("archived_at"))
        .foreign_key(&mut reference("script", "account_id", "account"))
        .foreign_key(&mut reference("script", "picture_id", "picture"))
        .take()
}
