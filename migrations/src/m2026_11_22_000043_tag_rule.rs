//! Tags that put themselves on.

use sea_orm_migration::prelude::TableCreateStatement;
use sea_orm_migration::sea_orm::DbBackend;

use crate::change::Change;
use crate::shape::{number, own_id_of, reference, table, word};

pub(crate) fn changes() -> Vec<Change> {
    vec![Change::Table {
        name: "m2026_11_22_000043_tag_rule",
        create: tag_rule,
    }]
}

/// At most one for each tag, of which there are few.
fn tag_rule(db: DbBackend) -> TableCreateStatement {
    table("tag_rule", db)
        .col(own_id_of("tag_id"))
        .col(number("account_id"))
        .col(word("kind"))
        .col(number("value"))
        .col(number("place"))
        .col(number("next_at"))
        .foreign_key(&mut reference("tag_rule", "tag_id", "tag"))
        .foreign_key(&mut reference("tag_rule", "account_id", "account"))
        .take()
}
