//! Files that are brought in, their rows until they are taken, and the brand's own numbers of its members.

use sea_orm_migration::prelude::TableCreateStatement;
use sea_orm_migration::sea_orm::DbBackend;

use crate::change::Change;
use crate::shape::{
    bytes, count, id, key, number, optional, own_id_of, primary, reference, string, table, text,
    unique, word,
};

pub(crate) fn changes() -> Vec<Change> {
    vec![
        Change::Table {
            name: "m2026_11_22_000035_import",
            create: import,
        },
        Change::Table {
            name: "m2026_11_22_000035_import_row",
            create: import_row,
        },
        Change::Table {
            name: "m2026_11_22_000035_member_card",
            create: member_card,
        },
    ]
}

fn import(db: DbBackend) -> TableCreateStatement {
    table("import", db)
        .col(id())
        .col(number("account_id"))
        .col(number("staff_id"))
        .col(word("kind"))
        .col(word("state"))
        .col(string("file_name", 120))
        .col(text("headings"))
        .col(optional(string("targets", 4000)))
        .col(count("rows"))
        .col(count("bad"))
        .col(count("place"))
        .col(count("made"))
        .col(count("known"))
        .col(number("created_at"))
        .col(optional(number("started_at")))
        .col(optional(number("done_at")))
        .foreign_key(&mut reference("import", "account_id", "account"))
        .foreign_key(&mut reference("import", "staff_id", "staff"))
        .take()
}

fn import_row(db: DbBackend) -> TableCreateStatement {
    table("import_row", db)
        .col(number("import_id"))
        .col(count("line"))
        .col(bytes(db, "sealed"))
        .col(word("state"))
        .col(optional(string("problem", 500)))
        .primary_key(&mut primary(&["import_id", "line"]))
        .foreign_key(&mut reference("import_row", "import_id", "import"))
        .take()
}

fn member_card(db: DbBackend) -> TableCreateStatement {
    table("member_card", db)
        .col(own_id_of("member_id"))
        .col(number("account_id"))
        .col(key(db, "number", 64))
        .index(&mut unique("member_card", &["account_id", "number"]))
        .foreign_key(&mut reference("member_card", "member_id", "member"))
        .take()
}
