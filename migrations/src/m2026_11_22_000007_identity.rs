//! Identities.

use sea_orm_migration::prelude::TableCreateStatement;
use sea_orm_migration::sea_orm::DbBackend;

use crate::change::Change;
use crate::shape::{flag, key, number, optional, primary, reference, table};

pub(crate) fn changes() -> Vec<Change> {
    vec![
        Change::Table {
            name: "m2026_11_22_000007_identity",
            create: identity,
        },
        Change::Index {
            name: "m2026_11_22_000007_identity_by_member",
            table: "identity",
            columns: &["member_id"],
        },
    ]
}

fn identity(db: DbBackend) -> TableCreateStatement {
    table("identity", db)
        .col(number("account_id"))
        .col(key(db, "openid", 64))
        .col(number("member_id"))
        .col(flag("subscribed"))
        .col(optional(number("first_subscribed_at")))
        .col(optional(number("subscribed_at")))
        .col(optional(number("unsubscribed_at")))
        .col(number("last_seen_at"))
        .primary_key(&mut primary(&["account_id", "openid"]))
        .foreign_key(&mut reference("identity", "account_id", "account"))
        .foreign_key(&mut reference("identity", "member_id", "member"))
        .take()
}
