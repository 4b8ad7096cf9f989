//! Indices as the queries need them: what nobody uses costs a write for every row, and two for every change of its state.
//!
//! Of the eight on outbound four remain, of the three on inbound two. The plans of the databases are asked in the
//! integration tests (`plans`).

use crate::change::Change;

pub(crate) fn changes() -> Vec<Change> {
    vec![
        // A mini-program's `session-from` names a guide by scene alone, without the account of the code.
        Change::Index {
            name: "m2026_11_22_000020_code_by_scene",
            table: "code",
            columns: &["scene"],
        },
        // Looked through every two seconds for files that are not kept yet; by expiry alone, every file of three days was read.
        Change::Index {
            name: "m2026_11_22_000020_media_unfetched",
            table: "media",
            columns: &["file", "usable_until"],
        },
        Change::NoIndex {
            name: "m2026_11_22_000020_no_media_by_expiry",
            table: "media",
            columns: &["usable_until"],
        },
        // One index for a person's next push and for the people whose pushes nobody finished: few are unfinished, so the
        // state alone leads to them.
        Change::Index {
            name: "m2026_11_22_000020_inbound_unfinished",
            table: "inbound",
            columns: &["state", "account_id", "openid", "id"],
        },
        Change::NoIndex {
            name: "m2026_11_22_000020_no_inbound_by_lane",
            table: "inbound",
            columns: &["account_id", "openid", "state", "id"],
        },
        Change::NoIndex {
            name: "m2026_11_22_000020_no_inbound_by_state",
            table: "inbound",
            columns: &["state", "received_at"],
        },
        // What lapses is claimed or answering, which few are: found by the state, with `due_at` behind it.
        Change::NoIndex {
            name: "m2026_11_22_000020_no_outbound_by_lease",
            table: "outbound",
            columns: &["state", "lease_until"],
        },
        // Found by whom they are for (`account_id`, `openid`).
        Change::NoIndex {
            name: "m2026_11_22_000020_no_outbound_by_answer",
            table: "outbound",
            columns: &["answer_to"],
        },
        Change::NoIndex {
            name: "m2026_11_22_000020_no_outbound_by_guide",
            table: "outbound",
            columns: &["guide_id", "state", "id"],
        },
    ]
}
