//! Members that were made one, with what was where.

use sea_orm_migration::prelude::TableCreateStatement;
use sea_orm_migration::sea_orm::DbBackend;

use crate::change::Change;
use crate::shape::{id, long_text, number, optional, reference, table, word};

pub(crate) fn changes() -> Vec<Change> {
    vec![
        Change::Table {
            name: "m2026_11_22_000037_member_merge",
            create: member_merge,
        },
        Change::Index {
            name: "m2026_11_22_000037_member_merge_by_kept",
            table: "member_merge",
            columns: &["kept_id", "id"],
        },
        Change::Index {
            name: "m2026_11_22_000037_member_merge_by_end",
            table: "member_merge",
            columns: &["open_until"],
        },
    ]
}

fn member_merge(db: DbBackend) -> TableCreateStatement {
    table("member_merge", db)
        .col(id())
        .col(number("account_id"))
        .col(optional(number("staff_id")))
        .col(number("kept_id"))
        .col(number("gone_id"))
        .col(word("cause"))
        .col(optional(long_text(db, "before")))
        .col(optional(number("open_until")))
        .col(number("created_at"))
        .col(optional(number("undone_at")))
        .foreign_key(&mut reference("member_merge", "account_id", "account"))
        .foreign_key(&mut reference("member_merge", "kept_id", "member"))
        .foreign_key(&mut reference("member_merge", "gone_id", "member"))
        .take()
}
