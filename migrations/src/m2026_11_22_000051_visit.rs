//! Visits to stores.

use sea_orm_migration::prelude::TableCreateStatement;
use sea_orm_migration::sea_orm::DbBackend;

use crate::change::Change;
use crate::shape::{USUAL_LENGTH, id, number, optional, string, table, word};

pub(crate) fn changes() -> Vec<Change> {
    vec![
        Change::Table {
            name: "m2026_11_22_000051_visit",
            create: visit,
        },
        Change::Index {
            name: "m2026_11_22_000051_visit_by_member",
            table: "visit",
            columns: &["member_id", "id"],
        },
    ]
}

fn visit(db: DbBackend) -> TableCreateStatement {
    table("visit", db)
        .col(id())
        .col(number("account_id"))
        .col(number("member_id"))
        .col(number("guide_id"))
        .col(number("store_id"))
        .col(string("products", USUAL_LENGTH))
        .col(optional(word("concern")))
        .col(string("reasons", USUAL_LENGTH))
        .col(number("at"))
        .take()
}
