//! Accounts.

use sea_orm_migration::prelude::TableCreateStatement;
use sea_orm_migration::sea_orm::DbBackend;

use crate::change::Change;
use crate::shape::{
    USUAL_LENGTH, count, id, key, number, optional, sealed, string, table, unique, word,
};

pub(crate) fn changes() -> Vec<Change> {
    vec![Change::Table {
        name: "m2026_11_22_000001_account",
        create: account,
    }]
}

fn account(db: DbBackend) -> TableCreateStatement {
    table("account", db)
        .col(id())
        .col(key(db, "appid", USUAL_LENGTH))
        .col(string("kind", USUAL_LENGTH))
        .col(string("mode", USUAL_LENGTH))
        .col(optional(key(db, "original_id", USUAL_LENGTH)))
        .col(sealed("secret"))
        .col(sealed("token"))
        .col(optional(sealed("aes_key")))
        .col(optional(sealed("aes_key_previous")))
        .col(word("scan_rule"))
        .col(count("protection_days"))
        .col(number("created_at"))
        .col(number("updated_at"))
        .index(&mut unique("account", &["appid"]))
        .take()
}
