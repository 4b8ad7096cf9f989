//! Stored media.

use sea_orm_migration::prelude::TableCreateStatement;
use sea_orm_migration::sea_orm::DbBackend;

use crate::change::Change;
use crate::shape::{count, flag, id, key, number, optional, reference, string, table, unique};

pub(crate) fn changes() -> Vec<Change> {
    vec![
        Change::Table {
            name: "m2026_11_22_000012_media",
            create: media,
        },
        Change::Index {
            name: "m2026_11_22_000012_media_by_expiry",
            table: "media",
            columns: &["usable_until"],
        },
    ]
}

fn media(db: DbBackend) -> TableCreateStatement {
    table("media", db)
        .col(id())
        .col(number("account_id"))
        .col(key(db, "wechat_id", 191))
        .col(string("kind", 16))
        .col(optional(string("file", 191)))
        .col(optional(string("content_type", 64)))
        .col(key(db, "usable_id", 191))
        .col(number("usable_until"))
        .col(count("attempts"))
        .col(flag("given_up"))
        .col(number("created_at"))
        .index(&mut unique("media", &["account_id", "wechat_id"]))
        .foreign_key(&mut reference("media", "account_id", "account"))
        .take()
}
