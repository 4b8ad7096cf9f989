//! Sensitive words, and the lines in which they were found.

use sea_orm_migration::prelude::TableCreateStatement;
use sea_orm_migration::sea_orm::DbBackend;

use crate::change::Change;
use crate::shape::{id, number, optional, reference, string, table, text, word};

pub(crate) fn changes() -> Vec<Change> {
    vec![
        Change::Table {
            name: "m2026_11_22_000042_sensitive_word",
            create: sensitive_word,
        },
        Change::Table {
            name: "m2026_11_22_000042_sensitive_hit",
            create: sensitive_hit,
        },
        Change::Index {
            name: "m2026_11_22_000042_sensitive_hit_by_account",
            table: "sensitive_hit",
            columns: &["account_id", "author", "id"],
        },
        Change::Index {
            name: "m2026_11_22_000042_sensitive_hit_by_guide",
            table: "sensitive_hit",
            columns: &["guide_id", "author", "id"],
        },
        Change::Index {
            name: "m2026_11_22_000042_sensitive_hit_by_member",
            table: "sensitive_hit",
            columns: &["member_id", "id"],
        },
    ]
}

fn sensitive_word(db: DbBackend) -> TableCreateStatement {
    table("sensitive_word", db)
        .col(id())
        .col(optional(number("account_id")))
        .col(string("word", 64))
        .col(string("category", 64))
        .col(number("added_at"))
        .foreign_key(&mut reference("sensitive_word", "account_id", "account"))
        .take()
}

fn sensitive_hit(db: DbBackend) -> TableCreateStatement {
    table("sensitive_hit", db)
        .col(id())
        .col(number("account_id"))
        .col(number("member_id"))
        .col(optional(number("guide_id")))
        .col(word("author"))
        .col(optional(number("message_id")))
        .col(optional(text("content")))
        .col(string("words", 191))
        .col(number("at"))
        .take()
}
