//! Lanes.

use sea_orm_migration::prelude::TableCreateStatement;
use sea_orm_migration::sea_orm::DbBackend;

use crate::change::Change;
use crate::shape::{key, number, optional, primary, table, word};

pub(crate) fn changes() -> Vec<Change> {
    vec![
        Change::Table {
            name: "m2026_11_22_000015_lane",
            create: lane,
        },
        Change::Index {
            name: "m2026_11_22_000015_lane_by_lease",
            table: "lane",
            columns: &["lease_until"],
        },
    ]
}

fn lane(db: DbBackend) -> TableCreateStatement {
    table("lane", db)
        .col(number("account_id"))
        .col(key(db, "openid", 64))
        .col(word("way"))
        .col(optional(key(db, "owner", 64)))
        .col(number("lease_until"))
        .col(number("fence"))
        .primary_key(&mut primary(&["account_id", "openid", "way"]))
        .take()
}
