//! A push: who, when, what, and by what key it is known again.

use crate::event::Event;
use crate::kinds::Format;
use crate::message::Message;
use crate::node::{Node, Unreadable};
use crate::signature::sha1_hex;

/// The longest key that [`Push::dedupe_key`] makes: it has to fit an indexed column on every database.
pub const DEDUPE_KEY_BYTES_MAX: usize = 250;

/// A push, typed as far as it is known. Pushes without `ToUserName`, `MsgType` or `CreateTime` exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Push {
    /// `ToUserName`: the account's original id, never a reason to refuse.
    pub to: Option<String>,
    /// `FromUserName`: the openid of the person, or the platform's own name in some events.
    pub from: Option<String>,
    /// `CreateTime`, unix seconds.
    pub created_at: Option<i64>,
    /// `MsgType` as it came; empty when there is none.
    pub msg_type: String,
    /// `MsgId` of a message. Text: mini-programs have ids such as `49d7…_1555684067`. Events have none; their `MsgID` is
    /// that of a send and stands in the event.
    pub msg_id: Option<String>,
    /// What it says.
    pub body: Body,
    /// Everything that came, known or not.
    pub fields: Node,
}

/// What a push says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// A person wrote or sent something.
    Message(Message),
    /// Something happened.
    Event(Event),
    /// Another `MsgType` or none, such as the `InfoType` pushes of third-party platforms.
    Unknown,
}

/// Elements that decide what a push is. They never repeat: a second one comes out of somebody's text.
const ONCE: [&str; 7] = [
    "ToUserName",
    "FromUserName",
    "CreateTime",
    "MsgType",
    "MsgId",
    "Event",
    "EventKey",
];
/// Elements of messages that never repeat.
const ONCE_IN_MESSAGES: [&str; 4] = ["Content", "MediaId", "bizmsgmenuid", "ThumbMediaId"];

impl Push {
    /// Reads an opened body.
    ///
    /// # Errors
    /// When it is authentic but not well-formed, or ambiguous: worth keeping, not to be acted on.
    pub fn parse(format: Format, text: &str) -> Result<Self, Unreadable> {
        let fields = Node::read(format, text)?;
        refuse_repeated(&fields, &ONCE)?;
        let msg_type = fields.string("MsgType");
        let is_event = msg_type.eq_ignore_ascii_case("event");
        let body = if is_event {
            Body::Event(Event::from_fields(
                fields.text_of("Event").unwrap_or_default(),
                &fields,
            ))
        } else {
            match Message::from_fields(&msg_type, &fields) {
                Some(message) => {
                    refuse_repeated(&fields, &ONCE_IN_MESSAGES)?;
                    Body::Message(message)
                }
                None => Body::Unknown,
            }
        };
        Ok(Self {
            to: fields.owned("ToUserName"),
            from: fields.owned("FromUserName"),
            created_at: fields.number_of("CreateTime"),
            msg_id: if is_event {
                None
            } else {
                fields.first_of(&["MsgId", "MsgID"]).map(str::to_owned)
            },
            msg_type,
            body,
            fields,
        })
    }

    /// The key by which a repeated push is known again, at most [`DEDUPE_KEY_BYTES_MAX`] bytes, case kept. `text` is the
    /// text that was parsed.
    ///
    /// A message has its `MsgId`. An event has none: sender, second, name and key tell the acts of a person apart; for
    /// all others, of which several can come in one second (two people withdrawing a consent have the same sender),
    /// the id of the send or a digest of the content is added.
    pub fn dedupe_key(&self, text: &str) -> String {
        let key = match (&self.body, &self.msg_id) {
            (Body::Event(event), _) => self.event_key(event, text),
            (_, Some(msg_id)) => Some(format!("m:{msg_id}")),
            (_, None) => None,
        };
        bounded(key.unwrap_or_else(|| Self::dedupe_key_of_text(text)))
    }

    /// The key of a body that cannot be read.
    pub fn dedupe_key_of_text(text: &str) -> String {
        format!("h:{}", sha1_hex(text))
    }

    fn event_key(&self, event: &Event, text: &str) -> Option<String> {
        let from = self.from.as_deref()?;
        let at = self.fields.text_of("CreateTime")?;
        let name = self
            .fields
            .text_of("Event")
            .unwrap_or_default()
            .to_ascii_lowercase();
        let key = self.fields.text_of("EventKey").unwrap_or_default();
        let known = format!("e:{from}:{at}:{name}:{key}");
        Some(match self.fields.first_of(&["MsgID", "MsgId"]) {
            Some(msg_id) => format!("{known}:{msg_id}"),
            None if event.is_named_by_its_key() => known,
            None => format!("{known}:{}", sha1_hex(text)),
        })
    }
}

fn refuse_repeated(fields: &Node, names: &[&'static str]) -> Result<(), Unreadable> {
    match names.iter().find(|name| fields.all(name).nth(1).is_some()) {
        Some(name) => Err(Unreadable::Repeated(name)),
        None => Ok(()),
    }
}

/// Keeps the beginning, which people can read, and replaces a tail that is too long by its digest.
fn bounded(key: String) -> String {
    const DIGEST_BYTES: usize = 40;
    if key.len() <= DEDUPE_KEY_BYTES_MAX {
        return key;
    }
    let fits = |end: &usize| *end < DEDUPE_KEY_BYTES_MAX - DIGEST_BYTES;
    let cut = key
        .char_indices()
        .map(|(at, _)| at)
        .take_while(fits)
        .last()
        .unwrap_or(0);
    let (head, tail) = key.split_at_checked(cut).unwrap_or(("", &key));
    format!("{head}~{}", sha1_hex(tail))
}
