//! Any body at the door, in three modes: nobody is let in without the token, what is let in is what was sealed, and nothing
//! that is authentic but broken does harm.
#![no_main]

use arbitrary::Arbitrary;
use daogou_fuzz::{APPID, door, encrypt, is_forbidden, signed};
use daogou_wechat::{Format, Mode, Push, Query, Refused};
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    timestamp: i64,
    nonce: &'a str,
    random: [u8; 16],
    length: u32,
    /// Whether length and padding are what they should be.
    lengths_are_right: bool,
    /// What stands inside the envelope.
    inside: &'a str,
    /// What stands around it.
    before: &'a str,
    body: &'a [u8],
}

fuzz_target!(|input: Input| {
    let nonce = input.nonce;
    let timestamp = input.timestamp.to_string();
    // Anything at all, unsigned and signed by the token alone: let in by nobody but a plain account.
    for mode in [Mode::Plain, Mode::Compatible, Mode::Secure] {
        let door = door(mode);
        assert!(door.open(&Query::default(), input.body).is_err());
        let opened = door.open(&signed(&timestamp, nonce, None), input.body);
        assert!(mode == Mode::Plain || opened.is_err());
        if let Ok(opened) = opened {
            assert!(
                !opened.encrypted
                    && !opened.raw.contains('\0')
                    && !opened.text.chars().any(is_forbidden)
            );
            let _read_or_not = Push::parse(opened.format, &opened.text);
        }
    }
    // What we seal is opened again as it was.
    let secure = door(Mode::Secure);
    let sealed = secure
        .seal(0, input.inside, input.timestamp, nonce, input.random)
        .expect("there is a key");
    let encrypted = sealed
        .split_once("<Encrypt><![CDATA[")
        .and_then(|(_, rest)| rest.split_once("]]>"))
        .expect("an envelope")
        .0;
    let query = signed(&timestamp, nonce, Some(encrypted));
    for mode in [Mode::Compatible, Mode::Secure] {
        match door(mode).open(&query, sealed.as_bytes()) {
            Ok(opened) => {
                assert_eq!(opened.raw, input.inside.replace('\0', ""));
                assert!(opened.encrypted && opened.key_index == Some(0));
                assert!(!opened.text.chars().any(is_forbidden));
                let json = opened.text.trim_start().starts_with('{');
                assert!(!json || opened.format == Format::Json);
            }
            Err(Refused::Empty | Refused::Doctype | Refused::TooLarge) => {}
            // The nonce stands in the envelope too, and may look like another one.
            Err(other) => assert!(nonce.contains(['<', '"', '&']), "{other}"),
        }
    }
    // The clear half around an envelope changes nothing about what is inside.
    let around = format!("{}<Encrypt>{encrypted}</Encrypt></xml>", input.before);
    if let Ok(opened) = door(Mode::Compatible).open(&query, around.as_bytes()) {
        assert_eq!(opened.raw, input.inside.replace('\0', ""));
    }
    // Authentic, but with any length, padding and trailer.
    let mut plain = input.random.to_vec();
    let length = u32::try_from(input.inside.len()).unwrap_or(u32::MAX);
    let told = if input.lengths_are_right {
        length
    } else {
        input.length
    };
    plain.extend_from_slice(&told.to_be_bytes());
    plain.extend_from_slice(input.inside.as_bytes());
    if input.lengths_are_right {
        plain.extend_from_slice(APPID.as_bytes());
        let pad = 32 - plain.len() % 32;
        plain.resize(plain.len() + pad, u8::try_from(pad).expect("at most 32"));
    } else {
        plain.extend_from_slice(input.body);
    }
    let encrypted = encrypt(&plain);
    let query = signed(&timestamp, nonce, Some(&encrypted));
    let body = format!("<xml><Encrypt>{encrypted}</Encrypt></xml>");
    match secure.open(&query, body.as_bytes()) {
        Ok(opened) if input.lengths_are_right => {
            assert_eq!(opened.raw, input.inside.replace('\0', ""))
        }
        Ok(_)
        | Err(
            Refused::BadCipher
            | Refused::WrongAppid
            | Refused::Empty
            | Refused::Doctype
            | Refused::TooLarge,
        ) => {}
        // Nothing is left of less than a block.
        Err(Refused::NotEncrypted) => assert!(encrypted.is_empty()),
        Err(other) => panic!("{other}"),
    }
});
