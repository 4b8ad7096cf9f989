//! Who follows by which code and how many on which day, and who wrote lately.

use sea_orm_migration::prelude::TableCreateStatement;
use sea_orm_migration::sea_orm::DbBackend;

use crate::change::Change;
use crate::shape::{count, id, number, optional, primary, table, word};

pub(crate) fn changes() -> Vec<Change> {
    vec![
        Change::Table {
            name: "m2026_11_22_000028_fan_act",
            create: fan_act,
        },
        Change::Table {
            name: "m2026_11_22_000028_fan_day",
            create: fan_day,
        },
        Change::Column {
            name: "m2026_11_22_000028_identity_code",
            table: "identity",
            column: "code_id",
            add: || optional(number("code_id")),
        },
        // The people behind a code's figures, the newest first.
        Change::Index {
            name: "m2026_11_22_000028_identity_by_code",
            table: "identity",
            columns: &["code_id", "member_id"],
        },
        // Who wrote lately.
        Change::Index {
            name: "m2026_11_22_000028_conversation_by_last_line",
            table: "conversation",
            columns: &["account_id", "last_member_at"],
        },
    ]
}

/// Appended to by every arrival, so it has no index and refers to nothing.
fn fan_act(db: DbBackend) -> TableCreateStatement {
    table("fan_act", db)
        .col(id())
        .col(number("account_id"))
        .col(number("code_id"))
        .col(word("kind"))
        .col(number("at"))
        .take()
}

fn fan_day(db: DbBackend) -> TableCreateStatement {
    table("fan_day", db)
        .col(number("account_id"))
        .col(count("day"))
        .col(number("code_id"))
        .col(count("scans"))
        .col(count("followed"))
        .col(count("lost"))
        .primary_key(&mut primary(&["account_id", "day", "code_id"]))
        .take()
}
