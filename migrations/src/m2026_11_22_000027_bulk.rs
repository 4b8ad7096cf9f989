//! Bulk work, and whom it changed.

use sea_orm_migration::prelude::TableCreateStatement;
use sea_orm_migration::sea_orm::DbBackend;

use crate::change::Change;
use crate::shape::{
    count, id, key, number, optional, primary, reference, string, table, text, word,
};

pub(crate) fn changes() -> Vec<Change> {
    vec![
        Change::Table {
            name: "m2026_11_22_000027_bulk",
            create: bulk,
        },
        Change::Table {
            name: "m2026_11_22_000027_bulk_member",
            create: bulk_member,
        },
    ]
}

fn bulk(db: DbBackend) -> TableCreateStatement {
    table("bulk", db)
        .col(id())
        .col(number("account_id"))
        .col(number("staff_id"))
        .col(word("work"))
        .col(word("state"))
        .col(text("audience"))
        .col(optional(number("tag_id")))
        .col(optional(string("targets", 4000)))
        .col(optional(key(db, "place", 64)))
        .col(optional(count("members")))
        .col(count("seen"))
        .col(count("changed"))
        .col(count("restored"))
        .col(count("kept"))
        .col(number("created_at"))
        .col(optional(number("done_at")))
        .col(optional(number("undone_at")))
        .foreign_key(&mut reference("bulk", "account_id", "account"))
        .foreign_key(&mut reference("bulk", "staff_id", "staff"))
        .foreign_key(&mut reference("bulk", "tag_id", "tag"))
        .take()
}

fn bulk_member(db: DbBackend) -> TableCreateStatement {
    table("bulk_member", db)
        .col(number("bulk_id"))
        .col(number("member_id"))
        .col(optional(number("to_guide_id")))
        .col(optional(number("guide_id")))
        .col(optional(number("store_id")))
        .col(optional(number("code_id")))
        .col(optional(number("bound_at")))
        .col(word("outcome"))
        .primary_key(&mut primary(&["bulk_id", "member_id"]))
        .foreign_key(&mut reference("bulk_member", "bulk_id", "bulk"))
        .foreign_key(&mut reference("bulk_member", "member_id", "member"))
        .take()
}
