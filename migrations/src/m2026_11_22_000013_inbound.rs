//! Pushes.

use sea_orm_migration::prelude::TableCreateStatement;
use sea_orm_migration::sea_orm::DbBackend;

use crate::change::Change;
use crate::shape::{count, id, key, long_text, number, optional, string, table, text, word};

pub(crate) fn changes() -> Vec<Change> {
    vec![
        Change::Table {
            name: "m2026_11_22_000013_inbound",
            create: inbound,
        },
        Change::Index {
            name: "m2026_11_22_000013_inbound_by_lane",
            table: "inbound",
            columns: &["account_id", "openid", "state", "id"],
        },
        Change::Index {
            name: "m2026_11_22_000013_inbound_by_state",
            table: "inbound",
            columns: &["state", "received_at"],
        },
        Change::Index {
            name: "m2026_11_22_000013_inbound_by_age",
            table: "inbound",
            columns: &["received_at"],
        },
    ]
}

fn inbound(db: DbBackend) -> TableCreateStatement {
    table("inbound", db)
        .col(id())
        .col(number("account_id"))
        .col(key(db, "openid", 64))
        .col(string("msg_type", 64))
        .col(optional(string("event", 64)))
        .col(string("format", 8))
        .col(optional(long_text(db, "raw")))
        .col(optional(count("key_index")))
        .col(optional(number("pushed_at")))
        .col(number("received_at"))
        .col(word("state"))
        .col(word("answer"))
        .col(optional(long_text(db, "answer_body")))
        .col(count("attempts"))
        .col(optional(text("fault")))
        .take()
}
