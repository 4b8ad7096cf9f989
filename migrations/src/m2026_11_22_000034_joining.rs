//! How new guides join by a store's invitation, and what is known of a guide besides the name.

use sea_orm_migration::prelude::TableCreateStatement;
use sea_orm_migration::sea_orm::DbBackend;

use crate::change::Change;
use crate::shape::{
    USUAL_LENGTH, id, key, number, optional, own_id_of, reference, sealed, string, table, unique,
    word,
};

/// SHA-256 in hexadecimal.
const DIGEST_LENGTH: u32 = 64;
/// `138****1234`
const MASKED_LENGTH: u32 = 32;

pub(crate) fn changes() -> Vec<Change> {
    vec![
        Change::Table {
            name: "m2026_11_22_000034_guide_invitation",
            create: guide_invitation,
        },
        Change::Table {
            name: "m2026_11_22_000034_applicant",
            create: applicant,
        },
        Change::Column {
            name: "m2026_11_22_000034_guide_speciality",
            table: "guide",
            column: "speciality",
            add: || optional(string("speciality", USUAL_LENGTH)),
        },
        Change::Column {
            name: "m2026_11_22_000034_guide_phone",
            table: "guide",
            column: "phone",
            add: || optional(sealed("phone")),
        },
        Change::Column {
            name: "m2026_11_22_000034_guide_phone_masked",
            table: "guide",
            column: "phone_masked",
            add: || optional(string("phone_masked", MASKED_LENGTH)),
        },
    ]
}

fn guide_invitation(db: DbBackend) -> TableCreateStatement {
    table("guide_invitation", db)
        .col(own_id_of("store_id"))
        .col(number("account_id"))
        .col(key(db, "digest", DIGEST_LENGTH))
        .col(sealed("sealed"))
        .col(number("staff_id"))
        .col(number("created_at"))
        .col(number("expires_at"))
        .index(&mut unique("guide_invitation", &["digest"]))
        .foreign_key(&mut reference("guide_invitation", "store_id", "store"))
        .foreign_key(&mut reference("guide_invitation", "account_id", "account"))
        .foreign_key(&mut reference("guide_invitation", "staff_id", "staff"))
        .take()
}

fn applicant(db: DbBackend) -> TableCreateStatement {
    table("applicant", db)
        .col(id())
        .col(number("account_id"))
        .col(number("store_id"))
        .col(key(db, "digest", DIGEST_LENGTH))
        .col(string("name", USUAL_LENGTH))
        .col(optional(string("speciality", USUAL_LENGTH)))
        .col(optional(sealed("phone")))
        .col(optional(string("phone_masked", MASKED_LENGTH)))
        .col(word("state"))
        .col(optional(number("staff_id")))
        .col(optional(number("guide_id")))
        .col(number("created_at"))
        .col(optional(number("decided_at")))
        .index(&mut unique("applicant", &["digest"]))
        .foreign_key(&mut reference("applicant", "account_id", "account"))
        .foreign_key(&mut reference("applicant", "store_id", "store"))
        .foreign_key(&mut reference("applicant", "staff_id", "staff"))
        .foreign_key(&mut reference("applicant", "guide_id", "guide"))
        .take()
}
