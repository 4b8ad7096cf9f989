//! Lines of conversations.

use sea_orm_migration::prelude::TableCreateStatement;
use sea_orm_migration::sea_orm::DbBackend;

use crate::change::Change;
use crate::shape::{id, json, number, optional, table, word};

pub(crate) fn changes() -> Vec<Change> {
    vec![
        Change::Table {
            name: "m2026_11_22_000017_message",
            create: message,
        },
        Change::Index {
            name: "m2026_11_22_000017_message_by_member",
            table: "message",
            columns: &["member_id", "id"],
        },
    ]
}

fn message(db: DbBackend) -> TableCreateStatement {
    table("message", db)
        .col(id())
        .col(number("member_id"))
        .col(number("account_id"))
        .col(word("author"))
        .col(optional(number("guide_id")))
        .col(json("content"))
        .col(optional(number("inbound_id")))
        .col(number("at"))
        .take()
}
