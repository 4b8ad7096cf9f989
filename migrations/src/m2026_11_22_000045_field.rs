//! What the brand wants to know of its members, and what stands there.

use sea_orm_migration::prelude::TableCreateStatement;
use sea_orm_migration::sea_orm::DbBackend;

use crate::change::Change;
use crate::shape::{
    count, flag, id, number, optional, own_id_of, primary, reference, string, table, text, unique,
    word,
};

pub(crate) fn changes() -> Vec<Change> {
    vec![
        Change::Table {
            name: "m2026_11_22_000045_field",
            create: field,
        },
        Change::Table {
            name: "m2026_11_22_000045_field_choice",
            create: field_choice,
        },
        Change::Table {
            name: "m2026_11_22_000045_member_field",
            create: member_field,
        },
        Change::Table {
            name: "m2026_11_22_000045_member_choice",
            create: member_choice,
        },
    ]
}

fn field(db: DbBackend) -> TableCreateStatement {
    table("field", db)
        .col(id())
        .col(number("account_id"))
        .col(string("name", 20))
        .col(word("kind"))
        .col(count("place"))
        .col(flag("masked"))
        .col(number("created_at"))
        .col(optional(number("archived_at")))
        .index(&mut unique("field", &["account_id", "name"]))
        .foreign_key(&mut reference("field", "account_id", "account"))
        .take()
}

fn field_choice(db: DbBackend) -> TableCreateStatement {
    table("field_choice", db)
        .col(id())
        .col(number("field_id"))
        .col(string("word", 20))
        .col(count("place"))
        .col(optional(number("removed_at")))
        .index(&mut unique("field_choice", &["field_id", "word"]))
        .foreign_key(&mut reference("field_choice", "field_id", "field"))
        .take()
}

fn member_field(db: DbBackend) -> TableCreateStatement {
    table("member_field", db)
        .col(own_id_of("member_id"))
        .col(text("content"))
        .foreign_key(&mut reference("member_field", "member_id", "member"))
        .take()
}

/// Newest members first, along the key.
fn member_choice(db: DbBackend) -> TableCreateStatement {
    table("member_choice", db)
        .col(number("choice_id"))
        .col(number("member_id"))
        .primary_key(&mut primary(&["choice_id", "member_id"]))
        .foreign_key(&mut reference("member_choice", "choice_id", "field_choice"))
        .foreign_key(&mut reference("member_choice", "member_id", "member"))
        .take()
}
