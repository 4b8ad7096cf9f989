//! Messages on their way to people.

use sea_orm_migration::prelude::TableCreateStatement;
use sea_orm_migration::sea_orm::DbBackend;

use crate::change::Change;
use crate::shape::{count, id, json, key, number, optional, string, table, word};

pub(crate) fn changes() -> Vec<Change> {
    vec![
        Change::Table {
            name: "m2026_11_22_000018_outbound",
            create: outbound,
        },
        Change::Index {
            name: "m2026_11_22_000018_outbound_by_lane",
            table: "outbound",
            columns: &["account_id", "openid", "state", "id"],
        },
        Change::Index {
            name: "m2026_11_22_000018_outbound_by_due",
            table: "outbound",
            columns: &["state", "due_at"],
        },
        Change::Index {
            name: "m2026_11_22_000018_outbound_by_lease",
            table: "outbound",
            columns: &["state", "lease_until"],
        },
        Change::Index {
            name: "m2026_11_22_000018_outbound_by_inbound",
            table: "outbound",
            columns: &["inbound_id"],
        },
        Change::Index {
            name: "m2026_11_22_000018_outbound_by_answer",
            table: "outbound",
            columns: &["answer_to"],
        },
        Change::Index {
            name: "m2026_11_22_000018_outbound_by_message",
            table: "outbound",
            columns: &["message_id"],
        },
        Change::Index {
            name: "m2026_11_22_000018_outbound_by_guide",
            table: "outbound",
            columns: &["guide_id", "state", "id"],
        },
        Change::Index {
            name: "m2026_11_22_000018_outbound_by_member",
            table: "outbound",
            columns: &["member_id", "state", "id"],
        },
    ]
}

fn outbound(db: DbBackend) -> TableCreateStatement {
    table("outbound", db)
        .col(id())
        .col(number("account_id"))
        .col(key(db, "openid", 64))
        .col(word("purpose"))
        .col(json("content"))
        .col(optional(number("member_id")))
        .col(optional(number("guide_id")))
        .col(optional(number("message_id")))
        .col(optional(number("inbound_id")))
        .col(optional(number("answer_to")))
        .col(word("state"))
        .col(optional(word("channel")))
        .col(count("attempts"))
        .col(number("due_at"))
        .col(optional(number("lease_until")))
        .col(number("fence"))
        .col(optional(word("spent")))
        .col(optional(number("code")))
        .col(optional(string("reason", 64)))
        .col(number("created_at"))
        .col(optional(number("settled_at")))
        .take()
}
