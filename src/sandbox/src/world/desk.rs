//! The shelf of drafts, articles and short keys, and the desk of the human customer service.

use std::collections::BTreeMap;

use serde_json::Value;

/// What was written or uploaded for later.
#[derive(Default)]
pub(crate) struct Shelf {
    /// Drafts by media id: when they changed and their articles.
    pub(crate) drafts: BTreeMap<String, (i64, Value)>,
    /// Published articles by article id.
    pub(crate) articles: BTreeMap<String, (i64, Value)>,
    /// Which article a publish job made.
    pub(crate) published: BTreeMap<String, String>,
    /// Long data by short key: data, when, for how many seconds.
    pub(crate) short_keys: BTreeMap<String, (String, i64, i64)>,
}

/// The accounts of human customer service.
#[derive(Default)]
pub(crate) struct Desk {
    /// Nickname by kf_account.
    pub(crate) staff: BTreeMap<String, String>,
    /// kf_account by openid, and since when.
    pub(crate) sessions: BTreeMap<String, (String, i64)>,
}
