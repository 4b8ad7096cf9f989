//! Signature and encryption of pushes and of the answers to them, as the platform documents them: SHA-1 over the
//! sorted parts, AES-256-CBC with its own padding to 32 bytes.

use aes::Aes256;
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::general_purpose::STANDARD as BASE64;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use sha1::{Digest, Sha1};

/// The block that messages are padded to: 32 although the cipher's own is 16.
const PADDED_TO: usize = 32;
/// The random prefix and the length before the message.
const HEAD: usize = 20;

/// The key made of an EncodingAESKey.
#[derive(Clone)]
pub(crate) struct Key([u8; 32]);

impl Key {
    /// From the 43 characters of the console. The last one may carry two stray bits, so it need not be canonical.
    pub(crate) fn from_encoding(encoding_aes_key: &str) -> Option<Self> {
        if encoding_aes_key.len() != 43 {
            return None;
        }
        let lenient = GeneralPurposeConfig::new()
            .with_decode_allow_trailing_bits(true)
            .with_decode_padding_mode(DecodePaddingMode::Indifferent);
        let bytes = GeneralPurpose::new(&STANDARD, lenient)
            .decode(encoding_aes_key)
            .ok()?;
        bytes.try_into().ok().map(Self)
    }

    fn iv(&self) -> [u8; 16] {
        let mut iv = [0; 16];
        for (to, from) in iv.iter_mut().zip(self.0) {
            *to = from;
        }
        iv
    }

    /// The base64 of random, length, message and appid, padded and encrypted.
    pub(crate) fn seal(&self, random: &[u8; 16], message: &str, appid: &str) -> String {
        let length = u32::try_from(message.len()).unwrap_or(u32::MAX);
        let mut plain = Vec::with_capacity(HEAD + message.len() + appid.len() + PADDED_TO);
        plain.extend_from_slice(random);
        plain.extend_from_slice(&length.to_be_bytes());
        plain.extend_from_slice(message.as_bytes());
        plain.extend_from_slice(appid.as_bytes());
        let pad = PADDED_TO - plain.len() % PADDED_TO;
        plain.resize(plain.len() + pad, u8::try_from(pad).unwrap_or_default());
        let cipher = cbc::Encryptor::<Aes256>::new(&self.0.into(), &self.iv().into());
        BASE64.encode(cipher.encrypt_padded_vec::<NoPadding>(&plain))
    }

    /// The message inside, or why it is not one.
    pub(crate) fn open(&self, encrypted: &str, appid: &str) -> Result<String, &'static str> {
        let bytes = BASE64
            .decode(encrypted.trim())
            .map_err(|_error| "Encrypt is not base64")?;
        if bytes.is_empty() || !bytes.len().is_multiple_of(16) {
            return Err("Encrypt is not a whole number of blocks");
        }
        let cipher = cbc::Decryptor::<Aes256>::new(&self.0.into(), &self.iv().into());
        let plain = cipher
            .decrypt_padded_vec::<NoPadding>(&bytes)
            .map_err(|_error| "Encrypt cannot be decrypted")?;
        let pad = plain.last().copied().map_or(0, usize::from);
        if !(1..=PADDED_TO).contains(&pad) {
            return Err("the padding is wrong");
        }
        let body = plain
            .get(..plain.len().saturating_sub(pad))
            .unwrap_or_default();
        let length = match body.get(16..HEAD) {
            Some(&[a, b, c, d]) => {
                usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap_or(usize::MAX)
            }
            _ => return Err("the plaintext is too short"),
        };
        let rest = body.get(HEAD..).unwrap_or_default();
        let (message, trailer) = rest
            .split_at_checked(length)
            .ok_or("the length inside is wrong")?;
        if trailer != appid.as_bytes() {
            return Err("the appid inside is another one");
        }
        String::from_utf8(message.to_vec()).map_err(|_error| "the message is not UTF-8")
    }
}

/// SHA-1 over the parts, sorted as strings and joined: `signature` with three parts, `msg_signature` with four.
pub(crate) fn signature(parts: &[&str]) -> String {
    let mut parts = parts.to_vec();
    parts.sort_unstable();
    hex::encode(Sha1::digest(parts.concat().as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFICIAL_KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    const OFFICIAL_APPID: &str = "wxba5fad812f8e6fb9";

    #[test]
    fn the_documented_signatures_come_out() {
        assert_eq!(
            signature(&["AAAAA", "1714036504", "1514711492"]),
            "f464b24fc39322e44b38aa78f5edd27bd1441696"
        );
        assert_eq!(
            signature(&["AAAAA", "1714037059", "486452656"]),
            "899cf89e464efb63f54ddac96b0a0a235f53aa78"
        );
    }

    #[test]
    fn the_documented_reply_is_sealed_and_opened() {
        let key = Key::from_encoding(OFFICIAL_KEY).unwrap();
        let sealed = key.seal(
            b"707722b803182950",
            "{\"demo_resp\":\"good luck\"}",
            OFFICIAL_APPID,
        );
        assert_eq!(
            sealed,
            "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="
        );
        assert_eq!(
            signature(&["AAAAA", "1713424427", "415670741", &sealed]),
            "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1"
        );
        assert_eq!(
            key.open(&sealed, OFFICIAL_APPID).unwrap(),
            "{\"demo_resp\":\"good luck\"}"
        );
        assert!(key.open(&sealed, "wx0000000000000000").is_err());
    }

    #[test]
    fn a_key_with_stray_bits_opens_a_real_message() {
        let key = Key::from_encoding("kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR").unwrap();
        let sealed = "4ByGGj+sVCYcvGeQYhaKIk1o0pQRNbRjxybjTGblXrBaXlTXeOo1+bXFXDQQb1o6co6Yh9Bv41n7hOchLF6p+Q==";
        assert_eq!(
            key.open(sealed, "wx49f0ab532d5d035a").unwrap(),
            "5927782489442352469"
        );
    }

    #[test]
    fn every_length_of_padding_survives_the_round_trip() {
        let key = Key::from_encoding("kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR").unwrap();
        for length in 0..40 {
            let message = "好".repeat(length) + &"x".repeat(length);
            let sealed = key.seal(b"0123456789abcdef", &message, "wx1");
            assert_eq!(key.open(&sealed, "wx1").unwrap(), message);
        }
    }

    #[test]
    fn what_is_not_an_envelope_is_refused_without_a_panic() {
        let key = Key::from_encoding(OFFICIAL_KEY).unwrap();
        for bad in [
            "",
            "AAAA",
            "!!",
            "AAAAAAAAAAAAAAAAAAAAAA==",
            &BASE64.encode([7; 48]),
        ] {
            assert!(key.open(bad, OFFICIAL_APPID).is_err(), "{bad}");
        }
        assert!(Key::from_encoding("short").is_none());
    }
}
