//! Consents and erasures, and what an erasure looks for.

use sea_orm_migration::prelude::TableCreateStatement;
use sea_orm_migration::sea_orm::DbBackend;

use crate::change::Change;
use crate::shape::{flag, id, number, optional, reference, string, table, text, unique, word};

pub(crate) fn changes() -> Vec<Change> {
    vec![
        Change::Table {
            name: "m2026_11_22_000029_consent",
            create: consent,
        },
        Change::Index {
            name: "m2026_11_22_000029_consent_by_member",
            table: "consent",
            columns: &["member_id", "id"],
        },
        Change::Table {
            name: "m2026_11_22_000029_erasure",
            create: erasure,
        },
        Change::Index {
            name: "m2026_11_22_000029_erasure_by_state",
            table: "erasure",
            columns: &["state", "id"],
        },
        Change::Index {
            name: "m2026_11_22_000029_erasure_by_account",
            table: "erasure",
            columns: &["account_id", "id"],
        },
        // Who unfollowed long ago.
        Change::Index {
            name: "m2026_11_22_000029_identity_by_unfollow",
            table: "identity",
            columns: &["subscribed", "unsubscribed_at"],
        },
        // The numbers under which guides know one member.
        Change::Index {
            name: "m2026_11_22_000029_guide_number_by_member",
            table: "guide_number",
            columns: &["member_id"],
        },
        // Everything that happened to one member.
        Change::Index {
            name: "m2026_11_22_000029_hand_over_member_by_member",
            table: "hand_over_member",
            columns: &["member_id"],
        },
        // The answer that a guide was asked about: it was decided in the moment in which it became a line.
        Change::Index {
            name: "m2026_11_22_000029_question_by_decision",
            table: "question",
            columns: &["guide_id", "decided_at"],
        },
    ]
}

fn consent(db: DbBackend) -> TableCreateStatement {
    table("consent", db)
        .col(id())
        .col(number("member_id"))
        .col(word("purpose"))
        .col(flag("given"))
        .col(word("way"))
        .col(optional(string("text_version", 64)))
        .col(optional(number("staff_id")))
        .col(optional(number("inbound_id")))
        .col(number("at"))
        .foreign_key(&mut reference("consent", "member_id", "member"))
        .foreign_key(&mut reference("consent", "staff_id", "staff"))
        .take()
}

fn erasure(db: DbBackend) -> TableCreateStatement {
    table("erasure", db)
        .col(id())
        .col(number("member_id"))
        .col(number("account_id"))
        .col(word("cause"))
        .col(word("state"))
        .col(optional(number("staff_id")))
        .col(optional(text("people")))
        .col(optional(text("proof")))
        .col(number("inbound_until"))
        .col(number("inbound_done"))
        .col(number("outbound_until"))
        .col(text("counts"))
        .col(number("asked_at"))
        .col(optional(number("begun_at")))
        .col(optional(number("done_at")))
        .index(&mut unique("erasure", &["member_id"]))
        .foreign_key(&mut reference("erasure", "member_id", "member"))
        .foreign_key(&mut reference("erasure", "account_id", "account"))
        .foreign_key(&mut reference("erasure", "staff_id", "staff"))
        .take()
}
