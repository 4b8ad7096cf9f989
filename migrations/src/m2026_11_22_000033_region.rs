//! Regions, whose a store is, and dealers, who see the stores of some regions.

use sea_orm_migration::prelude::TableCreateStatement;
use sea_orm_migration::sea_orm::DbBackend;

use crate::change::Change;
use crate::shape::{
    USUAL_LENGTH, id, number, optional, reference, string, table, text, unique, word,
};

pub(crate) fn changes() -> Vec<Change> {
    vec![
        Change::Table {
            name: "m2026_11_22_000033_region",
            create: region,
        },
        Change::Column {
            name: "m2026_11_22_000033_store_region_id",
            table: "store",
            column: "region_id",
            add: || optional(number("region_id")),
        },
        Change::Column {
            name: "m2026_11_22_000033_store_owner",
            table: "store",
            column: "owner",
            add: || optional(word("owner")),
        },
        Change::Column {
            name: "m2026_11_22_000033_staff_regions",
            table: "staff",
            column: "regions",
            add: || optional(text("regions")),
        },
        Change::Column {
            name: "m2026_11_22_000033_invitation_regions",
            table: "invitation",
            column: "regions",
            add: || optional(text("regions")),
        },
    ]
}

/// The region in which one lies is no reference: a backup writes rows in the order of their ids, and that one may be younger.
fn region(db: DbBackend) -> TableCreateStatement {
    table("region", db)
        .col(id())
        .col(number("account_id"))
        .col(optional(number("parent_id")))
        .col(string("name", USUAL_LENGTH))
        .col(number("created_at"))
        .index(&mut unique("region", &["account_id", "name"]))
        .foreign_key(&mut reference("region", "account_id", "account"))
        .take()
}
