//! A push: who, when, what, and by what key it is known again.

use crate::event::Event;
use crate::kinds::Format;
use crate::message::Message;
use crate::node::{Node, Unreadable};
use crate::signature::sha1_hex;

/// The longest key that [`Push::dedupe_key`] makes: it has to fit an indexed column on every database.
pub const DEDUPE_KEY_BYTES_MAX: usize = 250;
/// How many hexadecimal digits of its digest stand for a sender: 80 bits, so that no two are ever taken for one.
const SENDER_DIGITS: usize = 20;

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
        // `MsgID` is the id of a job, not of a message.
        let key = match (&self.body, self.fields.text_of("MsgId")) {
            (Body::Event(event), _) => self.event_key(event, text),
            // 0 is what some tools write where there is none.
            (_, Some(msg_id)) if msg_id != "0" => Some(self.message_key(msg_id)),
            (_, _) => None,
        };
        bounded(key.unwrap_or_else(|| Self::dedupe_key_of_text(text)))
    }

    /// The key of a body that cannot be read.
    pub fn dedupe_key_of_text(text: &str) -> String {
        format!("h:{}", sha1_hex(text))
    }

    /// The id names the message; its type is the same in every retry and tells apart what tools with one id for all send.
    fn message_key(&self, msg_id: &str) -> String {
        let event = self.fields.text_of("Event").unwrap_or_default();
        format!("m:{msg_id}:{}{event}", self.msg_type)
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
        // The moment first: what comes together stands together in the store's index. The sender as a digest: the key
        // outlives everything else that is known about her.
        let who: String = sha1_hex(from).chars().take(SENDER_DIGITS).collect();
        let known = format!("e:{at}:{who}:{name}:{key}");
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

#[cfg(test)]
mod tests {
    use super::*;

    fn key(xml: &str) -> String {
        Push::parse(Format::Xml, xml).unwrap().dedupe_key(xml)
    }

    fn digest(openid: &str) -> String {
        sha1_hex(openid).chars().take(SENDER_DIGITS).collect()
    }

    #[test]
    fn a_key_does_not_say_who_sent_it() {
        let key = key(&event("oWangNvshi", "CLICK", "<EventKey>k</EventKey>"));
        assert!(!key.contains("oWangNvshi"), "{key}");
    }

    fn event(from: &str, name: &str, more: &str) -> String {
        format!(
            "<xml><FromUserName>{from}</FromUserName><CreateTime>7</CreateTime><MsgType>event</MsgType>\
             <Event>{name}</Event>{more}</xml>"
        )
    }

    #[test]
    fn a_message_is_known_by_its_id_whatever_else_it_says() {
        let message = |text: &str| {
            format!("<xml><MsgType>text</MsgType><MsgId>42</MsgId><Content>{text}</Content></xml>")
        };
        assert_eq!(key(&message("a")), "m:42:text");
        assert_eq!(key(&message("b")), "m:42:text");
    }

    #[test]
    fn an_id_of_0_names_nothing() {
        let message = |text: &str| {
            format!("<xml><MsgType>text</MsgType><MsgId>0</MsgId><Content>{text}</Content></xml>")
        };
        assert_ne!(key(&message("a")), key(&message("b")));
        assert_eq!(key(&message("a")), key(&message("a")));
    }

    #[test]
    fn acts_of_one_person_in_one_second_are_told_apart_and_a_retry_is_not() {
        let click = event("oA", "CLICK", "<EventKey>k</EventKey>");
        assert_eq!(key(&click), format!("e:7:{}:click:k", digest("oA")));
        assert_eq!(
            key(&event(
                "oA",
                "click",
                "<EventKey>k</EventKey><MenuId>1</MenuId>"
            )),
            key(&click)
        );
        for other in [
            event("oA", "LOCATION", ""),
            event("oA", "CLICK", "<EventKey>K</EventKey>"),
            event("oa", "CLICK", "<EventKey>k</EventKey>"),
        ] {
            assert_ne!(key(&other), key(&click));
        }
    }

    #[test]
    fn the_result_of_a_send_is_known_by_its_sends_id() {
        assert_eq!(
            key(&event("oA", "TEMPLATESENDJOBFINISH", "<MsgID>9</MsgID>")),
            format!("e:7:{}:templatesendjobfinish::9", digest("oA"))
        );
    }

    #[test]
    fn two_people_who_withdraw_in_one_second_are_two_pushes() {
        let revoke = |openid: &str| {
            event(
                "gh_platform",
                "user_authorization_revoke",
                &format!("<OpenID>{openid}</OpenID>"),
            )
        };
        assert_ne!(key(&revoke("oA")), key(&revoke("oB")));
        assert_eq!(key(&revoke("oA")), key(&revoke("oA")));
    }

    #[test]
    fn what_has_no_name_of_its_own_is_known_by_its_text() {
        let infotype = "<xml><AppId>wx</AppId><InfoType>component_verify_ticket</InfoType></xml>";
        assert_eq!(key(infotype), Push::dedupe_key_of_text(infotype));
        assert!(key(infotype).starts_with("h:"));
        assert!(key("<xml><MsgType>event</MsgType><Event>CLICK</Event></xml>").starts_with("h:"));
    }

    #[test]
    fn a_long_key_keeps_its_beginning_and_differs_by_its_end() {
        let view = |end: &str| {
            event(
                "oA",
                "VIEW",
                &format!(
                    "<EventKey>https://例.cn/{}{end}</EventKey>",
                    "路".repeat(300)
                ),
            )
        };
        let (a, b) = (key(&view("a")), key(&view("b")));
        assert!(
            a.len() <= DEDUPE_KEY_BYTES_MAX
                && a.starts_with(&format!("e:7:{}:view:https://例.cn/路", digest("oA")))
        );
        assert_ne!(a, b);
    }

    #[test]
    fn a_message_keeps_the_blanks_that_a_person_wrote_and_a_menu_tap_its_id() {
        let push = Push::parse(
            Format::Xml,
            "<xml><MsgType> <![CDATA[text]]> </MsgType><Content><![CDATA[ 你好\n]]></Content><bizmsgmenuid>101</bizmsgmenuid></xml>",
        );
        let expected = Message::Text {
            content: " 你好\n".to_owned(),
            menu_id: Some("101".to_owned()),
        };
        assert_eq!(push.unwrap().body, Body::Message(expected));
    }

    #[test]
    fn json_numbers_and_strings_mean_the_same() {
        let of = |time: &str, id: &str| {
            let json = format!(
                r#"{{"FromUserName":"oA","CreateTime":{time},"MsgType":"text","MsgId":{id},"Content":"hi"}}"#
            );
            Push::parse(Format::Json, &json).unwrap()
        };
        assert_eq!(
            of("1620973045", "1864323726461255680"),
            of("\"1620973045\"", "\"1864323726461255680\"")
        );
        assert_eq!(
            of("1620973045", "1864323726461255680").msg_id.as_deref(),
            Some("1864323726461255680")
        );
    }

    #[test]
    fn every_message_type_is_typed_in_any_case_and_others_are_kept() {
        let body = |name: &str| {
            Push::parse(
                Format::Xml,
                &format!("<xml><MsgType>{name}</MsgType></xml>"),
            )
            .unwrap()
            .body
        };
        for name in [
            "text",
            "image",
            "voice",
            "video",
            "shortvideo",
            "location",
            "link",
            "miniprogrampage",
            "file",
            "TEXT",
        ] {
            assert!(matches!(body(name), Body::Message(_)), "{name}");
        }
        for name in ["device_text", "hardware", "hologram", ""] {
            assert_eq!(body(name), Body::Unknown, "{name}");
        }
    }
}
