//! Signatures: SHA-1 over sorted strings, compared in constant time.

use std::fmt::Write as _;

use sha1::{Digest, Sha1};
use subtle::ConstantTimeEq;

/// The lower-case hexadecimal SHA-1 of the parts, sorted as strings by byte order and joined without separator. Three
/// parts (token, timestamp, nonce) make `signature`, a fourth (`Encrypt`) makes `msg_signature`.
pub(crate) fn sign<const N: usize>(mut parts: [&str; N]) -> String {
    parts.sort_unstable();
    let mut hash = Sha1::new();
    for part in parts {
        hash.update(part.as_bytes());
    }
    hex(&hash.finalize())
}

/// Whether `given` is the signature of the parts.
pub(crate) fn verify<const N: usize>(parts: [&str; N], given: &str) -> bool {
    sign(parts).as_bytes().ct_eq(given.as_bytes()).into()
}

/// The lower-case hexadecimal SHA-1 of a text.
pub(crate) fn sha1_hex(text: &str) -> String {
    hex(&Sha1::digest(text.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a String cannot fail.
            let _infallible = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_platforms_own_examples_come_out_the_same() {
        let three = |timestamp, nonce| sign(["AAAAA", timestamp, nonce]);
        assert_eq!(
            three("1714036504", "1514711492"),
            "f464b24fc39322e44b38aa78f5edd27bd1441696"
        );
        assert_eq!(
            three("1714037059", "486452656"),
            "899cf89e464efb63f54ddac96b0a0a235f53aa78"
        );
        assert_eq!(
            three("1714112445", "415670741"),
            "6c5c811b55cc85e0e1b54100749188c20beb3f5d"
        );
    }

    #[test]
    fn a_signature_that_is_shorter_longer_or_different_is_refused() {
        let parts = ["AAAAA", "1714036504", "1514711492"];
        assert!(verify(parts, "f464b24fc39322e44b38aa78f5edd27bd1441696"));
        for wrong in [
            "",
            "f464",
            "f464b24fc39322e44b38aa78f5edd27bd1441697",
            "f464b24fc39322e44b38aa78f5edd27bd14416961",
        ] {
            assert!(!verify(parts, wrong), "{wrong}");
        }
    }
}
