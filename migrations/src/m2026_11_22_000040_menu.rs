//! Menus: their versions, and what taps are answered with; and first words of a code for hours and days.

use sea_orm_migration::prelude::TableCreateStatement;
use sea_orm_migration::sea_orm::DbBackend;

use crate::change::Change;
use crate::shape::{id, key, long_text, number, optional, primary, reference, table, text, word};

pub(crate) fn changes() -> Vec<Change> {
    vec![
        Change::Table {
            name: "m2026_11_22_000040_menu_version",
            create: menu_version,
        },
        Change::Table {
            name: "m2026_11_22_000040_menu_answer",
            create: menu_answer,
        },
        Change::Column {
            name: "m2026_11_22_000040_code_variants",
            table: "code",
            column: "variants",
            add: || optional(text("variants")),
        },
    ]
}

fn menu_version(db: DbBackend) -> TableCreateStatement {
    table("menu_version", db)
        .col(id())
        .col(number("account_id"))
        .col(word("state"))
        .col(long_text(db, "content"))
        .col(optional(number("staff_id")))
        .col(number("at"))
        .foreign_key(&mut reference("menu_version", "account_id", "account"))
        .foreign_key(&mut reference("menu_version", "staff_id", "staff"))
        .take()
}

fn menu_answer(db: DbBackend) -> TableCreateStatement {
    table("menu_answer", db)
        .col(number("account_id"))
        .col(key(db, "tap", 128))
        .col(text("answer"))
        .col(number("at"))
        .primary_key(&mut primary(&["account_id", "tap"]))
        .foreign_key(&mut reference("menu_answer", "account_id", "account"))
        .take()
}
