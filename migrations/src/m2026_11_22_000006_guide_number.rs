//! Guides' numbers for members.

use sea_orm_migration::prelude::TableCreateStatement;
use sea_orm_migration::sea_orm::DbBackend;

use crate::change::Change;
use crate::shape::{count, number, primary, reference, table, unique};

pub(crate) fn changes() -> Vec<Change> {
    vec![Change::Table {
        name: "m2026_11_22_000006_guide_number",
        create: guide_number,
    }]
}

fn guide_number(db: DbBackend) -> TableCreateStatement {
    table("guide_number", db)
        .col(number("guide_id"))
        .col(count("number"))
        .col(number("member_id"))
        .col(number("given_at"))
        .primary_key(&mut primary(&["guide_id", "number"]))
        .index(&mut unique("guide_number", &["guide_id", "member_id"]))
        .foreign_key(&mut reference("guide_number", "guide_id", "guide"))
        .foreign_key(&mut reference("guide_number", "member_id", "member"))
        .take()
}
