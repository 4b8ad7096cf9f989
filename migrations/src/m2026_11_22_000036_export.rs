//! Lists of members that are taken out, and their pieces until they are fetched.

use sea_orm_migration::prelude::TableCreateStatement;
use sea_orm_migration::sea_orm::DbBackend;

use crate::change::Change;
use crate::shape::{
    bytes, count, flag, id, key, number, optional, primary, reference, string, table, text, word,
};

pub(crate) fn changes() -> Vec<Change> {
    vec![
        Change::Table {
            name: "m2026_11_22_000036_export",
            create: export,
        },
        Change::Table {
            name: "m2026_11_22_000036_export_piece",
            create: export_piece,
        },
    ]
}

fn export(db: DbBackend) -> TableCreateStatement {
    table("export", db)
        .col(id())
        .col(number("account_id"))
        .col(number("staff_id"))
        .col(word("state"))
        .col(text("audience"))
        .col(string("words", 500))
        .col(flag("whole"))
        .col(optional(string("reason", 200)))
        .col(optional(key(db, "place", 64)))
        .col(count("rows"))
        .col(count("pieces"))
        .col(number("created_at"))
        .col(optional(number("done_at")))
        .foreign_key(&mut reference("export", "account_id", "account"))
        .foreign_key(&mut reference("export", "staff_id", "staff"))
        .take()
}

fn export_piece(db: DbBackend) -> TableCreateStatement {
    table("export_piece", db)
        .col(number("export_id"))
        .col(count("seq"))
        .col(bytes(db, "sealed"))
        .primary_key(&mut primary(&["export_id", "seq"]))
        .foreign_key(&mut reference("export_piece", "export_id", "export"))
        .take()
}
