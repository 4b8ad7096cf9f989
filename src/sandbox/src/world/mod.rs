//! The world of the simulator: accounts, people, what passed between them. All of it in memory behind one lock that
//! is never held while waiting.

mod account;
mod codes;
mod desk;
mod faults;
mod grants;
mod mass;
mod media;
mod menu;
mod people;
mod quotas;
mod sends;
mod stats;
mod tags;
mod templates;
mod tokens;
mod windows;

use std::collections::{BTreeMap, HashMap};

use daogou_ground::{Chance, Clock};
use serde_json::{Map, Value};
use tokio::sync::broadcast;

pub(crate) use account::{Account, Format, Kind, Mode, Settings, Turn};
pub(crate) use codes::{Action, Code};
pub(crate) use desk::Shelf;
pub(crate) use faults::{Fault, Fulfilment, Quirks, Tolerance};
pub(crate) use grants::{Access, CodeFault, Grants, Purpose};
pub(crate) use mass::{MassJob, SENDS_A_MONTH};
pub(crate) use media::{Media, TEMPORARY_SECONDS};
pub(crate) use menu::{Conditional, Menu};
pub(crate) use people::{Person, Relation};
pub(crate) use quotas::{daily_limit, day, month};
pub(crate) use sends::{PATH as SEND_PATH, Sends};
pub(crate) use stats::Stats;
pub(crate) use tags::Tags;
pub(crate) use templates::{Mechanism, Template};
pub(crate) use tokens::{TokenFault, Tokens};
pub(crate) use windows::{Refused, Trigger};

use crate::push::Lanes;

/// How many changes a page may lag behind before it is dropped; it fetches what it missed when it connects again.
const LIVE_BACKLOG: usize = 256;
/// With so many files, expired ones are let go; until then phones still show them.
const MEDIA_KEPT: usize = 2_000;

/// Everything there is.
pub(crate) struct World {
    clock: Clock,
    pub(crate) chance: Chance,
    pub(crate) accounts: BTreeMap<String, Account>,
    pub(crate) people: Vec<Person>,
    pub(crate) media: HashMap<String, Media>,
    pub(crate) tokens: HashMap<String, String>,
    pub(crate) grants: Grants,
    pub(crate) quirks: Quirks,
    pub(crate) faults: Vec<Fault>,
    pub(crate) stats: Stats,
    pub(crate) sends: Sends,
    pub(crate) lanes: Lanes,
    pub(crate) live: broadcast::Sender<String>,
    last_id: u64,
}

impl World {
    pub(crate) fn new(clock: Clock, chance: Chance) -> Self {
        Self {
            clock,
            chance,
            accounts: BTreeMap::new(),
            people: Vec::new(),
            media: HashMap::new(),
            tokens: HashMap::new(),
            grants: Grants::default(),
            quirks: Quirks::default(),
            faults: Vec::new(),
            stats: Stats::default(),
            sends: Sends::default(),
            lanes: Lanes::default(),
            live: broadcast::Sender::new(LIVE_BACKLOG),
            last_id: 23_892_468_385_179_204,
        }
    }

    /// The simulator's time in seconds since 1970.
    pub(crate) fn now(&self) -> i64 {
        self.clock.now().timestamp()
    }

    /// A number that was not given before: message ids, job ids.
    pub(crate) fn next_id(&mut self) -> u64 {
        self.last_id += 1 + self.chance.below(9_973);
        self.last_id
    }

    /// `length` characters of the URL-safe base64 alphabet.
    pub(crate) fn secret(&self, length: usize) -> String {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let mut out = String::with_capacity(length);
        while out.len() < length {
            for byte in self.chance.bytes::<32>() {
                if out.len() < length {
                    out.push(
                        LETTERS
                            .get(usize::from(byte % 64))
                            .copied()
                            .map_or('A', char::from),
                    );
                }
            }
        }
        out
    }

    /// Adds an account, or changes the settings of one that exists and keeps its history.
    pub(crate) fn put_account(&mut self, settings: Settings) {
        let appid = settings.appid.clone();
        if let Some(account) = self.accounts.get_mut(&appid) {
            account.settings = settings;
        } else {
            let mut account = Account::new(settings);
            for (index, person) in self.people.iter().enumerate() {
                account.admit(person.openid(&appid), index);
            }
            self.accounts.insert(appid.clone(), account);
        }
        self.changed("accounts", None, Some(&appid), None);
    }

    /// Adds a person. `like` makes the openids equal to that person's but for the case of letters.
    pub(crate) fn add_person(&mut self, name: String, like: Option<usize>) -> usize {
        let index = self.people.len();
        let root = like
            .and_then(|like| self.people.get(like))
            .map(|like| like.root.clone());
        let twins = root.as_ref().map_or(0, |root| {
            self.people
                .iter()
                .filter(|person| person.root == *root)
                .count()
        });
        let person = Person::new(index + 1, name, root, twins);
        for (appid, account) in &mut self.accounts {
            account.admit(person.openid(appid), index);
        }
        let id = person.id.clone();
        self.people.push(person);
        self.changed("people", Some(&id), None, None);
        index
    }

    /// The place of the person with this id.
    pub(crate) fn person_at(&self, id: &str) -> Option<usize> {
        let number: usize = id.strip_prefix('p')?.parse().ok()?;
        let index = number.checked_sub(1)?;
        self.people
            .get(index)
            .filter(|person| person.id == id)
            .map(|_person| index)
    }

    /// Keeps an uploaded file under a new id and returns it.
    pub(crate) fn keep(&mut self, media: Media) -> String {
        let id = self.secret(64);
        self.keep_as(id.clone(), media);
        id
    }

    /// Keeps an uploaded file under this id. When there are many, those that expired are let go.
    pub(crate) fn keep_as(&mut self, id: String, media: Media) {
        if self.media.len() >= MEDIA_KEPT {
            let now = self.now();
            self.media
                .retain(|_, media| media.expires_at.is_none_or(|until| until > now));
        }
        self.media.insert(id, media);
    }

    /// Puts an item on a person's phone and returns its number.
    pub(crate) fn show(
        &mut self,
        appid: &str,
        person: usize,
        from: &str,
        mut item: Map<String, Value>,
    ) -> u64 {
        let at = self.now();
        let id = self
            .people
            .get(person)
            .map(|person| person.id.clone())
            .unwrap_or_default();
        let Some(account) = self.accounts.get_mut(appid) else {
            return 0;
        };
        item.insert("from".to_owned(), from.into());
        item.insert("at".to_owned(), at.into());
        let seq = account.relation(person).append(item);
        self.changed("chat", Some(&id), Some(appid), Some(seq));
        seq
    }

    /// Tells the pages that something changed. Nobody listening is no fault.
    pub(crate) fn changed(
        &self,
        what: &str,
        person: Option<&str>,
        appid: Option<&str>,
        seq: Option<u64>,
    ) {
        if self.live.receiver_count() > 0 {
            let notice =
                serde_json::json!({"changed": what, "person": person, "appid": appid, "seq": seq});
            let _unheard = self.live.send(notice.to_string());
        }
    }
}
