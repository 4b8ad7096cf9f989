//! Codes that change every 30 seconds: RFC 6238 with HMAC-SHA-1 and six digits, which every authenticator app takes. Pure.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

/// For how many seconds a code is the present one.
const STEP: i64 = 30;
/// How many steps a phone's clock may be wrong, either way.
const SKEW: i64 = 1;
const DIGITS: usize = 6;

/// How many bytes a new secret has: as many as SHA-1 gives.
pub(super) const SECRET_BYTES: usize = 20;

/// The step whose code was typed, of those around `now` (seconds since 1970) that come after `last`: a code is taken once.
pub(super) fn step_of(secret: &[u8], typed: &str, now: i64, last: Option<i64>) -> Option<i64> {
    let typed: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    if typed.len() != DIGITS || !typed.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let present = now.div_euclid(STEP);
    let fresh =
        (present - SKEW..=present + SKEW).filter(|step| last.is_none_or(|last| *step > last));
    fresh.into_iter().find(|step| code(secret, *step) == typed)
}

/// The code of a step (RFC 4226).
fn code(secret: &[u8], step: i64) -> String {
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret) else {
        // Never: a key may have any length.
        return String::new();
    };
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let offset = usize::from(digest.last().copied().unwrap_or_default() & 0xf);
    let four = digest.iter().skip(offset).take(4);
    let number = four.fold(0_u32, |number, byte| (number << 8) | u32::from(*byte)) & 0x7fff_ffff;
    format!("{:0DIGITS$}", number % 1_000_000)
}

/// A secret as people type it and as `otpauth` writes it: base32 without padding.
pub(super) fn base32(bytes: &[u8]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits = bytes.len() * 8;
    let bit = |at: usize| {
        bytes
            .get(at / 8)
            .is_some_and(|byte| byte >> (7 - at % 8) & 1 == 1)
    };
    (0..bits.div_ceil(5))
        .map(|letter| {
            let five = (0..5).fold(0, |value, at| {
                value << 1 | usize::from(bit(letter * 5 + at))
            });
            LETTERS.get(five).copied().map_or('A', char::from)
        })
        .collect()
}

/// What an authenticator app reads from the picture.
pub(super) fn uri(login: &str, secret: &[u8]) -> String {
    let secret = base32(secret);
    format!(
        "otpauth://totp/Daogou:{login}?secret={secret}&issuer=Daogou&algorithm=SHA1&digits=6&period=30"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of the RFCs' examples.
    const SECRET: &[u8] = b"12345678901234567890";

    #[test]
    fn the_codes_are_those_of_rfc_4226() {
        let codes = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583",
            "399871", "520489",
        ];
        for (step, wanted) in (0..).zip(codes) {
            assert_eq!(code(SECRET, step), wanted, "{step}");
        }
    }

    #[test]
    fn the_steps_are_those_of_rfc_6238() {
        for (now, wanted) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(step_of(SECRET, wanted, now, None), Some(now / 30), "{now}");
        }
    }

    #[test]
    fn a_clock_may_be_a_step_wrong_and_a_code_is_taken_once() {
        let typed = code(SECRET, 100);
        for step in [99, 100, 101] {
            assert_eq!(
                step_of(SECRET, &typed, step * 30, None),
                Some(100),
                "{step}"
            );
            assert_eq!(step_of(SECRET, &typed, step * 30, Some(100)), None);
        }
        for step in [98, 102] {
            assert_eq!(step_of(SECRET, &typed, step * 30, None), None, "{step}");
        }
        assert_eq!(step_of(SECRET, &code(SECRET, 99), 3000, Some(100)), None);
        let (left, right) = typed.split_at(3);
        let apart = format!(" {left} {right}");
        assert_eq!(step_of(SECRET, &apart, 3000, None), Some(100));
        for wrong in ["", "12345", "1234567", "１２３４５６", "abcdef"] {
            assert_eq!(step_of(SECRET, wrong, 3000, None), None, "{wrong}");
        }
    }

    #[test]
    fn base32_is_that_of_rfc_4648() {
        for (bytes, wanted) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(bytes.as_bytes()), wanted);
        }
    }
}
