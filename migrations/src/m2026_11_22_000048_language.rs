//! The language in which a person reads the console.

use crate::change::Change;
use crate::shape::{optional, word};

pub(crate) fn changes() -> Vec<Change> {
    vec![Change::Column {
        name: "m2026_11_22_000048_staff_language",
        table: "staff",
        column: "language",
        add: || optional(word("language")),
    }]
}
