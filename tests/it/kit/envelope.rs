//! Pushes as WeChat makes them and answers as WeChat reads them: signature, cipher and layout written down again from
//! the platform's description, so that a mistake in the code under test is not repeated here.

use aes::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use aes::{Aes256, Block};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use sha1::{Digest, Sha1};

const TIMESTAMP: &str = "1786759500";
const NONCE: &str = "977789310";

/// What the server configuration page of an account says.
#[derive(Clone)]
pub struct Sender {
    pub appid: String,
    pub token: String,
    pub aes_key: String,
}

/// A request to the callback, all but its address.
#[derive(Clone)]
pub struct Push {
    pub query: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

impl Push {
    /// The same with another value in the query.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        for (key, old) in &mut self.query {
            if *key == name {
                value.clone_into(old);
            }
        }
        self
    }

    /// The same without one value of the query.
    pub fn without(mut self, name: &str) -> Self {
        self.query.retain(|(key, _)| *key != name);
        self
    }
}

impl Sender {
    /// `content` in the mode's layout: in compatible mode clear and encrypted, in secure mode encrypted alone.
    pub fn push(&self, mode: &str, content: impl AsRef<[u8]>) -> Push {
        let content = content.as_ref();
        match mode {
            "plain" => self.clear(content),
            "compatible" => self.enclosed(&self.encrypt(content, &self.appid), content),
            _ => self.enclosed(&self.encrypt(content, &self.appid), b""),
        }
    }

    /// `content` in clear, validly signed.
    pub fn clear(&self, content: impl AsRef<[u8]>) -> Push {
        let query = vec![
            (
                "signature",
                signature(&[self.token.as_str(), TIMESTAMP, NONCE]),
            ),
            ("timestamp", TIMESTAMP.to_owned()),
            ("nonce", NONCE.to_owned()),
            ("openid", "oNobodyInParticular".to_owned()),
        ];
        Push {
            query,
            body: content.as_ref().to_vec(),
        }
    }

    /// The envelope of `encrypted`, validly signed, with the elements of `clear` before it.
    pub fn enclosed(&self, encrypted: &str, clear: &[u8]) -> Push {
        let mut push = self.clear(b"");
        let signed = [self.token.as_str(), TIMESTAMP, NONCE, encrypted];
        push.query.push(("encrypt_type", "aes".to_owned()));
        push.query.push(("msg_signature", signature(&signed)));
        let enclosed = format!("    <Encrypt><![CDATA[{encrypted}]]></Encrypt>\n</xml>\n");
        let json = format!("\"Encrypt\":\"{encrypted}\"}}");
        push.body = match clear {
            [b'{', members @ .., b'}'] => [b"{", members, b",", json.as_bytes()].concat(),
            _ => match clear.strip_suffix(b"</xml>") {
                Some(elements) => [elements, enclosed.as_bytes()].concat(),
                None => format!("<xml>\n    <ToUserName><![CDATA[gh_1]]></ToUserName>\n{enclosed}")
                    .into_bytes(),
            },
        };
        push
    }

    /// base64 of AES-256-CBC(16 bytes ‖ length ‖ content ‖ appid), padded to whole blocks of 32.
    pub fn encrypt(&self, content: &[u8], appid: &str) -> String {
        let length = u32::try_from(content.len()).expect("a short content");
        let mut bytes = [
            b"0a1b2c3d4e5f6789".as_slice(),
            &length.to_be_bytes(),
            content,
            appid.as_bytes(),
        ]
        .concat();
        let pad = 32 - bytes.len() % 32;
        bytes.resize(bytes.len() + pad, u8::try_from(pad).expect("at most 32"));
        let (cipher, mut before) = self.cipher();
        for block in bytes.chunks_exact_mut(16) {
            let mixed: Vec<u8> = block.iter().zip(before).map(|(a, b)| a ^ b).collect();
            let mut mixed = Block::try_from(mixed.as_slice()).expect("16 bytes");
            cipher.encrypt_block(&mut mixed);
            block.copy_from_slice(&mixed);
            before.copy_from_slice(block);
        }
        STANDARD.encode(bytes)
    }

    /// The clear text of an encrypted answer, after checking its signature and whom it is from.
    pub fn open(&self, answer: &str) -> String {
        let encrypted = between(answer, "<Encrypt><![CDATA[", "]]></Encrypt>");
        let timestamp = between(answer, "<TimeStamp>", "</TimeStamp>");
        let nonce = between(answer, "<Nonce><![CDATA[", "]]></Nonce>");
        let signed = signature(&[self.token.as_str(), timestamp, nonce, encrypted]);
        let given = between(answer, "<MsgSignature><![CDATA[", "]]></MsgSignature>");
        assert_eq!(given, signed, "the signature of the answer");
        let mut bytes = STANDARD.decode(encrypted).expect("base64");
        let (cipher, mut before) = self.cipher();
        for block in bytes.chunks_exact_mut(16) {
            let mut opened = Block::try_from(&*block).expect("16 bytes");
            cipher.decrypt_block(&mut opened);
            let clear: Vec<u8> = opened.iter().zip(before).map(|(a, b)| a ^ b).collect();
            before.copy_from_slice(block);
            block.copy_from_slice(&clear);
        }
        let pad = usize::from(*bytes.last().expect("a last byte"));
        assert!((1..=32).contains(&pad), "a pad of {pad}");
        bytes.truncate(bytes.len() - pad);
        let length = u32::from_be_bytes(bytes[16..20].try_into().expect("4 bytes"));
        let (content, appid) = bytes[20..].split_at(usize::try_from(length).expect("a length"));
        assert_eq!(appid, self.appid.as_bytes(), "the trailer of the answer");
        String::from_utf8(content.to_vec()).expect("text")
    }

    /// The cipher and its first block, which is the first half of the key.
    fn cipher(&self) -> (Aes256, [u8; 16]) {
        let config = GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true);
        let lenient = GeneralPurpose::new(&alphabet::STANDARD, config);
        let key = lenient
            .decode(format!("{}=", self.aes_key))
            .expect("base64");
        let first = key[..16].try_into().expect("16 bytes");
        (Aes256::new_from_slice(&key).expect("32 bytes"), first)
    }
}

/// SHA-1 of the sorted parts.
fn signature(parts: &[&str]) -> String {
    let mut parts = parts.to_vec();
    parts.sort_unstable();
    let digest = Sha1::digest(parts.concat());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What stands in `text` between `start` and `end`.
pub fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let found = text.split_once(start).and_then(|(_, t)| t.split_once(end));
    found
        .unwrap_or_else(|| panic!("no {start} … {end} in {text}"))
        .0
}
