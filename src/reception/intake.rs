//! Storing a push: once, whatever is delivered twice.

use std::sync::Arc;

use daogou_schema::inbound::State;
use daogou_schema::lane::Way;
use daogou_schema::{Address, InboundId, Timestamp};
use daogou_wechat::{Body, Format, Push};

use super::queries;
use crate::accounts::Account;
use crate::context::Context;
use crate::db::Txn;
use crate::error::{Error, Result};
use crate::lanes::{self, Hold};

/// The longest openid that is one; anything longer names nobody. (WeChat: 28 characters today.)
const OPENID_BYTES_MAX: usize = 64;
/// How often a unique key that somebody else took in the same moment is looked at again.
const RACE_TRIES: u32 = 3;

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

/// A stored push.
pub(super) struct Accepted {
    pub id: InboundId,
    pub state: State,
    /// The sender's lane, when it was free.
    pub hold: Option<Hold>,
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
    pub state: State,
}

pub(super) async fn accept(ctx: &Context, incoming: Incoming) -> Result<Accepted> {
    let now = Timestamp::from(ctx.clock.now());
    let record = Arc::new(record(incoming, now));
    let mut tries = 0;
    loop {
        tries += 1;
        let args = (record.clone(), ctx.node.clone());
        let accepted = ctx
            .db
            .write(args, |txn, (record, node)| {
                Box::pin(accept_in(txn, record, node))
            })
            .await;
        match accepted {
            // Two deliveries of one push met on two connections: the other one is stored now.
            Err(Error::Taken) if tries <= RACE_TRIES => {}
            other => return other,
        }
    }
}

async fn accept_in(txn: &Txn, record: &Record, node: &str) -> Result<Accepted> {
    if let Some((id, state)) =
        queries::by_key(txn, record.person.account_id, &record.dedupe_key).await?
    {
        let hold = if state == State::Stored {
            take_lane(txn, record, node).await?
        } else {
            None
        };
        return Ok(Accepted { id, state, hold });
    }
    let id = queries::insert(txn, record).await?;
    let hold = if record.state == State::Stored {
        take_lane(txn, record, node).await?
    } else {
        None
    };
    Ok(Accepted {
        id,
        state: record.state,
        hold,
    })
}

async fn take_lane(txn: &Txn, record: &Record, node: &str) -> Result<Option<Hold>> {
    lanes::take(txn, &record.person, Way::In, node, record.received_at).await
}

fn record(incoming: Incoming, now: Timestamp) -> Record {
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
        Ok(push) => Record {
            person: person(push.from.as_deref()),
            dedupe_key: push.dedupe_key(&text),
            msg_type: cut(&push.msg_type),
            event: event_name(&push).map(cut),
            pushed_at: push
                .created_at
                .and_then(|s| s.checked_mul(1000))
                .map(Timestamp),
            received_at: now,
            state: State::Stored,
            format,
            key_index,
            raw,
        },
        Err(unreadable) => {
            tracing::warn!(account.appid = %account.appid, reason = %unreadable, "an authentic push cannot be read; kept as it is");
            Record {
                person: person(None),
                dedupe_key: Push::dedupe_key_of_text(&text),
                msg_type: String::new(),
                event: None,
                pushed_at: None,
                received_at: now,
                state: State::Unreadable,
                format,
                key_index,
                raw,
            }
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
