//! Nearly every push is done the moment it is stored: in the index of the unfinished it cost a page of its own, in a place of
//! its sender's, a third of what storing it wrote.

use crate::change::Change;

pub(crate) fn changes() -> Vec<Change> {
    vec![Change::Narrow {
        name: "m2026_11_22_000021_inbound_not_done",
        table: "inbound",
        columns: &["state", "account_id", "openid", "id"],
        without: ("state", "done"),
    }]
}
