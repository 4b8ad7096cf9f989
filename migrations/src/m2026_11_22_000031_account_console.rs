//! Accounts that the console adds and changes: a name, and the token that is still accepted during a change.

use crate::change::Change;
use crate::shape::{USUAL_LENGTH, number, optional, sealed, string};

pub(crate) fn changes() -> Vec<Change> {
    vec![
        Change::Column {
            name: "m2026_11_22_000031_account_name",
            table: "account",
            column: "name",
            add: || optional(string("name", USUAL_LENGTH)),
        },
        Change::Column {
            name: "m2026_11_22_000031_account_token_previous",
            table: "account",
            column: "token_previous",
            add: || optional(sealed("token_previous")),
        },
        Change::Column {
            name: "m2026_11_22_000031_account_previous_until",
            table: "account",
            column: "previous_until",
            add: || optional(number("previous_until")),
        },
    ]
}
