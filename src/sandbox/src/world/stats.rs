//! What happened, counted.

use std::collections::BTreeMap;

use serde::Serialize;

/// Calls by path and errcode, pushes by outcome; only what occurred.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Stats {
    calls: BTreeMap<String, BTreeMap<String, u64>>,
    pushes: BTreeMap<&'static str, u64>,
}

impl Stats {
    /// Counts a call. `result` is the errcode, or how it was cut off.
    pub(crate) fn called(&mut self, path: &str, result: String) {
        *self
            .calls
            .entry(path.to_owned())
            .or_default()
            .entry(result)
            .or_default() += 1;
    }

    /// Counts a push.
    pub(crate) fn pushed(&mut self, outcome: &'static str) {
        *self.pushes.entry(outcome).or_default() += 1;
    }
}
