//! The tags of an account: at most a hundred of its own beside the platform's.

use std::collections::BTreeMap;

/// Tags that the platform made; only this one is shown.
const STARRED: i64 = 2;
const TAGS_MAX: usize = 100;

/// Names by id.
pub(crate) struct Tags {
    pub(crate) names: BTreeMap<i64, String>,
    last: i64,
}

impl Default for Tags {
    fn default() -> Self {
        Self {
            names: BTreeMap::from([(STARRED, "星标组".to_owned())]),
            last: 99,
        }
    }
}

impl Tags {
    /// Whether it is one of the fixed three.
    pub(crate) fn is_system(id: i64) -> bool {
        (0..=2).contains(&id)
    }

    pub(crate) fn create(&mut self, name: String) -> i64 {
        self.last += 1;
        self.names.insert(self.last, name);
        self.last
    }

    pub(crate) fn is_full(&self) -> bool {
        self.names.len() > TAGS_MAX
    }

    pub(crate) fn has_name(&self, name: &str) -> bool {
        self.names.values().any(|known| known == name)
    }
}
