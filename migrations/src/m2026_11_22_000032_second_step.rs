//! The second step of signing in: a person's TOTP secret, the last code that was used, and her recovery codes.

use crate::change::Change;
use crate::shape::{number, optional, sealed, text};

pub(crate) fn changes() -> Vec<Change> {
    vec![
        Change::Column {
            name: "m2026_11_22_000032_staff_totp",
            table: "staff",
            column: "totp",
            add: || optional(sealed("totp")),
        },
        Change::Column {
            name: "m2026_11_22_000032_staff_totp_step",
            table: "staff",
            column: "totp_step",
            add: || optional(number("totp_step")),
        },
        Change::Column {
            name: "m2026_11_22_000032_staff_recovery",
            table: "staff",
            column: "recovery",
            add: || optional(text("recovery")),
        },
    ]
}
