//! Who follows and is no customer: staff and testers.

use crate::change::Change;
use crate::shape::{optional, word};

pub(crate) fn changes() -> Vec<Change> {
    vec![
        Change::Column {
            name: "m2026_11_22_000044_member_insider",
            table: "member",
            column: "insider",
            add: || optional(word("insider")),
        },
        Change::Index {
            name: "m2026_11_22_000044_member_by_insider",
            table: "member",
            columns: &["insider", "id"],
        },
    ]
}
