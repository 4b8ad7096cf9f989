//! What guides write down about members: notes, and tasks with a time.

use sea_orm_migration::prelude::TableCreateStatement;
use sea_orm_migration::sea_orm::DbBackend;

use crate::change::Change;
use crate::shape::{id, number, optional, reference, table, text};

pub(crate) fn changes() -> Vec<Change> {
    vec![
        Change::Table {
            name: "m2026_11_23_000053_member_note",
            create: member_note,
        },
        Change::Index {
            name: "m2026_11_23_000053_member_note_member",
            table: "member_note",
            columns: &["member_id"],
        },
        Change::Table {
            name: "m2026_11_23_000053_task",
            create: task,
        },
        Change::Index {
            name: "m2026_11_23_000053_task_member",
            table: "task",
            columns: &["member_id", "done_at"],
        },
        Change::Index {
            name: "m2026_11_23_000053_task_guide",
            table: "task",
            columns: &["guide_id", "done_at", "due_at"],
        },
    ]
}

fn member_note(db: DbBackend) -> TableCreateStatement {
    table("member_note", db)
        .col(id())
        .col(number("member_id"))
        .col(number("guide_id"))
        .col(text("text"))
        .col(number("at"))
        .foreign_key(&mut reference("member_note", "member_id", "member"))
        .foreign_key(&mut reference("member_note", "guide_id", "guide"))
        .take()
}

fn task(db: DbBackend) -> TableCreateStatement {
    table("task", db)
        .col(id())
        .col(number("member_id"))
        .col(number("guide_id"))
        .col(text("text"))
        .col(number("due_at"))
        .col(number("created_at"))
        .col(optional(number("done_at")))
        .foreign_key(&mut reference("task", "member_id", "member"))
        .foreign_key(&mut reference("task", "guide_id", "guide"))
        .take()
}
