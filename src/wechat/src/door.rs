//! The door: proves that a request is from the platform and opens what it carries.
//!
//! What stands in the query beside the signature (`openid`) proves nothing. No timestamp is checked: retries and card
//! events come late, and a replay is stopped by the dedupe key. All refusals deserve one and the same answer.

mod doctype;
mod envelope;

use std::fmt;

use serde::Deserialize;

use crate::cipher::{AesKey, CipherFault, KeyError};
use crate::kinds::{Format, Mode};
use crate::signature;
use crate::text::{cdata, strip_forbidden};

/// The largest body that is read: 512 kB. Real pushes have a few.
pub const BODY_BYTES_MAX: usize = 512 * 1024;

/// What an account's server configuration says.
#[derive(Clone)]
pub struct Door {
    /// The account's appid: what the trailer of every encrypted push must name.
    pub appid: String,
    /// The token that signs.
    pub token: String,
    /// The token before, which may still sign during a change.
    pub token_previous: Option<String>,
    /// The current EncodingAESKey first, then the previous ones that may still arrive during a change.
    pub keys: Vec<AesKey>,
    /// The encryption mode.
    pub mode: Mode,
}

/// The decoded query of a request from the platform. What is absent is `None`.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Query {
    /// Proves knowledge of the token; does not cover the body.
    pub signature: Option<String>,
    /// Unix seconds; any age is accepted.
    pub timestamp: Option<String>,
    /// Any text.
    pub nonce: Option<String>,
    /// What a verification wants to read back.
    pub echostr: Option<String>,
    /// `aes` in the encrypted modes.
    pub encrypt_type: Option<String>,
    /// Covers `Encrypt`.
    pub msg_signature: Option<String>,
    /// Outside every signature: never trust it.
    pub openid: Option<String>,
}

/// The content of an authentic push.
#[derive(Clone, PartialEq, Eq)]
pub struct Opened {
    /// How it is written, by its first character.
    pub format: Format,
    /// The decrypted or clear body, without characters that XML 1.0 forbids and without a byte order mark. Bytes that
    /// are not UTF-8 have become U+FFFD.
    pub text: String,
    /// The same before cleaning, except that NUL (which PostgreSQL cannot store) is left out: what to keep.
    pub raw: String,
    /// Whether it came encrypted.
    pub encrypted: bool,
    /// Which of the door's keys opened it; 0 is the current one.
    pub key_index: Option<usize>,
}

/// Why a request was not let in. For logs only: answer the same to all, or the door becomes an oracle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// No body, or nothing encrypted in it.
    #[error("the body is empty")]
    Empty,
    /// Over [`BODY_BYTES_MAX`].
    #[error("the body is larger than {BODY_BYTES_MAX} bytes")]
    TooLarge,
    /// It broke off, or took too long to arrive.
    #[error("the body did not arrive whole")]
    Incomplete,
    /// The signature is wrong or missing.
    #[error("the signature is wrong or missing")]
    BadSignature,
    /// A verification without `echostr`.
    #[error("the verification has no echostr")]
    NoEchostr,
    /// A clear body in a mode that encrypts.
    #[error("the body is not encrypted, but the account's mode says that it is")]
    NotEncrypted,
    /// Only encrypted, in a mode that does not encrypt.
    #[error("the body is only encrypted, but the account's mode says that it is clear")]
    OnlyEncrypted,
    /// Signed, but none of the keys opens it.
    #[error("none of the account's keys opens the body")]
    BadCipher,
    /// Signed and opened, but for another account.
    #[error("the body is addressed to another appid")]
    WrongAppid,
    /// A DTD, inside or outside.
    #[error("the body contains a DTD")]
    Doctype,
}

impl Door {
    /// Answers the verification that the configuration page asks for: the body to send back. It echoes what the query
    /// says, so it must be served as plain text.
    ///
    /// # Errors
    /// When the signature is wrong or there is nothing to echo.
    pub fn verify_url(&self, query: &Query) -> Result<String, Refused> {
        self.check_signature(query)?;
        query
            .echostr
            .clone()
            .filter(|echo| !echo.is_empty())
            .ok_or(Refused::NoEchostr)
    }

    /// The query of a verification as the platform would sign it: what a server asks its own address to see whether it
    /// leads here. `timestamp` is unix seconds, `nonce` and `echostr` any text.
    pub fn question(
        &self,
        timestamp: i64,
        nonce: &str,
        echostr: &str,
    ) -> [(&'static str, String); 4] {
        let timestamp = timestamp.to_string();
        let signature = signature::sign([&self.token, &timestamp, nonce]);
        [
            ("signature", signature),
            ("timestamp", timestamp),
            ("nonce", nonce.to_owned()),
            ("echostr", echostr.to_owned()),
        ]
    }

    /// Opens the body of a push. In the encrypted modes only `Encrypt` counts, whatever else the body holds.
    ///
    /// # Errors
    /// When the push is not authentic, not for this account, or not fit to be read at all.
    pub fn open(&self, query: &Query, body: &[u8]) -> Result<Opened, Refused> {
        if body.len() > BODY_BYTES_MAX {
            return Err(Refused::TooLarge);
        }
        let outer = String::from_utf8_lossy(body);
        if is_blank(&outer) {
            return Err(Refused::Empty);
        }
        match self.mode {
            Mode::Plain => {
                self.check_signature(query)?;
                // Taken as it is it would say nothing, and WeChat would not send it again.
                if envelope::is_only_encrypted(&outer) {
                    return Err(Refused::OnlyEncrypted);
                }
                Opened::from(&outer, None)
            }
            Mode::Compatible | Mode::Secure => {
                let (signed_by, encrypted) = self.authentic_encrypt(query, &outer)?;
                refuse_doctype(&outer)?;
                let (key_index, message) = self.decrypt(signed_by, &encrypted)?;
                Opened::from(&String::from_utf8_lossy(&message), Some(key_index))
            }
        }
    }

    /// Makes a reply fit for the wire: unchanged in plain mode, encrypted and signed in the others. `random` is 16 fresh
    /// random bytes, `timestamp` unix seconds, `nonce` any text (the request's will do). A bare `success` is never
    /// encrypted and must not come here. `key_index` is the key that opened the push ([`Opened::key_index`]): while the
    /// operator changes keys, WeChat knows only that one.
    ///
    /// # Errors
    /// When an encrypted mode has no key.
    pub fn seal(
        &self,
        key_index: usize,
        reply_xml: &str,
        timestamp: i64,
        nonce: &str,
        random: [u8; 16],
    ) -> Result<String, KeyError> {
        if self.mode == Mode::Plain {
            return Ok(reply_xml.to_owned());
        }
        let key = self
            .keys
            .get(key_index)
            .or(self.keys.first())
            .ok_or(KeyError::Missing)?;
        let encrypted = key.encrypt(reply_xml, &self.appid, random);
        // Who still encrypts with the key before still signs with the token before.
        let token = self.tokens().nth(key_index).unwrap_or(&self.token);
        let signature = signature::sign([token, &timestamp.to_string(), nonce, &encrypted]);
        Ok(format!(
            "<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt><MsgSignature><![CDATA[{signature}]]></MsgSignature>\
             <TimeStamp>{timestamp}</TimeStamp><Nonce>{}</Nonce></xml>",
            cdata(nonce)
        ))
    }

    fn check_signature(&self, query: &Query) -> Result<(), Refused> {
        let [signature, timestamp, nonce] =
            required([&query.signature, &query.timestamp, &query.nonce])?;
        let signs = |token: &str| signature::verify([token, timestamp, nonce], signature);
        match self.tokens().any(signs) {
            true => Ok(()),
            false => Err(Refused::BadSignature),
        }
    }

    /// The tokens that may sign, the current one first.
    fn tokens(&self) -> impl Iterator<Item = &str> {
        [Some(&self.token), self.token_previous.as_ref()]
            .into_iter()
            .flatten()
            .map(String::as_str)
    }

    /// The ciphertext that `msg_signature` vouches for, and which of the tokens signed it. The clear half of a compatible body may be malformed, so every
    /// place that looks like `Encrypt` is tried.
    fn authentic_encrypt(&self, query: &Query, outer: &str) -> Result<(usize, String), Refused> {
        let candidates = envelope::candidates(outer);
        if candidates.is_empty() {
            return Err(Refused::NotEncrypted);
        }
        let [given, timestamp, nonce] =
            required([&query.msg_signature, &query.timestamp, &query.nonce])?;
        let signer = |encrypted: &str| {
            let signs =
                |token: &str| signature::verify([token, timestamp, nonce, encrypted], given);
            self.tokens().position(signs)
        };
        candidates
            .into_iter()
            .find_map(|encrypted| Some((signer(&encrypted)?, encrypted)))
            .ok_or(Refused::BadSignature)
    }

    /// The key that belongs to the token that signed comes first: when only the token was changed, both keys would open it,
    /// and the answer has to be signed as the push was.
    fn decrypt(&self, signed_by: usize, encrypted: &str) -> Result<(usize, Vec<u8>), Refused> {
        let mut refused = Refused::BadCipher;
        let own = self.keys.get(signed_by).map(|key| (signed_by, key));
        for (index, key) in own.into_iter().chain(self.keys.iter().enumerate()) {
            match key.decrypt(encrypted, &self.appid) {
                Ok(message) => return Ok((index, message)),
                Err(CipherFault::OtherAppid) => refused = Refused::WrongAppid,
                Err(CipherFault::Broken) => {}
            }
        }
        Err(refused)
    }
}

impl Opened {
    fn from(content: &str, key_index: Option<usize>) -> Result<Self, Refused> {
        if is_blank(content) {
            return Err(Refused::Empty);
        }
        refuse_doctype(content)?;
        let text = strip_forbidden(content.trim_start_matches('\u{feff}')).into_owned();
        let raw = content.replace('\0', "");
        Ok(Self {
            format: format_of(&text),
            text,
            raw,
            encrypted: key_index.is_some(),
            key_index,
        })
    }
}

/// Whether this is cloud hosting asking if the path exists: unsigned, without content, to be answered with 200 and to be
/// forgotten.
pub fn is_container_probe(body: &[u8]) -> bool {
    /// The probe itself has 31.
    const PROBE_BYTES_MAX: usize = 256;
    body.len() <= PROBE_BYTES_MAX
        && serde_json::from_slice::<serde_json::Value>(body)
            .is_ok_and(|probe| probe == serde_json::json!({ "action": "CheckContainerPath" }))
}

fn required(values: [&Option<String>; 3]) -> Result<[&str; 3], Refused> {
    let [Some(a), Some(b), Some(c)] = values else {
        return Err(Refused::BadSignature);
    };
    Ok([a, b, c])
}

fn refuse_doctype(text: &str) -> Result<(), Refused> {
    if format_of(text) == Format::Xml && doctype::occurs_in(text) {
        Err(Refused::Doctype)
    } else {
        Ok(())
    }
}

fn format_of(text: &str) -> Format {
    if text.trim_start_matches(is_blank_char).starts_with('{') {
        Format::Json
    } else {
        Format::Xml
    }
}

fn is_blank(text: &str) -> bool {
    text.chars().all(is_blank_char)
}

fn is_blank_char(c: char) -> bool {
    c.is_whitespace() || c == '\u{feff}' || crate::text::is_forbidden(c)
}

impl fmt::Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Door")
            .field("appid", &self.appid)
            .field("token", &"[hidden]")
            .field("token_previous", &"[hidden]")
            .field("keys", &self.keys)
            .field("mode", &self.mode)
            .finish()
    }
}

impl fmt::Debug for Opened {
    /// Leaves the content out: it is what people wrote.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened")
            .field("format", &self.format)
            .field("encrypted", &self.encrypted)
            .field("key_index", &self.key_index)
            .finish_non_exhaustive()
    }
}
