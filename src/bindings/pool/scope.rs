//! How far somebody may look, as it is asked with every query and kept with bulk work.

use daogou_schema::{AccountId, StoreId};
use serde::{Deserialize, Deserializer, Serialize};

/// How far somebody may look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// In this account only.
    pub account: AccountId,
    /// Only members who are bound in one of these stores; none: everybody.
    // Bulk work that was ordered before there were regions kept at most one store.
    #[serde(alias = "store", deserialize_with = "one_or_several")]
    pub stores: Option<Vec<StoreId>>,
}

impl Scope {
    /// Whether members of this store may be seen.
    pub fn sees(&self, store: StoreId) -> bool {
        let own = self.stores.as_ref();
        own.is_none_or(|own| own.contains(&store))
    }
}

fn one_or_several<'de, D: Deserializer<'de>>(
    from: D,
) -> std::result::Result<Option<Vec<StoreId>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Kept {
        One(StoreId),
        Several(Vec<StoreId>),
    }
    let kept = Option::<Kept>::deserialize(from)?;
    Ok(kept.map(|kept| match kept {
        Kept::One(store) => vec![store],
        Kept::Several(stores) => stores,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_that_was_kept_before_there_were_regions_is_not_wider_now() {
        let read = |text: &str| serde_json::from_str::<Scope>(text).map(|scope| scope.stores);
        let old = read(r#"{"account":1,"store":3}"#);
        assert_eq!(old.ok().flatten(), Some(vec![StoreId(3)]));
        let all = read(r#"{"account":1,"store":null}"#);
        assert_eq!(all.ok(), Some(None));
        let scope = Scope {
            account: AccountId(1),
            stores: Some(Vec::new()),
        };
        let text = serde_json::to_string(&scope).unwrap_or_default();
        assert_eq!(serde_json::from_str::<Scope>(&text).ok(), Some(scope));
        assert!(read(r#"{"account":1}"#).is_err());
    }
}
