//! Questions to guides.

use sea_orm_migration::prelude::TableCreateStatement;
use sea_orm_migration::sea_orm::DbBackend;

use crate::change::Change;
use crate::shape::{id, json, number, optional, reference, table, word};

pub(crate) fn changes() -> Vec<Change> {
    vec![
        Change::Table {
            name: "m2026_11_22_000011_question",
            create: question,
        },
        Change::Index {
            name: "m2026_11_22_000011_question_by_guide",
            table: "question",
            columns: &["guide_id", "state", "id"],
        },
    ]
}

fn question(db: DbBackend) -> TableCreateStatement {
    table("question", db)
        .col(id())
        .col(number("account_id"))
        .col(number("guide_id"))
        .col(number("inbound_id"))
        .col(json("content"))
        .col(word("state"))
        .col(number("asked_at"))
        .col(optional(number("decided_at")))
        .foreign_key(&mut reference("question", "account_id", "account"))
        .foreign_key(&mut reference("question", "guide_id", "guide"))
        .take()
}
