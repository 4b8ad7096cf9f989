//! Phone numbers of members.

use sea_orm_migration::prelude::TableCreateStatement;
use sea_orm_migration::sea_orm::DbBackend;

use crate::change::Change;
use crate::shape::{key, number, own_id_of, reference, sealed, string, table};

pub(crate) fn changes() -> Vec<Change> {
    vec![
        Change::Table {
            name: "m2026_11_22_000030_member_phone",
            create: member_phone,
        },
        Change::Index {
            name: "m2026_11_22_000030_member_phone_by_digest",
            table: "member_phone",
            columns: &["digest"],
        },
    ]
}

fn member_phone(db: DbBackend) -> TableCreateStatement {
    table("member_phone", db)
        .col(own_id_of("member_id"))
        .col(sealed("sealed"))
        .col(key(db, "digest", 64))
        .col(string("masked", 32))
        .col(number("noted_at"))
        .foreign_key(&mut reference("member_phone", "member_id", "member"))
        .take()
}
