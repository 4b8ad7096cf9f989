//! A service account or mini-program and what the platform keeps about it.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::codes::Codes;
use super::desk::Desk;
use super::mass::Mass;
use super::quotas::Quotas;
use super::{Menu, Relation, Shelf, Tags, Template, Tokens, Trigger};
use crate::wire::cipher::Key;

/// Service account 服务号 or mini-program 小程序.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    #[default]
    Service,
    Miniprogram,
}

/// How pushes are protected: 明文, 兼容, 安全.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Mode {
    #[default]
    Plain,
    Compatible,
    Secure,
}

/// The format of pushes: a service account has XML only, a mini-program chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    Xml,
    Json,
}

/// What a developer enters in the platform's console.
#[derive(Clone, Deserialize)]
pub(crate) struct Settings {
    pub(crate) appid: String,
    #[serde(default)]
    pub(crate) secret: String,
    #[serde(default)]
    pub(crate) original_id: String,
    #[serde(default)]
    pub(crate) token: String,
    #[serde(default)]
    pub(crate) encoding_aes_key: Option<String>,
    #[serde(default)]
    pub(crate) mode: Mode,
    #[serde(default)]
    pub(crate) callback_url: Option<String>,
    /// Every push goes here at the same moment too; an answer of either will do. The platform has no such setting; what
    /// it does to a server, a proxy that repeats requests does as well.
    #[serde(default)]
    pub(crate) second_callback_url: Option<String>,
    #[serde(default)]
    pub(crate) kind: Kind,
    #[serde(default)]
    pub(crate) name: Option<String>,
    #[serde(default)]
    pub(crate) format: Option<Format>,
    /// Addresses that may fetch tokens; empty: any.
    #[serde(default)]
    pub(crate) ip_whitelist: Vec<String>,
    /// Bound to an open-platform account, so that answers carry unionid. On unless said otherwise.
    #[serde(default = "yes")]
    pub(crate) unionid: bool,
}

fn yes() -> bool {
    true
}

impl Settings {
    /// What is wrong with them, if anything.
    pub(crate) fn fault(&self) -> Option<&'static str> {
        if self.appid.is_empty() {
            Some("appid is missing")
        } else if self.mode != Mode::Plain && self.key().is_none() {
            Some("encoding_aes_key must be 43 letters and digits in this mode")
        } else if [self.callback(), self.second_callback()]
            .into_iter()
            .flatten()
            .any(|url| !url.starts_with("http://") && !url.starts_with("https://"))
        {
            Some("callback_url must begin with http:// or https://")
        } else {
            None
        }
    }

    pub(crate) fn key(&self) -> Option<Key> {
        Key::from_encoding(self.encoding_aes_key.as_deref()?)
    }

    pub(crate) fn callback(&self) -> Option<&str> {
        self.callback_url.as_deref().filter(|url| !url.is_empty())
    }

    pub(crate) fn second_callback(&self) -> Option<&str> {
        self.second_callback_url
            .as_deref()
            .filter(|url| !url.is_empty())
    }

    pub(crate) fn format(&self) -> Format {
        match self.kind {
            Kind::Service => Format::Xml,
            Kind::Miniprogram => self.format.unwrap_or(Format::Json),
        }
    }
}

/// What the platform knows about how an account's server behaves.
#[derive(Default)]
pub(crate) struct Health {
    pub(crate) failures: u32,
    pub(crate) suspended_until: i64,
}

/// A follow (+1) or an unfollow (−1), for the figures of datacube.
pub(crate) struct Turn {
    pub(crate) at: i64,
    pub(crate) by: i64,
    pub(crate) source: i64,
}

/// An account with its history.
pub(crate) struct Account {
    pub(crate) settings: Settings,
    pub(crate) health: Health,
    pub(crate) codes: Codes,
    pub(crate) tokens: Tokens,
    pub(crate) quotas: Quotas,
    pub(crate) menu: Menu,
    pub(crate) tags: Tags,
    pub(crate) templates: Vec<Template>,
    pub(crate) mass: Mass,
    pub(crate) shelf: Shelf,
    pub(crate) desk: Desk,
    pub(crate) turns: Vec<Turn>,
    pub(crate) tickets: HashMap<String, (String, i64)>,
    people: HashMap<String, usize>,
    relations: BTreeMap<usize, Relation>,
}

impl Account {
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            settings,
            health: Health::default(),
            codes: Codes::default(),
            tokens: Tokens::default(),
            quotas: Quotas::default(),
            menu: Menu::default(),
            tags: Tags::default(),
            templates: Vec::new(),
            mass: Mass::default(),
            shelf: Shelf::default(),
            desk: Desk::default(),
            turns: Vec::new(),
            tickets: HashMap::new(),
            people: HashMap::new(),
            relations: BTreeMap::new(),
        }
    }

    /// Lets a person be known by this openid.
    pub(crate) fn admit(&mut self, openid: String, person: usize) {
        self.people.insert(openid, person);
    }

    /// Whose openid of this account it is.
    pub(crate) fn person(&self, openid: &str) -> Option<usize> {
        self.people.get(openid).copied()
    }

    /// What is between this account and a person; begins empty.
    pub(crate) fn relation(&mut self, person: usize) -> &mut Relation {
        self.relations.entry(person).or_default()
    }

    /// The same, to look at only; `None` when nothing ever passed between them.
    pub(crate) fn relation_seen(&self, person: usize) -> Option<&Relation> {
        self.relations.get(&person)
    }

    /// The places of those who follow, in the order in which they came into the world.
    pub(crate) fn followers(&self) -> impl Iterator<Item = (usize, &Relation)> {
        self.relations
            .iter()
            .filter(|(_, relation)| relation.subscribed)
            .map(|(&person, relation)| (person, relation))
    }

    /// All who ever had to do with the account.
    pub(crate) fn relations_mut(&mut self) -> impl Iterator<Item = &mut Relation> {
        self.relations.values_mut()
    }

    /// All who ever had to do with the account, to look at only.
    pub(crate) fn relations(&self) -> impl Iterator<Item = (usize, &Relation)> {
        self.relations
            .iter()
            .map(|(&person, relation)| (person, relation))
    }

    /// Opens or restarts the window that an act of a person gives.
    pub(crate) fn open_window(&mut self, person: usize, trigger: Trigger, now: i64) {
        let relation = self.relation(person);
        relation.windows.open(trigger, now);
        relation.last_exchange = Some(now);
    }
}
