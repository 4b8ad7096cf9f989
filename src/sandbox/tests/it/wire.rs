//! Signature and cipher once more, written for the tests from the platform's description alone.

use aes::Aes256;
use base64::Engine;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use sha1::{Digest, Sha1};

use crate::stage::{AES_KEY, APPID};

/// SHA-1 over the sorted parts.
pub fn signature(parts: &[&str]) -> String {
    let mut sorted: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
    sorted.sort();
    let mut hash = Sha1::new();
    for part in sorted {
        hash.update(part);
    }
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn key() -> [u8; 32] {
    let lenient = GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let engine = GeneralPurpose::new(&base64::alphabet::STANDARD, lenient);
    engine
        .decode(format!("{AES_KEY}="))
        .unwrap()
        .try_into()
        .unwrap()
}

fn iv() -> [u8; 16] {
    key()[..16].try_into().unwrap()
}

/// Random prefix, message and trailer of an `Encrypt`.
pub fn opened(encrypted: &str) -> (String, String, String) {
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(encrypted)
        .unwrap();
    let cipher = cbc::Decryptor::<Aes256>::new(&key().into(), &iv().into());
    let plain = cipher.decrypt_padded_vec::<NoPadding>(&bytes).unwrap();
    let pad = usize::from(*plain.last().unwrap());
    assert!((1..=32).contains(&pad) && plain.len() % 32 == 0);
    let plain = &plain[..plain.len() - pad];
    let length = u32::from_be_bytes(plain[16..20].try_into().unwrap()) as usize;
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (
        text(&plain[..16]),
        text(&plain[20..20 + length]),
        text(&plain[20 + length..]),
    )
}

/// A reply as secure mode wants it.
pub fn sealed_reply(token: &str, message: &str) -> String {
    let mut plain = b"0123456789abcdef".to_vec();
    plain.extend(u32::try_from(message.len()).unwrap().to_be_bytes());
    plain.extend(message.as_bytes());
    plain.extend(APPID.as_bytes());
    let pad = 32 - plain.len() % 32;
    plain.extend(vec![u8::try_from(pad).unwrap(); pad]);
    let cipher = cbc::Encryptor::<Aes256>::new(&key().into(), &iv().into());
    let encrypted = base64::engine::general_purpose::STANDARD
        .encode(cipher.encrypt_padded_vec::<NoPadding>(&plain));
    let (timestamp, nonce) = ("1786759500", "123456789");
    let signed = signature(&[token, timestamp, nonce, &encrypted]);
    format!(
        "<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt><MsgSignature><![CDATA[{signed}]]></MsgSignature>\
         <TimeStamp>{timestamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
    )
}
