//! Reply windows.

use sea_orm_migration::prelude::TableCreateStatement;
use sea_orm_migration::sea_orm::DbBackend;

use crate::change::Change;
use crate::shape::{count, key, number, primary, table, word};

pub(crate) fn changes() -> Vec<Change> {
    vec![Change::Table {
        name: "m2026_11_22_000016_reply_window",
        create: reply_window,
    }]
}

fn reply_window(db: DbBackend) -> TableCreateStatement {
    table("reply_window", db)
        .col(number("account_id"))
        .col(key(db, "openid", 64))
        .col(word("trigger"))
        .col(number("until"))
        .col(count("remaining"))
        .primary_key(&mut primary(&["account_id", "openid", "trigger"]))
        .take()
}
