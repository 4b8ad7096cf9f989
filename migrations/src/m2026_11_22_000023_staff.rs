//! Staff, their invitations and sign-ins, and what the console's lists look for.

use sea_orm_migration::prelude::TableCreateStatement;
use sea_orm_migration::sea_orm::DbBackend;

use crate::change::Change;
use crate::shape::{
    USUAL_LENGTH, count, id, key, number, optional, primary, reference, string, table, unique, word,
};

/// SHA-256 in hexadecimal.
const DIGEST_LENGTH: u32 = 64;

pub(crate) fn changes() -> Vec<Change> {
    vec![
        Change::Table {
            name: "m2026_11_22_000023_staff",
            create: staff,
        },
        Change::Table {
            name: "m2026_11_22_000023_invitation",
            create: invitation,
        },
        Change::Table {
            name: "m2026_11_22_000023_sign_in",
            create: sign_in,
        },
        Change::Index {
            name: "m2026_11_22_000023_sign_in_by_staff",
            table: "sign_in",
            columns: &["staff_id"],
        },
        // A page of members, newest first: an account's, a guide's, a store's.
        Change::Index {
            name: "m2026_11_22_000023_identity_by_account",
            table: "identity",
            columns: &["account_id", "member_id"],
        },
        Change::Index {
            name: "m2026_11_22_000023_binding_by_guide",
            table: "binding",
            columns: &["guide_id", "bound_at", "member_id"],
        },
        Change::NoIndex {
            name: "m2026_11_22_000023_no_binding_by_guide",
            table: "binding",
            columns: &["guide_id", "bound_at"],
        },
        Change::Index {
            name: "m2026_11_22_000023_binding_by_store",
            table: "binding",
            columns: &["store_id", "bound_at", "member_id"],
        },
        Change::Index {
            name: "m2026_11_22_000023_member_by_name",
            table: "member",
            columns: &["name"],
        },
    ]
}

fn staff(db: DbBackend) -> TableCreateStatement {
    table("staff", db)
        .col(id())
        .col(key(db, "login", USUAL_LENGTH))
        .col(string("name", USUAL_LENGTH))
        .col(word("role"))
        .col(optional(number("store_id")))
        .col(string("password", 255))
        .col(count("failures"))
        .col(optional(number("locked_until")))
        .col(number("created_at"))
        .col(optional(number("left_at")))
        .index(&mut unique("staff", &["login"]))
        .foreign_key(&mut reference("staff", "store_id", "store"))
        .take()
}

fn invitation(db: DbBackend) -> TableCreateStatement {
    table("invitation", db)
        .col(id())
        .col(key(db, "digest", DIGEST_LENGTH))
        .col(string("name", USUAL_LENGTH))
        .col(word("role"))
        .col(optional(number("store_id")))
        .col(number("created_at"))
        .col(number("expires_at"))
        .index(&mut unique("invitation", &["digest"]))
        .foreign_key(&mut reference("invitation", "store_id", "store"))
        .take()
}

fn sign_in(db: DbBackend) -> TableCreateStatement {
    table("sign_in", db)
        .col(key(db, "digest", DIGEST_LENGTH))
        .col(number("staff_id"))
        .col(number("created_at"))
        .col(number("seen_at"))
        .primary_key(&mut primary(&["digest"]))
        .foreign_key(&mut reference("sign_in", "staff_id", "staff"))
        .take()
}
