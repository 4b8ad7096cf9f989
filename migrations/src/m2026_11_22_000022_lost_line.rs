//! A guide's line whose customer a colleague serves by now.

use crate::change::Change;
use crate::shape::{number, optional};

pub(crate) fn changes() -> Vec<Change> {
    vec![Change::Column {
        name: "m2026_11_22_000022_guide_lost_line",
        table: "guide",
        column: "lost_line_id",
        add: || optional(number("lost_line_id")),
    }]
}
