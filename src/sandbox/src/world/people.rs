//! The people with their phones, and what is between each of them and an account.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use sha1::{Digest, Sha1};

use super::windows::Windows;
use crate::push::Prepared;

/// A phone remembers this many items of one chat; older ones scroll away.
const CHAT_ITEMS_MAX: usize = 20_000;

/// Someone with a WeChat of their own.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) unionid: String,
    pub(crate) phone: String,
    /// What the openids are derived from: the own id, or the id of the person they resemble.
    pub(crate) root: String,
    /// Which letters of the openids have their case turned, as bits.
    turned: usize,
}

impl Person {
    /// The `number`th person. With a `root`, the openids are those of the root but for the case of letters.
    pub(crate) fn new(number: usize, name: String, root: Option<String>, twins: usize) -> Self {
        let id = format!("p{number}");
        Self {
            unionid: derived("unionid", &id),
            phone: format!("138{number:08}"),
            root: root.unwrap_or_else(|| id.clone()),
            turned: twins,
            id,
            name,
        }
    }

    /// The person's openid at an account: always the same, for accounts added later too.
    pub(crate) fn openid(&self, appid: &str) -> String {
        let mut letters = 0;
        derived(appid, &self.root)
            .char_indices()
            .map(|(at, character)| {
                if at == 0 || !character.is_ascii_alphabetic() {
                    return character;
                }
                letters += 1;
                match self.turned.checked_shr(letters - 1) {
                    Some(bits) if bits & 1 == 1 => turned(character),
                    _ => character,
                }
            })
            .collect()
    }
}

fn turned(character: char) -> char {
    if character.is_ascii_lowercase() {
        character.to_ascii_uppercase()
    } else {
        character.to_ascii_lowercase()
    }
}

/// 28 characters: `o` and 27 of the URL-safe base64 alphabet.
fn derived(scope: &str, id: &str) -> String {
    let mut bytes = Vec::with_capacity(40);
    for half in ["a", "b"] {
        bytes.extend_from_slice(&Sha1::digest(format!("{scope}\n{id}\n{half}").as_bytes()));
    }
    let letters = URL_SAFE_NO_PAD.encode(bytes);
    std::iter::once('o')
        .chain(letters.chars().take(27))
        .collect()
}

/// What is between an account and a person.
#[derive(Default)]
pub(crate) struct Relation {
    pub(crate) subscribed: bool,
    pub(crate) ever_subscribed: bool,
    pub(crate) subscribe_time: i64,
    pub(crate) subscribe_scene: &'static str,
    pub(crate) qr_scene: i64,
    pub(crate) qr_scene_str: String,
    pub(crate) remark: String,
    pub(crate) tags: BTreeSet<i64>,
    /// The person refuses the account's messages.
    pub(crate) blocked: bool,
    /// The account has the person on its blacklist.
    pub(crate) blacklisted: bool,
    pub(crate) windows: Windows,
    /// When a message last passed in either direction, for the typing notice.
    pub(crate) last_exchange: Option<i64>,
    pub(crate) typing_until: i64,
    pub(crate) templates_refused: BTreeSet<String>,
    /// How many subscription notices of a template the person still allows.
    pub(crate) permits: HashMap<String, u32>,
    pub(crate) client_msg_ids: HashMap<String, (i64, u64)>,
    /// (month, how many mass messages arrived in it)
    pub(crate) mass_received: (i64, u32),
    pub(crate) last_push: Option<Arc<Prepared>>,
    chat: VecDeque<Value>,
    last_seq: u64,
}

impl Relation {
    /// The person has followed since then, by searching.
    pub(crate) fn followed_before(&mut self, since: i64) {
        self.subscribed = true;
        self.ever_subscribed = true;
        self.subscribe_time = since;
        self.subscribe_scene = "ADD_SCENE_SEARCH";
    }

    /// Adds an item to the chat and returns its number, which begins at 1.
    pub(crate) fn append(&mut self, mut item: Map<String, Value>) -> u64 {
        self.last_seq += 1;
        item.insert("seq".to_owned(), self.last_seq.into());
        self.chat.push_back(Value::Object(item));
        if self.chat.len() > CHAT_ITEMS_MAX {
            self.chat.pop_front();
        }
        self.last_seq
    }

    /// The chat after the item with that number.
    pub(crate) fn chat_after(&self, after: u64) -> Vec<Value> {
        let gone = self.last_seq.saturating_sub(self.chat.len() as u64);
        let seen = usize::try_from(after.saturating_sub(gone)).unwrap_or(usize::MAX);
        self.chat.iter().skip(seen).cloned().collect()
    }

    /// The whole chat, newest first.
    pub(crate) fn chat_backwards(&self) -> impl Iterator<Item = &Value> {
        self.chat.iter().rev()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_openid_is_stable_has_28_characters_and_differs_by_account() {
        let person = Person::new(1, "王女士".to_owned(), None, 0);
        let openid = person.openid("wx1");
        assert_eq!(openid.len(), 28);
        assert!(openid.starts_with('o'));
        assert!(
            openid
                .chars()
                .all(|character| character.is_ascii_alphanumeric() || "-_".contains(character))
        );
        assert_eq!(
            openid,
            Person::new(1, "other".to_owned(), None, 0).openid("wx1")
        );
        assert_ne!(openid, person.openid("wx2"));
    }

    #[test]
    fn look_alikes_differ_only_in_the_case_of_letters() {
        let person = Person::new(1, String::new(), None, 0);
        let openids: BTreeSet<String> = (0..4)
            .map(|twins| {
                Person::new(2, String::new(), Some(person.root.clone()), twins).openid("wx1")
            })
            .collect();
        assert_eq!(openids.len(), 4);
        let folded: BTreeSet<String> = openids
            .iter()
            .map(|openid| openid.to_ascii_lowercase())
            .collect();
        assert_eq!(folded.len(), 1);
    }

    #[test]
    fn a_chat_is_numbered_from_one_and_read_after_a_number() {
        let mut relation = Relation::default();
        for _ in 0..3 {
            relation.append(Map::new());
        }
        let seqs = |after| -> Vec<u64> {
            relation
                .chat_after(after)
                .iter()
                .filter_map(|item| item.get("seq")?.as_u64())
                .collect()
        };
        assert_eq!(seqs(0), [1, 2, 3]);
        assert_eq!(seqs(2), [3]);
        assert!(seqs(9).is_empty() && seqs(u64::MAX).is_empty());
    }
}
