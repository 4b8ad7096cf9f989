//! The platform's side of the account under test: pushes as WeChat makes them, sealed before the clock runs.

use std::sync::atomic::{AtomicU64, Ordering};

use daogou_ground::{Chance, Clock};
use daogou_wechat::{AesKey, Door, Mode, Query};

use crate::fault::Done;

/// The account under test. Its secrets are worth nothing: everything stays on loopback.
pub const APPID: &str = "wx0123456789abcdef";
/// Its original id.
pub const ORIGINAL_ID: &str = "gh_0123456789ab";
/// Its AppSecret.
pub const APP_SECRET: &str = "0123456789abcdef0123456789abcdef";
/// The token of its callback.
pub const TOKEN: &str = "tokenforbenches";
/// Its EncodingAESKey.
pub const AES_KEY: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ";

/// Stand around the number of a line, so that it is found again wherever it arrives.
const MARKS: [char; 2] = ['⟨', '⟩'];

/// A push, ready to be written to a connection.
pub struct Shot {
    /// The whole HTTP request.
    pub bytes: Vec<u8>,
    /// The number of the line in it, where somebody has to get it.
    pub line: Option<u32>,
}

/// Makes pushes: the same texts and people for the same seed.
pub struct Sender {
    door: Door,
    clock: Clock,
    chance: Chance,
    next_id: AtomicU64,
}

/// The account's door, as the server under test has it.
pub fn door() -> Done<Door> {
    Ok(Door {
        appid: APPID.into(),
        token: TOKEN.into(),
        token_previous: None,
        keys: vec![AesKey::parse(AES_KEY)?],
        mode: Mode::Secure,
    })
}

impl Sender {
    /// A sender whose message ids have not been used before.
    pub fn new(seed: u64) -> Done<Self> {
        let clock = Clock::system();
        let first = u64::try_from(clock.now().timestamp_micros())?;
        Ok(Self {
            door: door()?,
            clock,
            chance: Chance::seeded(seed),
            next_id: AtomicU64::new(first),
        })
    }

    /// The random numbers of this load.
    pub fn chance(&self) -> &Chance {
        &self.chance
    }

    /// Somebody writes. `line` is put behind the text, to be found again.
    pub fn text(&self, openid: &str, text: &str, line: Option<u32>) -> Done<Shot> {
        let [open, close] = MARKS;
        let mark = line
            .map(|n| format!("{open}{n}{close}"))
            .unwrap_or_default();
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let elements = format!(
            "<MsgType><![CDATA[text]]></MsgType>\n<Content><![CDATA[{text}{mark}]]></Content>\n<MsgId>{id}</MsgId>"
        );
        Ok(Shot {
            line,
            ..self.push(openid, &elements)?
        })
    }

    /// Somebody follows by a code.
    pub fn follow(&self, openid: &str, scene: &str, ticket: &str) -> Done<Shot> {
        self.push(openid, &format!(
            "<MsgType><![CDATA[event]]></MsgType>\n<Event><![CDATA[subscribe]]></Event>\n\
             <EventKey><![CDATA[qrscene_{scene}]]></EventKey>\n<Ticket><![CDATA[{ticket}]]></Ticket>"
        ))
    }

    /// The platform reports that a template message arrived: something to keep, and nothing to do.
    pub fn template_result(&self, openid: &str) -> Done<Shot> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        self.push(openid, &format!(
            "<MsgType><![CDATA[event]]></MsgType>\n<Event><![CDATA[TEMPLATESENDJOBFINISH]]></Event>\n\
             <MsgID>{id}</MsgID>\n<Status><![CDATA[success]]></Status>"
        ))
    }

    fn push(&self, openid: &str, elements: &str) -> Done<Shot> {
        let now = self.clock.now().timestamp();
        let xml = format!(
            "<xml><ToUserName><![CDATA[{ORIGINAL_ID}]]></ToUserName>\n<FromUserName><![CDATA[{openid}]]></FromUserName>\n\
             <CreateTime>{now}</CreateTime>\n{elements}\n</xml>"
        );
        let nonce = self.chance.below(10_000_000_000).to_string();
        let sealed = self.door.seal(0, &xml, now, &nonce, self.chance.bytes())?;
        let encrypted = between(&sealed, "<Encrypt><![CDATA[", "]]>")?;
        let msg_signature = between(&sealed, "<MsgSignature><![CDATA[", "]]>")?;
        let [signature, ..] = self.door.question(now, &nonce, "").map(|(_, value)| value);
        let body = format!(
            "<xml>\n    <ToUserName><![CDATA[{ORIGINAL_ID}]]></ToUserName>\n    <Encrypt><![CDATA[{encrypted}]]></Encrypt>\n</xml>\n"
        );
        let bytes = format!(
            "POST /wechat/{APPID}?signature={signature}&timestamp={now}&nonce={nonce}&openid={openid}&encrypt_type=aes\
             &msg_signature={msg_signature} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Mozilla/4.0\r\nAccept: */*\r\n\
             Content-Type: text/xml\r\nPragma: no-cache\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        Ok(Shot {
            bytes: bytes.into_bytes(),
            line: None,
        })
    }
}

/// Opens a passive answer.
pub fn open(door: &Door, answer: &[u8]) -> Done<String> {
    let text = std::str::from_utf8(answer)?;
    let query = Query {
        timestamp: Some(between(text, "<TimeStamp>", "</TimeStamp>")?.to_owned()),
        nonce: Some(between(text, "<Nonce><![CDATA[", "]]>")?.to_owned()),
        msg_signature: Some(between(text, "<MsgSignature><![CDATA[", "]]>")?.to_owned()),
        ..Query::default()
    };
    Ok(door.open(&query, answer)?.text)
}

/// Whom an opened passive answer is for.
pub fn receiver(answer: &str) -> Done<&str> {
    between(answer, "<ToUserName><![CDATA[", "]]>")
}

/// The numbers of the lines in a text.
pub fn lines_in(text: &str) -> impl Iterator<Item = u32> + '_ {
    let [open, close] = MARKS;
    text.split(open)
        .skip(1)
        .filter_map(move |rest| rest.split_once(close)?.0.parse().ok())
}

/// An openid of 28 characters: person `number` of a run with this seed. Neighbours have nothing in common, as in life.
pub fn openid(seed: u64, number: u64) -> String {
    let mixed = |salt: u64| {
        let mut x = (number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ seed.wrapping_add(salt);
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ (x >> 31)
    };
    format!("oB{:016x}{:010x}", mixed(0), mixed(1) >> 24)
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Done<&'a str> {
    let found = text
        .split_once(start)
        .and_then(|(_, rest)| rest.split_once(end));
    Ok(found
        .ok_or_else(|| format!("no {start} in what was sealed"))?
        .0)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_sealed_push_opens_as_the_server_opens_it() {
        let shot = Sender::new(1).unwrap().text("oA", "在吗", Some(7)).unwrap();
        let text = String::from_utf8(shot.bytes).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let value = |name: &str| {
            let (_, rest) = head.split_once(&format!("{name}=")).unwrap();
            Some(rest.split(['&', ' ']).next().unwrap().to_owned())
        };
        let query = Query {
            timestamp: value("timestamp"),
            nonce: value("nonce"),
            msg_signature: value("msg_signature"),
            ..Query::default()
        };
        let opened = door().unwrap().open(&query, body.as_bytes()).unwrap();
        assert!(opened.text.contains("<FromUserName><![CDATA[oA]]>"));
        assert_eq!(lines_in(&opened.text).collect::<Vec<_>>(), [7]);
    }

    #[test]
    fn openids_have_28_characters_and_differ() {
        let all: HashSet<_> = (0..10_000).map(|n| openid(3, n)).collect();
        assert_eq!(all.len(), 10_000);
        assert!(all.iter().all(|one| one.len() == 28));
    }
}
