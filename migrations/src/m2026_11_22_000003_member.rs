//! Members.

use sea_orm_migration::prelude::TableCreateStatement;
use sea_orm_migration::sea_orm::DbBackend;

use crate::change::Change;
use crate::shape::{USUAL_LENGTH, flag, id, key, number, optional, string, table, unique};

pub(crate) fn changes() -> Vec<Change> {
    vec![Change::Table {
        name: "m2026_11_22_000003_member",
        create: member,
    }]
}

fn member(db: DbBackend) -> TableCreateStatement {
    table("member", db)
        .col(id())
        .col(optional(key(db, "unionid", USUAL_LENGTH)))
        .col(optional(string("name", USUAL_LENGTH)))
        .col(flag("quiet"))
        .col(flag("muted"))
        .col(number("created_at"))
        .index(&mut unique("member", &["unionid"]))
        .take()
}
