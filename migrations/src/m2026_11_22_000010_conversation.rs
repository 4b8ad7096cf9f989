//! Conversations.

use sea_orm_migration::prelude::TableCreateStatement;
use sea_orm_migration::sea_orm::DbBackend;

use crate::change::Change;
use crate::shape::{flag, key, number, optional, own_id_of, reference, table};

pub(crate) fn changes() -> Vec<Change> {
    vec![
        Change::Table {
            name: "m2026_11_22_000010_conversation",
            create: conversation,
        },
        Change::Index {
            name: "m2026_11_22_000010_conversation_by_guide",
            table: "conversation",
            columns: &["guide_id", "unanswered", "last_line_id"],
        },
    ]
}

fn conversation(db: DbBackend) -> TableCreateStatement {
    table("conversation", db)
        .col(own_id_of("member_id"))
        .col(number("account_id"))
        .col(key(db, "openid", 64))
        .col(optional(number("guide_id")))
        .col(optional(number("last_member_at")))
        .col(optional(number("last_line_id")))
        .col(flag("unanswered"))
        .col(optional(number("last_reply_at")))
        .col(optional(number("told_at")))
        .foreign_key(&mut reference("conversation", "member_id", "member"))
        .foreign_key(&mut reference("conversation", "account_id", "account"))
        .foreign_key(&mut reference("conversation", "guide_id", "guide"))
        .take()
}
