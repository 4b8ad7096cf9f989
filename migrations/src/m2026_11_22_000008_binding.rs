//! Bindings: the primary key keeps them one to a member.

use sea_orm_migration::prelude::TableCreateStatement;
use sea_orm_migration::sea_orm::DbBackend;

use crate::change::Change;
use crate::shape::{number, optional, own_id_of, reference, table};

pub(crate) fn changes() -> Vec<Change> {
    vec![
        Change::Table {
            name: "m2026_11_22_000008_binding",
            create: binding,
        },
        Change::Index {
            name: "m2026_11_22_000008_binding_by_guide",
            table: "binding",
            columns: &["guide_id", "bound_at"],
        },
    ]
}

fn binding(db: DbBackend) -> TableCreateStatement {
    table("binding", db)
        .col(own_id_of("member_id"))
        .col(number("guide_id"))
        .col(number("store_id"))
        .col(optional(number("code_id")))
        .col(number("bound_at"))
        .foreign_key(&mut reference("binding", "member_id", "member"))
        .foreign_key(&mut reference("binding", "guide_id", "guide"))
        .foreign_key(&mut reference("binding", "store_id", "store"))
        .take()
}
