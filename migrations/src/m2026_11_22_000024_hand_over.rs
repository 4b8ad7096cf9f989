//! Hand-overs, and who has still to introduce herself to a member.

use sea_orm_migration::prelude::TableCreateStatement;
use sea_orm_migration::sea_orm::DbBackend;

use crate::change::Change;
use crate::shape::{
    count, flag, id, key, number, optional, primary, reference, string, table, word,
};

pub(crate) fn changes() -> Vec<Change> {
    vec![
        Change::Table {
            name: "m2026_11_22_000024_hand_over",
            create: hand_over,
        },
        Change::Table {
            name: "m2026_11_22_000024_hand_over_member",
            create: hand_over_member,
        },
        // Who got how many.
        Change::Index {
            name: "m2026_11_22_000024_hand_over_member_by_guide",
            table: "hand_over_member",
            columns: &["hand_over_id", "to_guide_id"],
        },
        Change::Column {
            name: "m2026_11_22_000024_conversation_new_guide",
            table: "conversation",
            column: "new_guide_id",
            add: || optional(number("new_guide_id")),
        },
    ]
}

fn hand_over(db: DbBackend) -> TableCreateStatement {
    table("hand_over", db)
        .col(id())
        .col(number("account_id"))
        .col(number("guide_id"))
        .col(word("cause"))
        .col(word("state"))
        .col(number("staff_id"))
        .col(number("store_id"))
        .col(optional(number("to_store_id")))
        .col(optional(key(db, "openid", 64)))
        .col(optional(number("linked_at")))
        .col(flag("on_duty"))
        .col(optional(number("stand_in_id")))
        .col(optional(string("targets", 4000)))
        .col(count("members"))
        .col(count("moved"))
        .col(count("restored"))
        .col(count("kept"))
        .col(number("created_at"))
        .col(optional(number("confirmed_at")))
        .col(optional(number("done_at")))
        .col(optional(number("undone_at")))
        .foreign_key(&mut reference("hand_over", "account_id", "account"))
        .foreign_key(&mut reference("hand_over", "guide_id", "guide"))
        .foreign_key(&mut reference("hand_over", "staff_id", "staff"))
        .foreign_key(&mut reference("hand_over", "store_id", "store"))
        .foreign_key(&mut reference("hand_over", "to_store_id", "store"))
        .foreign_key(&mut reference("hand_over", "stand_in_id", "guide"))
        .take()
}

fn hand_over_member(db: DbBackend) -> TableCreateStatement {
    table("hand_over_member", db)
        .col(number("hand_over_id"))
        .col(number("member_id"))
        .col(number("to_guide_id"))
        .col(number("store_id"))
        .col(optional(number("code_id")))
        .col(number("bound_at"))
        .col(word("outcome"))
        .primary_key(&mut primary(&["hand_over_id", "member_id"]))
        .foreign_key(&mut reference(
            "hand_over_member",
            "hand_over_id",
            "hand_over",
        ))
        .foreign_key(&mut reference("hand_over_member", "member_id", "member"))
        .foreign_key(&mut reference("hand_over_member", "to_guide_id", "guide"))
        .take()
}
