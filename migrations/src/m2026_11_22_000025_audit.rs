//! The audit log, and where it ends.

use sea_orm_migration::prelude::TableCreateStatement;
use sea_orm_migration::sea_orm::DbBackend;

use crate::change::Change;
use crate::shape::{USUAL_LENGTH, key, number, optional, own_id_of, string, table, text};

/// SHA-256 in hexadecimal.
const DIGEST_LENGTH: u32 = 64;

pub(crate) fn changes() -> Vec<Change> {
    vec![
        Change::Table {
            name: "m2026_11_22_000025_audit",
            create: audit,
        },
        Change::Table {
            name: "m2026_11_22_000025_audit_head",
            create: audit_head,
        },
        Change::Index {
            name: "m2026_11_22_000025_audit_by_staff",
            table: "audit",
            columns: &["staff_id", "seq"],
        },
    ]
}

// No references: what the log says stays said, whatever becomes of the rows it names.
fn audit(db: DbBackend) -> TableCreateStatement {
    table("audit", db)
        .col(own_id_of("seq"))
        .col(number("at"))
        .col(optional(number("staff_id")))
        .col(optional(number("account_id")))
        .col(string("act", 64))
        .col(string("subject", USUAL_LENGTH))
        .col(optional(text("before")))
        .col(optional(text("after")))
        .col(key(db, "digest", DIGEST_LENGTH))
        .take()
}

fn audit_head(db: DbBackend) -> TableCreateStatement {
    table("audit_head", db)
        .col(own_id_of("id"))
        .col(number("seq"))
        .col(key(db, "digest", DIGEST_LENGTH))
        .take()
}
