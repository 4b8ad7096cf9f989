//! Guides.

use sea_orm_migration::prelude::TableCreateStatement;
use sea_orm_migration::sea_orm::DbBackend;

use crate::change::Change;
use crate::shape::{
    USUAL_LENGTH, count, flag, id, key, number, optional, reference, string, table, text, unique,
};

pub(crate) fn changes() -> Vec<Change> {
    vec![
        Change::Table {
            name: "m2026_11_22_000004_guide",
            create: guide,
        },
        Change::Index {
            name: "m2026_11_22_000004_guide_by_store",
            table: "guide",
            columns: &["store_id"],
        },
    ]
}

fn guide(db: DbBackend) -> TableCreateStatement {
    table("guide", db)
        .col(id())
        .col(number("account_id"))
        .col(number("store_id"))
        .col(string("name", USUAL_LENGTH))
        .col(optional(text("welcome")))
        .col(optional(key(db, "openid", USUAL_LENGTH)))
        .col(optional(number("linked_at")))
        .col(flag("on_duty"))
        .col(optional(number("stand_in_id")))
        .col(optional(number("current_member_id")))
        .col(optional(number("current_seen")))
        .col(count("last_number"))
        .col(optional(number("last_member_at")))
        .col(number("created_at"))
        .col(optional(number("left_at")))
        .index(&mut unique("guide", &["account_id", "openid"]))
        .foreign_key(&mut reference("guide", "account_id", "account"))
        .foreign_key(&mut reference("guide", "store_id", "store"))
        .foreign_key(&mut reference("guide", "stand_in_id", "guide"))
        .foreign_key(&mut reference("guide", "current_member_id", "member"))
        .take()
}
