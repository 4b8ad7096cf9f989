//! Campaigns, each with its code.

use sea_orm_migration::prelude::TableCreateStatement;
use sea_orm_migration::sea_orm::DbBackend;

use crate::change::Change;
use crate::shape::{USUAL_LENGTH, number, optional, own_id_of, reference, string, table, text};

pub(crate) fn changes() -> Vec<Change> {
    vec![Change::Table {
        name: "m2026_11_22_000038_campaign",
        create: campaign,
    }]
}

fn campaign(db: DbBackend) -> TableCreateStatement {
    table("campaign", db)
        .col(own_id_of("code_id"))
        .col(number("account_id"))
        .col(string("name", USUAL_LENGTH))
        .col(number("starts_at"))
        .col(number("ends_at"))
        .col(optional(string("stores", 4000)))
        .col(optional(string("guides", 4000)))
        .col(optional(text("welcome")))
        .col(optional(number("renew_at")))
        .col(optional(number("renewed_at")))
        .col(number("created_at"))
        .foreign_key(&mut reference("campaign", "code_id", "code"))
        .foreign_key(&mut reference("campaign", "account_id", "account"))
        .take()
}
