//! Pictures that the brand and its guides use, the lines that carry them, and guides' photos.

use sea_orm_migration::prelude::TableCreateStatement;
use sea_orm_migration::sea_orm::DbBackend;

use crate::change::Change;
use crate::shape::{
    USUAL_LENGTH, count, id, key, number, optional, own_id_of, reference, string, table, unique,
    word,
};

/// SHA-256 in hexadecimal.
const DIGEST_LENGTH: u32 = 64;

pub(crate) fn changes() -> Vec<Change> {
    vec![
        Change::Table {
            name: "m2026_11_22_000049_picture",
            create: picture,
        },
        Change::Index {
            name: "m2026_11_22_000049_picture_by_use",
            table: "picture",
            columns: &["used_at"],
        },
        Change::Table {
            name: "m2026_11_22_000049_picture_line",
            create: picture_line,
        },
        Change::Index {
            name: "m2026_11_22_000049_picture_line_by_picture",
            table: "picture_line",
            columns: &["picture_id"],
        },
        Change::Column {
            name: "m2026_11_22_000049_guide_photo",
            table: "guide",
            column: "photo_id",
            add: || optional(number("photo_id")),
        },
        Change::Index {
            name: "m2026_11_22_000049_guide_by_photo",
            table: "guide",
            columns: &["photo_id"],
        },
    ]
}

fn picture(db: DbBackend) -> TableCreateStatement {
    table("picture", db)
        .col(id())
        .col(number("account_id"))
        .col(key(db, "digest", DIGEST_LENGTH))
        .col(word("kind"))
        .col(string("file", USUAL_LENGTH))
        .col(count("bytes"))
        .col(count("width"))
        .col(count("height"))
        .col(optional(key(db, "usable_id", USUAL_LENGTH)))
        .col(number("usable_until"))
        .col(number("created_at"))
        .col(number("used_at"))
        .index(&mut unique("picture", &["account_id", "digest"]))
        .foreign_key(&mut reference("picture", "account_id", "account"))
        .take()
}

/// A line has one picture at the most.
fn picture_line(db: DbBackend) -> TableCreateStatement {
    table("picture_line", db)
        .col(own_id_of("message_id"))
        .col(number("picture_id"))
        .foreign_key(&mut reference("picture_line", "picture_id", "picture"))
        .take()
}
