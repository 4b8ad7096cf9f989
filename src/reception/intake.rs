//! Reading a push that passed the door: what is stored of it, and what it needs to take effect.

use std::sync::{Arc, Weak};
use std::time::Instant;

use chrono_tz::Tz;
use daogou_schema::{AccountId, Address, Timestamp};
use daogou_wechat::{Body, Format, Push};

use super::handle::Seal;
use crate::accounts::Account;
use crate::config::Config;
use crate::context::Context;
use crate::lanes::Holders;
use crate::links::Links;
use crate::sensitive::Shelf;
use crate::texts::Texts;

/// The longest openid that is one; anything longer names nobody. (WeChat: 28 characters today.)
const OPENID_BYTES_MAX: usize = 64;

impl Record {
    /// By what it is recognised when it comes again.
    pub fn key(&self) -> (AccountId, &str) {
        (self.person.account_id, &self.dedupe_key)
    }

    /// Who sent it.
    pub fn person(&self) -> (AccountId, &str) {
        (self.person.account_id, &self.person.openid)
    }
}

/// A push that passed the door.
pub struct Incoming {
    /// The account of the URL.
    pub account: Arc<Account>,
    /// XML or JSON.
    pub format: Format,
    /// Which of the account's keys opened it; none in plain mode.
    pub key_index: Option<usize>,
    /// The body, decrypted and without characters that XML forbids.
    pub text: String,
    /// The body as it came, as far as a database can store it.
    pub raw: String,
}

/// A push on its way into the store.
pub(super) struct Arriving {
    pub account: Arc<Account>,
    pub record: Record,
    /// What it says; none when it cannot be read.
    pub push: Option<Push>,
    pub seal: Seal,
    pub holders: Arc<Holders>,
    pub texts: Texts,
    pub timezone: Tz,
    pub links: Links,
    pub sensitive: Arc<Shelf>,
    pub config: Arc<Config>,
    /// When the request gives up waiting for more than being stored.
    budget: Instant,
    /// Lives as long as the request.
    request: Weak<()>,
}

impl Arriving {
    /// Whether a request still waits for the answer.
    pub fn is_attended(&self) -> bool {
        self.request.strong_count() > 0 && Instant::now() < self.budget
    }
}

/// What is stored of a push.
pub(super) struct Record {
    pub person: Address,
    pub dedupe_key: String,
    pub msg_type: String,
    pub event: Option<String>,
    pub format: Format,
    pub key_index: Option<i32>,
    pub raw: String,
    pub pushed_at: Option<Timestamp>,
    pub received_at: Timestamp,
}

/// Reads a push. `request` lives as long as somebody waits for its answer.
pub(super) fn arrive(
    ctx: &Context,
    incoming: Incoming,
    budget: Instant,
    request: &Arc<()>,
) -> Arriving {
    let account = incoming.account.clone();
    let (record, push) = record(incoming, Timestamp::from(ctx.clock.now()));
    Arriving {
        account,
        record,
        push,
        seal: Seal::draw(&ctx.chance),
        holders: ctx.kept(),
        texts: ctx.texts.clone(),
        timezone: ctx.config.timezone,
        links: ctx.links.clone(),
        sensitive: ctx.kept(),
        config: ctx.config.clone(),
        budget,
        request: Arc::downgrade(request),
    }
}

fn record(incoming: Incoming, now: Timestamp) -> (Record, Option<Push>) {
    let Incoming {
        account,
        format,
        key_index,
        text,
        raw,
    } = incoming;
    let key_index = key_index.and_then(|index| i32::try_from(index).ok());
    let person = |openid: Option<&str>| Address {
        account_id: account.id,
        openid: openid
            .filter(|o| o.len() <= OPENID_BYTES_MAX)
            .unwrap_or_default()
            .to_owned(),
    };
    match Push::parse(format, &text) {
        Ok(push) => {
            let record = Record {
                person: person(push.from.as_deref()),
                dedupe_key: push.dedupe_key(&text),
                msg_type: cut(&push.msg_type),
                event: event_name(&push).map(cut),
                pushed_at: push
                    .created_at
                    .and_then(|s| s.checked_mul(1000))
                    .map(Timestamp),
                received_at: now,
                format,
                key_index,
                raw,
            };
            (record, Some(push))
        }
        Err(unreadable) => {
            tracing::warn!(account.appid = %account.appid, reason = %unreadable, "an authentic push cannot be read; kept as it is");
            let record = Record {
                person: person(None),
                dedupe_key: Push::dedupe_key_of_text(&text),
                msg_type: String::new(),
                event: None,
                pushed_at: None,
                received_at: now,
                format,
                key_index,
                raw,
            };
            (record, None)
        }
    }
}

fn event_name(push: &Push) -> Option<&str> {
    matches!(push.body, Body::Event(_))
        .then(|| push.fields.text_of("Event"))
        .flatten()
}

/// As much as the column takes.
fn cut(text: &str) -> String {
    text.chars().take(64).collect()
}
