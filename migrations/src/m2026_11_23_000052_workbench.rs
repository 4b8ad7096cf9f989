//! The guide's workbench: who is signed in, one-time links, lines sent from a page, and what is unread.

use sea_orm_migration::prelude::TableCreateStatement;
use sea_orm_migration::sea_orm::DbBackend;

use crate::change::Change;
use crate::shape::{count, key, number, optional, primary, reference, table, word};

/// SHA-256 in hexadecimal.
const DIGEST_LENGTH: u32 = 64;

pub(crate) fn changes() -> Vec<Change> {
    vec![
        Change::Table {
            name: "m2026_11_23_000052_guide_sign_in",
            create: guide_sign_in,
        },
        Change::Index {
            name: "m2026_11_23_000052_guide_sign_in_guide",
            table: "guide_sign_in",
            columns: &["guide_id"],
        },
        Change::Table {
            name: "m2026_11_23_000052_guide_pass",
            create: guide_pass,
        },
        Change::Index {
            name: "m2026_11_23_000052_guide_pass_guide",
            table: "guide_pass",
            columns: &["guide_id"],
        },
        Change::Table {
            name: "m2026_11_23_000052_guide_line",
            create: guide_line,
        },
        Change::Index {
            name: "m2026_11_23_000052_guide_line_at",
            table: "guide_line",
            columns: &["at"],
        },
        Change::Column {
            name: "m2026_11_23_000052_conversation_unread",
            table: "conversation",
            column: "unread",
            add: || optional(count("unread")),
        },
        Change::Column {
            name: "m2026_11_23_000052_guide_number_starred",
            table: "guide_number",
            column: "starred_at",
            add: || optional(number("starred_at")),
        },
        Change::Index {
            name: "m2026_11_23_000052_guide_number_starred_index",
            table: "guide_number",
            columns: &["guide_id", "starred_at"],
        },
    ]
}

fn guide_sign_in(db: DbBackend) -> TableCreateStatement {
    table("guide_sign_in", db)
        .col(key(db, "digest", DIGEST_LENGTH))
        .col(number("guide_id"))
        .col(word("way"))
        .col(number("created_at"))
        .col(number("seen_at"))
        .primary_key(&mut primary(&["digest"]))
        .foreign_key(&mut reference("guide_sign_in", "guide_id", "guide"))
        .take()
}

fn guide_pass(db: DbBackend) -> TableCreateStatement {
    table("guide_pass", db)
        .col(key(db, "digest", DIGEST_LENGTH))
        .col(number("guide_id"))
        .col(number("expires_at"))
        .primary_key(&mut primary(&["digest"]))
        .foreign_key(&mut reference("guide_pass", "guide_id", "guide"))
        .take()
}

fn guide_line(db: DbBackend) -> TableCreateStatement {
    table("guide_line", db)
        .col(number("guide_id"))
        .col(key(db, "page_key", DIGEST_LENGTH))
        .col(number("message_id"))
        .col(number("at"))
        .primary_key(&mut primary(&["guide_id", "page_key"]))
        .foreign_key(&mut reference("guide_line", "guide_id", "guide"))
        .take()
}
