//! The menu below an account's chat, and the conditional ones.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// A menu for some of the followers.
#[derive(Clone, Debug)]
pub(crate) struct Conditional {
    pub(crate) id: u64,
    pub(crate) button: Value,
    pub(crate) rule: Map<String, Value>,
}

/// The menus of an account.
#[derive(Default)]
pub(crate) struct Menu {
    pub(crate) id: u64,
    /// The array of buttons; `None` before the first was made.
    pub(crate) button: Option<Value>,
    pub(crate) conditional: Vec<Conditional>,
}

impl Menu {
    /// The menu that a follower with these tags sees: the newest conditional one whose rule fits, else the default.
    pub(crate) fn seen(
        &self,
        tags: &BTreeSet<i64>,
        platform: Option<&str>,
    ) -> Option<(u64, &Value)> {
        let default = self.button.as_ref()?;
        let fitting = self
            .conditional
            .iter()
            .rev()
            .find(|menu| fits(&menu.rule, tags, platform));
        Some(fitting.map_or((self.id, default), |menu| (menu.id, &menu.button)))
    }

    /// The button with this key (or url, page, name) in the menu that the follower sees, and the menu's id.
    pub(crate) fn button(
        &self,
        key: &str,
        tags: &BTreeSet<i64>,
        platform: Option<&str>,
    ) -> Option<(u64, Map<String, Value>)> {
        let (id, buttons) = self.seen(tags, platform)?;
        ["key", "url", "pagepath", "media_id", "article_id", "name"]
            .into_iter()
            .find_map(|by| {
                leaves(buttons)
                    .into_iter()
                    .find(|button| text(button, by) == Some(key))
                    .map(|button| (id, button.clone()))
            })
    }
}

fn fits(rule: &Map<String, Value>, tags: &BTreeSet<i64>, platform: Option<&str>) -> bool {
    let plain = |name: &str| match rule.get(name) {
        Some(Value::String(text)) if !text.is_empty() => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    let tagged = plain("tag_id").or_else(|| plain("group_id"));
    tagged.is_none_or(|tag| tag.parse().is_ok_and(|tag: i64| tags.contains(&tag)))
        && plain("client_platform_type").is_none_or(|wanted| platform == Some(wanted.as_str()))
}

/// The buttons that can be tapped: those without sub-buttons.
fn leaves(buttons: &Value) -> Vec<&Map<String, Value>> {
    let mut out = Vec::new();
    for button in buttons
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
    {
        match button
            .get("sub_button")
            .and_then(Value::as_array)
            .filter(|subs| !subs.is_empty())
        {
            Some(subs) => out.extend(subs.iter().filter_map(Value::as_object)),
            None => out.push(button),
        }
    }
    out
}

fn text<'a>(button: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    button.get(name).and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_menu_whose_rule_fits_is_seen() {
        let rule = |tag: i64| Map::from_iter([("tag_id".to_owned(), Value::from(tag.to_string()))]);
        let button = |key: &str| serde_json::json!([{"type": "click", "name": key, "key": key}]);
        let menu = Menu {
            id: 1,
            button: Some(button("usual")),
            conditional: vec![
                Conditional {
                    id: 2,
                    button: button("old"),
                    rule: rule(100),
                },
                Conditional {
                    id: 3,
                    button: button("new"),
                    rule: rule(100),
                },
            ],
        };
        assert_eq!(
            menu.seen(&BTreeSet::from([100]), None).map(|(id, _)| id),
            Some(3)
        );
        assert_eq!(menu.seen(&BTreeSet::new(), None).map(|(id, _)| id), Some(1));
        assert!(menu.button("new", &BTreeSet::new(), None).is_none());
        assert!(menu.button("new", &BTreeSet::from([100]), None).is_some());
    }
}
