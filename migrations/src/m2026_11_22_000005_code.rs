//! Scene codes.

use sea_orm_migration::prelude::TableCreateStatement;
use sea_orm_migration::sea_orm::DbBackend;

use crate::change::Change;
use crate::shape::{
    USUAL_LENGTH, id, key, number, optional, reference, string, table, unique, word,
};

pub(crate) fn changes() -> Vec<Change> {
    vec![
        Change::Table {
            name: "m2026_11_22_000005_code",
            create: code,
        },
        Change::Index {
            name: "m2026_11_22_000005_code_by_guide",
            table: "code",
            columns: &["guide_id"],
        },
        Change::Index {
            name: "m2026_11_22_000005_code_by_store",
            table: "code",
            columns: &["store_id"],
        },
    ]
}

fn code(db: DbBackend) -> TableCreateStatement {
    table("code", db)
        .col(id())
        .col(number("account_id"))
        .col(key(db, "scene", USUAL_LENGTH))
        .col(word("purpose"))
        .col(optional(number("guide_id")))
        .col(optional(number("store_id")))
        .col(key(db, "ticket", USUAL_LENGTH))
        .col(string("url", USUAL_LENGTH))
        .col(number("created_at"))
        .col(optional(number("expires_at")))
        .col(optional(number("used_at")))
        .index(&mut unique("code", &["account_id", "scene"]))
        .foreign_key(&mut reference("code", "account_id", "account"))
        .foreign_key(&mut reference("code", "guide_id", "guide"))
        .foreign_key(&mut reference("code", "store_id", "store"))
        .take()
}
