//! Mass sends of an account: what was accepted, and the budgets.

use std::collections::HashMap;

/// How many mass messages a person receives in a calendar month (WeChat: mass sending, service accounts).
pub(crate) const SENDS_A_MONTH: u32 = 4;

/// One accepted job.
#[derive(Clone, Debug)]
pub(crate) struct MassJob {
    pub(crate) client_id: String,
    pub(crate) at: i64,
    pub(crate) status: &'static str,
}

/// The jobs by msg_id, the moments of sends to all, the speed.
#[derive(Default)]
pub(crate) struct Mass {
    pub(crate) jobs: HashMap<u64, MassJob>,
    pub(crate) to_all: Vec<i64>,
    pub(crate) speed: i64,
}
