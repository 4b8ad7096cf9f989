//! The cipher of encrypted pushes and replies: AES-256-CBC with a 32-byte PKCS#7 padding.
//!
//! `plain = random(16) || u32_be(length) || message || appid`, padded to a multiple of 32 although an AES block has 16,
//! so a pad of 1 to 32 is legal and a common unpadder refuses half of them. The key's text is base64 of 258 bits for
//! 256, so most keys are not canonical base64. The IV is the first half of the key: it touches only the random bytes.

use std::fmt;

use aes::Aes256;
use aes::cipher::block_padding::NoPadding;
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};

const KEY_TEXT_CHARACTERS: usize = 43;
const PAD_BLOCK: usize = 32;
const RANDOM_BYTES: usize = 16;
const HEAD_BYTES: usize = RANDOM_BYTES + 4;

/// An EncodingAESKey, decoded.
#[derive(Clone, PartialEq, Eq)]
pub struct AesKey([u8; 32]);

/// What is wrong with an EncodingAESKey.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not 43 characters.
    #[error(
        "the EncodingAESKey has {0} characters instead of 43: copy it again from the account's 消息与事件推送 page, without blanks"
    )]
    Length(usize),
    /// A character outside `A-Z a-z 0-9`.
    #[error(
        "the EncodingAESKey contains a character other than A-Z, a-z and 0-9: copy it again from the account's 消息与事件推送 page"
    )]
    Alphabet,
    /// An encrypted mode without a key.
    #[error(
        "there is no EncodingAESKey: the compatible and secure modes need the one shown on the account's 消息与事件推送 page"
    )]
    Missing,
}

/// Why a ciphertext could not be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CipherFault {
    /// Not base64, not whole blocks, a pad outside 1..=32 or a length that does not fit: wrong key or not ours.
    Broken,
    /// Opened, but addressed to another account.
    OtherAppid,
}

impl AesKey {
    /// Decodes the 43 characters of the configuration page.
    ///
    /// # Errors
    /// When the text has another length or other characters; the message says what to do.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let characters = text.chars().count();
        if characters != KEY_TEXT_CHARACTERS {
            return Err(KeyError::Length(characters));
        }
        if !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(KeyError::Alphabet);
        }
        // The last character may carry two stray bits: a strict decoder refuses three of four keys.
        let lenient = GeneralPurpose::new(
            &alphabet::STANDARD,
            GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
        );
        lenient
            .decode(format!("{text}="))
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .map(Self)
            .ok_or(KeyError::Alphabet)
    }

    fn iv(&self) -> [u8; 16] {
        let mut iv = [0; 16];
        for (to, from) in iv.iter_mut().zip(self.0) {
            *to = from;
        }
        iv
    }

    /// Encrypts a message for `appid` and writes it as base64.
    pub(crate) fn encrypt(&self, message: &str, appid: &str, random: [u8; RANDOM_BYTES]) -> String {
        let length = u32::try_from(message.len()).unwrap_or(u32::MAX);
        let mut plain = Vec::with_capacity(HEAD_BYTES + message.len() + appid.len() + PAD_BLOCK);
        plain.extend_from_slice(&random);
        plain.extend_from_slice(&length.to_be_bytes());
        plain.extend_from_slice(message.as_bytes());
        plain.extend_from_slice(appid.as_bytes());
        let pad = PAD_BLOCK - plain.len() % PAD_BLOCK;
        plain.resize(plain.len() + pad, u8::try_from(pad).unwrap_or_default());
        let cipher = cbc::Encryptor::<Aes256>::new(&self.0.into(), &self.iv().into());
        STANDARD.encode(cipher.encrypt_padded_vec::<NoPadding>(&plain))
    }

    /// Opens base64 ciphertext and returns the message's bytes.
    pub(crate) fn decrypt(&self, encrypted: &str, appid: &str) -> Result<Vec<u8>, CipherFault> {
        let bytes = STANDARD.decode(encrypted).ok().ok_or(CipherFault::Broken)?;
        let cipher = cbc::Decryptor::<Aes256>::new(&self.0.into(), &self.iv().into());
        let plain = cipher
            .decrypt_padded_vec::<NoPadding>(&bytes)
            .ok()
            .ok_or(CipherFault::Broken)?;
        let content = without_padding(&plain).ok_or(CipherFault::Broken)?;
        let (message, trailer) = message_and_trailer(content).ok_or(CipherFault::Broken)?;
        if trailer == appid.as_bytes() {
            Ok(message.to_vec())
        } else {
            Err(CipherFault::OtherAppid)
        }
    }
}

fn without_padding(plain: &[u8]) -> Option<&[u8]> {
    let last = *plain.last()?;
    let pad = usize::from(last);
    if !(1..=PAD_BLOCK).contains(&pad) {
        return None;
    }
    let (content, padding) = plain.split_at_checked(plain.len().checked_sub(pad)?)?;
    padding.iter().all(|byte| *byte == last).then_some(content)
}

fn message_and_trailer(content: &[u8]) -> Option<(&[u8], &[u8])> {
    let (_random, rest) = content.split_first_chunk::<RANDOM_BYTES>()?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
}

impl fmt::Debug for AesKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AesKey([hidden])")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(bytes: [u8; 32]) -> AesKey {
        AesKey(bytes)
    }

    #[test]
    fn a_key_that_cannot_be_one_says_what_to_do() {
        for (text, fault) in [
            ("", KeyError::Length(0)),
            (&"A".repeat(44), KeyError::Length(44)),
            (&format!("{}=", "A".repeat(42)), KeyError::Alphabet),
            (&"密".repeat(43), KeyError::Alphabet),
        ] {
            assert_eq!(AesKey::parse(text), Err(fault.clone()));
            assert!(fault.to_string().contains("copy it again"), "{fault}");
        }
    }

    #[test]
    fn a_key_is_never_printed() {
        assert_eq!(format!("{:?}", key([7; 32])), "AesKey([hidden])");
    }

    #[test]
    fn every_padding_from_1_to_32_opens() {
        let mut paddings = std::collections::BTreeSet::new();
        for length in 0..32 {
            let message = "x".repeat(length);
            let encrypted = key([7; 32]).encrypt(&message, "wx1", [1; 16]);
            assert_eq!(
                key([7; 32]).decrypt(&encrypted, "wx1"),
                Ok(message.into_bytes())
            );
            paddings.insert(PAD_BLOCK - (HEAD_BYTES + length + 3) % PAD_BLOCK);
        }
        assert_eq!(paddings, (1..=32).collect());
    }

    #[test]
    fn a_length_that_reaches_beyond_the_end_or_a_pad_of_0_or_33_is_broken() {
        let cipher = |plain: &[u8]| {
            let cipher = cbc::Encryptor::<Aes256>::new(&[7; 32].into(), &[7; 16].into());
            STANDARD.encode(cipher.encrypt_padded_vec::<NoPadding>(plain))
        };
        let plain = |length: u32, pad: u8| {
            let mut plain = [
                vec![1; 16],
                length.to_be_bytes().to_vec(),
                b"hiwx1".to_vec(),
            ]
            .concat();
            plain.resize(64, pad);
            cipher(&plain)
        };
        assert_eq!(
            key([7; 32]).decrypt(&plain(u32::MAX, 7), "wx1"),
            Err(CipherFault::Broken)
        );
        for pad in [0, 33, 39, 255] {
            assert_eq!(
                key([7; 32]).decrypt(&plain(2, pad), "wx1"),
                Err(CipherFault::Broken),
                "{pad}"
            );
        }
        assert_eq!(key([7; 32]).decrypt("", "wx1"), Err(CipherFault::Broken));
    }

    proptest! {
        #[test]
        fn what_was_encrypted_opens_again(bytes: [u8; 32], random: [u8; 16], message in ".{0,80}", appid in "[a-z0-9]{0,20}") {
            let encrypted = key(bytes).encrypt(&message, &appid, random);
            prop_assert_eq!(key(bytes).decrypt(&encrypted, &appid), Ok(message.clone().into_bytes()));
            prop_assert_eq!(key(bytes).decrypt(&encrypted, "other"), Err(CipherFault::OtherAppid));
        }
    }
}
