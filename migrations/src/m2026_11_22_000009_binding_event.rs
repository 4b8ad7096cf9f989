//! The history of bindings.

use sea_orm_migration::prelude::TableCreateStatement;
use sea_orm_migration::sea_orm::DbBackend;

use crate::change::Change;
use crate::shape::{id, number, optional, reference, table, word};

pub(crate) fn changes() -> Vec<Change> {
    vec![
        Change::Table {
            name: "m2026_11_22_000009_binding_event",
            create: binding_event,
        },
        Change::Index {
            name: "m2026_11_22_000009_binding_event_by_member",
            table: "binding_event",
            columns: &["member_id", "id"],
        },
    ]
}

fn binding_event(db: DbBackend) -> TableCreateStatement {
    table("binding_event", db)
        .col(id())
        .col(number("member_id"))
        .col(optional(number("from_guide_id")))
        .col(optional(number("to_guide_id")))
        .col(word("reason"))
        .col(optional(number("code_id")))
        .col(optional(number("inbound_id")))
        .col(number("at"))
        .foreign_key(&mut reference("binding_event", "member_id", "member"))
        .foreign_key(&mut reference("binding_event", "from_guide_id", "guide"))
        .foreign_key(&mut reference("binding_event", "to_guide_id", "guide"))
        .take()
}
