//! Runs over the followers of an account, and how each of them came.

use sea_orm_migration::prelude::TableCreateStatement;
use sea_orm_migration::sea_orm::DbBackend;

use crate::change::Change;
use crate::shape::{count, id, key, number, optional, reference, string, table, word};

pub(crate) fn changes() -> Vec<Change> {
    vec![
        Change::Table {
            name: "m2026_11_22_000039_follower_sync",
            create: follower_sync,
        },
        Change::Column {
            name: "m2026_11_22_000039_identity_subscribe_scene",
            table: "identity",
            column: "subscribe_scene",
            add: || optional(string("subscribe_scene", 64)),
        },
    ]
}

fn follower_sync(db: DbBackend) -> TableCreateStatement {
    table("follower_sync", db)
        .col(id())
        .col(number("account_id"))
        .col(optional(number("staff_id")))
        .col(word("state"))
        .col(optional(key(db, "page", 64)))
        .col(optional(key(db, "place", 64)))
        .col(optional(count("total")))
        .col(count("seen"))
        .col(count("added"))
        .col(count("joined"))
        .col(count("back"))
        .col(count("left_out"))
        .col(number("due_at"))
        .col(optional(string("trouble", 64)))
        .col(number("created_at"))
        .col(optional(number("done_at")))
        .foreign_key(&mut reference("follower_sync", "account_id", "account"))
        .foreign_key(&mut reference("follower_sync", "staff_id", "staff"))
        .take()
}
