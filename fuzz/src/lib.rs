//! What the targets share: WeChat's side of the wire, written down again, so that signed and encrypted input can be made.

use aes::Aes256;
use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeEncrypt, KeyIvInit};
use daogou_wechat::{AesKey, Door, Mode, Push, Query};
use sha1::{Digest, Sha1};

pub const APPID: &str = "wx0123456789abcdef";
pub const TOKEN: &str = "tokenforfuzzing";
const KEY: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ";

/// The account's door in `mode`.
pub fn door(mode: Mode) -> Door {
    Door {
        appid: APPID.to_owned(),
        token: TOKEN.to_owned(),
        token_previous: None,
        keys: vec![AesKey::parse(KEY).expect("a key")],
        mode,
    }
}

/// The hexadecimal SHA-1 of the sorted parts.
pub fn sign(parts: &[&str]) -> String {
    let mut parts = parts.to_vec();
    parts.sort_unstable();
    let digest = Sha1::digest(parts.concat());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A query that vouches for `encrypted`, or for nothing but the token.
pub fn signed(timestamp: &str, nonce: &str, encrypted: Option<&str>) -> Query {
    Query {
        signature: Some(sign(&[TOKEN, timestamp, nonce])),
        timestamp: Some(timestamp.to_owned()),
        nonce: Some(nonce.to_owned()),
        msg_signature: encrypted.map(|e| sign(&[TOKEN, timestamp, nonce, e])),
        ..Query::default()
    }
}

/// Encrypts whole blocks with the account's key, whatever they hold: what is too much is left out.
pub fn encrypt(plain: &[u8]) -> String {
    let lenient = GeneralPurpose::new(
        &alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
    );
    let key: [u8; 32] = lenient
        .decode(format!("{KEY}="))
        .expect("base64")
        .try_into()
        .expect("32 bytes");
    let iv: [u8; 16] = key[..16].try_into().expect("16 bytes");
    let whole = &plain[..plain.len() / 16 * 16];
    let cipher = cbc::Encryptor::<Aes256>::new(&key.into(), &iv.into());
    STANDARD.encode(cipher.encrypt_padded_vec::<NoPadding>(whole))
}

/// Characters that XML 1.0 forbids.
pub fn is_forbidden(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

/// What must hold for everything that could be read.
pub fn check(push: &Push, text: &str) {
    let key = push.dedupe_key(text);
    assert!(!key.is_empty() && key.len() <= daogou_wechat::DEDUPE_KEY_BYTES_MAX);
    assert_eq!(key, push.dedupe_key(text), "the key is always the same");
    for value in [&push.to, &push.from, &push.msg_id].into_iter().flatten() {
        assert_eq!(value, value.trim(), "blanks around a value mean nothing");
        assert!(!value.is_empty(), "nothing is not a value");
    }
}
