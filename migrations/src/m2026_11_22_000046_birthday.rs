//! When members were born, as they say themselves.

use crate::change::Change;
use crate::shape::{optional, string};

pub(crate) fn changes() -> Vec<Change> {
    vec![Change::Column {
        name: "m2026_11_22_000046_member_birthday",
        table: "member",
        column: "birthday",
        add: || optional(string("birthday", 10)),
    }]
}
