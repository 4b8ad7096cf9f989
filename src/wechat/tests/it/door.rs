//! The door: who is let in, who is not, in each of the three modes.

use daogou_wechat::{
    AesKey, BODY_BYTES_MAX, Body, Door, Message, Mode, Push, Query, Refused, is_container_probe,
};

use crate::fixtures::door;

const APPID: &str = "wx1234567890abcdef";
const TOKEN: &str = "Daogou2026";
const KEY: &str = "h7ZycbpEh2vNdfkYulfw9pG95HjLYwmrKBFeqIktff6";
const OTHER_KEY: &str = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR";
const TIMESTAMP: i64 = 1_668_869_541;
const NONCE: &str = "973755032";
const CLEAR: &str = "<xml><ToUserName><![CDATA[gh_1]]></ToUserName>\n<FromUserName><![CDATA[oA]]></FromUserName>\n<CreateTime>1668869541</CreateTime>\n<MsgType><![CDATA[text]]></MsgType>\n<Content><![CDATA[你好]]></Content>\n<MsgId>23892468385179204</MsgId>\n</xml>";

/// A push of this content as the platform would send it: the door, the query and the body.
pub fn signed(mode: Mode, content: &str) -> (Door, Query, String) {
    let door = door(APPID, TOKEN, KEY, mode);
    let (encrypt, msg_signature) = encrypted(&door, content);
    let body = match mode {
        Mode::Plain => content.to_owned(),
        Mode::Compatible if content.contains("</xml>") => content.replace(
            "</xml>",
            &format!("<Encrypt><![CDATA[{encrypt}]]></Encrypt>\n</xml>\n"),
        ),
        Mode::Compatible | Mode::Secure => {
            format!(
                "<xml>\n    <ToUserName><![CDATA[gh_1]]></ToUserName>\n    <Encrypt><![CDATA[{encrypt}]]></Encrypt>\n</xml>\n"
            )
        }
    };
    (door, query(msg_signature), body)
}

/// Ciphertext and its signature: a push is encrypted exactly as a reply is.
fn encrypted(door: &Door, content: &str) -> (String, String) {
    let sealer = Door {
        mode: Mode::Secure,
        ..door.clone()
    };
    let sealed = sealer
        .seal(0, content, TIMESTAMP, NONCE, *b"0123456789abcdef")
        .unwrap();
    let between = |start: &str| {
        sealed
            .split(start)
            .nth(1)
            .unwrap()
            .split("]]>")
            .next()
            .unwrap()
            .to_owned()
    };
    (
        between("<Encrypt><![CDATA["),
        between("<MsgSignature><![CDATA["),
    )
}

/// The query of a push; `signature` is what the token signs for this timestamp and nonce.
fn query(msg_signature: String) -> Query {
    Query {
        signature: Some("8a3dab0188633c30142b12e60bd7617c09d8c6df".to_owned()),
        timestamp: Some(TIMESTAMP.to_string()),
        nonce: Some(NONCE.to_owned()),
        encrypt_type: Some("aes".to_owned()),
        msg_signature: Some(msg_signature),
        openid: Some("oSomebodyElse".to_owned()),
        echostr: None,
    }
}

fn refusal(door: &Door, query: &Query, body: impl AsRef<[u8]>) -> Refused {
    door.open(query, body.as_ref()).unwrap_err()
}

#[test]
fn the_same_push_opens_in_every_mode() {
    for mode in [Mode::Plain, Mode::Compatible, Mode::Secure] {
        let (door, query, body) = signed(mode, CLEAR);
        let opened = door.open(&query, body.as_bytes()).unwrap();
        assert_eq!(opened.raw, CLEAR);
        assert_eq!(opened.key_index, (mode != Mode::Plain).then_some(0));
    }
}

#[test]
fn a_clear_body_is_refused_where_the_account_encrypts_although_its_signature_is_right() {
    let (_, query, _) = signed(Mode::Plain, CLEAR);
    for mode in [Mode::Compatible, Mode::Secure] {
        assert_eq!(
            refusal(&door(APPID, TOKEN, KEY, mode), &query, CLEAR),
            Refused::NotEncrypted
        );
    }
}

#[test]
fn a_wrong_or_missing_signature_is_refused_in_every_mode() {
    for mode in [Mode::Plain, Mode::Compatible, Mode::Secure] {
        let (door, good, body) = signed(mode, CLEAR);
        let wrong = Query {
            timestamp: Some("1668869542".to_owned()),
            ..good
        };
        assert_eq!(refusal(&door, &wrong, &body), Refused::BadSignature);
        assert_eq!(
            refusal(&door, &Query::default(), &body),
            Refused::BadSignature
        );
    }
}

#[test]
fn the_plain_signature_does_not_vouch_for_an_encrypted_body() {
    let (door, good, body) = signed(Mode::Secure, CLEAR);
    let swapped = Query {
        msg_signature: good.signature.clone(),
        ..good.clone()
    };
    assert_eq!(refusal(&door, &swapped, &body), Refused::BadSignature);
    let absent = Query {
        msg_signature: None,
        ..good
    };
    assert_eq!(refusal(&door, &absent, &body), Refused::BadSignature);
}

#[test]
fn a_push_for_another_appid_is_refused_even_with_our_key_and_token() {
    let (_, query, body) = signed(Mode::Secure, CLEAR);
    let other = door("wx1234567890abcdeF", TOKEN, KEY, Mode::Secure);
    assert_eq!(refusal(&other, &query, &body), Refused::WrongAppid);
}

#[test]
fn the_previous_key_still_opens_and_a_foreign_one_does_not() {
    let (current, query, body) = signed(Mode::Secure, CLEAR);
    let rotated = Door {
        keys: vec![
            AesKey::parse(OTHER_KEY).unwrap(),
            AesKey::parse(KEY).unwrap(),
        ],
        ..current.clone()
    };
    assert_eq!(
        rotated.open(&query, body.as_bytes()).unwrap().key_index,
        Some(1)
    );
    for keys in [vec![AesKey::parse(OTHER_KEY).unwrap()], Vec::new()] {
        assert_eq!(
            refusal(
                &Door {
                    keys,
                    ..current.clone()
                },
                &query,
                &body
            ),
            Refused::BadCipher
        );
    }
}

#[test]
fn signed_rubbish_is_refused() {
    for encrypt in [
        "AAAA",
        "not/base64=",
        "AAAAAAAAAAAAAAAAAAAAAA==",
        &"A".repeat(64),
    ] {
        let door = door(APPID, TOKEN, KEY, Mode::Secure);
        let mut parts = [
            TOKEN.to_owned(),
            TIMESTAMP.to_string(),
            NONCE.to_owned(),
            encrypt.to_owned(),
        ];
        parts.sort_unstable();
        let signature: String = {
            use sha1::Digest;
            sha1::Sha1::digest(parts.concat())
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect()
        };
        let body = format!("<xml><Encrypt>{encrypt}</Encrypt></xml>");
        assert_eq!(
            refusal(&door, &query(signature), &body),
            Refused::BadCipher,
            "{encrypt}"
        );
    }
}

#[test]
fn a_malformed_clear_half_does_not_matter_in_compatible_mode() {
    let broken = CLEAR.replace(
        "你好",
        "a]]>b <Encrypt>fake</Encrypt> \u{2}\u{1d} & </Content>",
    );
    let (door, query, body) = signed(Mode::Compatible, CLEAR);
    let encrypt = body.split("<Encrypt>").nth(1).unwrap();
    let body = format!("{}<Encrypt>{encrypt}", broken.replace("</xml>", ""));
    let opened = door.open(&query, body.as_bytes()).unwrap();
    assert_eq!(opened.raw, CLEAR);
    let mut bytes = body.into_bytes();
    bytes.splice(40..40, [0xff, 0xfe]);
    assert_eq!(door.open(&query, &bytes).unwrap().raw, CLEAR);
}

#[test]
fn the_clear_half_of_a_compatible_body_is_never_believed() {
    let (door, query, body) = signed(Mode::Compatible, CLEAR);
    let forged = body.replace("<![CDATA[oA]]>", "<![CDATA[oVictim]]>");
    let opened = door.open(&query, forged.as_bytes()).unwrap();
    assert_eq!(
        Push::parse(opened.format, &opened.text)
            .unwrap()
            .from
            .as_deref(),
        Some("oA")
    );
}

#[test]
fn empty_and_oversized_bodies_are_refused() {
    for mode in [Mode::Plain, Mode::Compatible, Mode::Secure] {
        let (door, query, _) = signed(mode, CLEAR);
        for empty in ["", " \n", "\u{feff}", "\0"] {
            assert_eq!(refusal(&door, &query, empty), Refused::Empty);
        }
        assert_eq!(
            refusal(&door, &query, vec![b'x'; BODY_BYTES_MAX + 1]),
            Refused::TooLarge
        );
        assert_ne!(
            refusal(&door, &Query::default(), vec![b'x'; BODY_BYTES_MAX]),
            Refused::TooLarge
        );
    }
    let (door, query, body) = signed(Mode::Secure, "");
    assert_eq!(refusal(&door, &query, &body), Refused::Empty);
}

#[test]
fn a_dtd_is_refused_outside_and_inside_and_a_person_may_write_one() {
    let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]><xml><Content>&b;</Content></xml>";
    for mode in [Mode::Plain, Mode::Secure] {
        let (door, query, body) = signed(mode, bomb);
        assert_eq!(refusal(&door, &query, &body), Refused::Doctype);
    }
    for mode in [Mode::Compatible, Mode::Secure] {
        let (door, query, body) = signed(mode, CLEAR);
        assert_eq!(
            refusal(&door, &query, format!("<!doctype x>{body}")),
            Refused::Doctype
        );
    }
    let html = CLEAR.replace("你好", "<!DOCTYPE html><p>");
    for mode in [Mode::Plain, Mode::Compatible, Mode::Secure] {
        let (door, query, body) = signed(mode, &html);
        let opened = door.open(&query, body.as_bytes()).unwrap();
        let push = Push::parse(opened.format, &opened.text).unwrap();
        let content = "<!DOCTYPE html><p>".to_owned();
        assert_eq!(
            push.body,
            Body::Message(Message::Text {
                content,
                menu_id: None
            })
        );
    }
}

#[test]
fn forbidden_characters_and_broken_utf_8_cost_no_message() {
    for mode in [Mode::Plain, Mode::Compatible, Mode::Secure] {
        let (door, query, body) = signed(mode, &CLEAR.replace("你好", "你\u{2}\u{1d}\0好"));
        let opened = door.open(&query, body.as_bytes()).unwrap();
        assert!(opened.raw.contains("你\u{2}\u{1d}好") && opened.text.contains("[你好]"));
        assert!(Push::parse(opened.format, &opened.text).is_ok());
    }
    let (door, query, body) = signed(Mode::Plain, CLEAR);
    let mut bytes = body.into_bytes();
    let at = bytes
        .windows(3)
        .position(|window| window == "你".as_bytes())
        .unwrap();
    bytes.splice(at..at + 3, [0xed, 0xa0, 0xbd]);
    let opened = door.open(&query, &bytes).unwrap();
    assert!(Push::parse(opened.format, &opened.text).is_ok());
}

#[test]
fn a_byte_order_mark_is_tolerated() {
    for content in [
        format!("\u{feff}{CLEAR}"),
        "\u{feff}{\"MsgType\":\"text\",\"Content\":\"hi\"}".to_owned(),
    ] {
        for mode in [Mode::Plain, Mode::Secure] {
            let (door, query, body) = signed(mode, &content);
            let opened = door.open(&query, body.as_bytes()).unwrap();
            let push = Push::parse(opened.format, &opened.text).unwrap();
            assert!(matches!(push.body, Body::Message(Message::Text { .. })));
        }
    }
}

#[test]
fn a_reply_stays_as_it_is_in_plain_mode_and_needs_a_key_in_the_others() {
    let plain = door(APPID, TOKEN, "", Mode::Plain);
    assert_eq!(plain.seal(0, "<xml/>", 1, "n", [0; 16]).unwrap(), "<xml/>");
    for mode in [Mode::Compatible, Mode::Secure] {
        assert!(
            door(APPID, TOKEN, "", mode)
                .seal(0, "<xml/>", 1, "n", [0; 16])
                .is_err()
        );
        let sealed = door(APPID, TOKEN, KEY, mode)
            .seal(0, "<xml/>", 1, "n]]>n", [0; 16])
            .unwrap();
        assert!(
            sealed.contains("<Nonce><![CDATA[n]]]]><![CDATA[>n]]></Nonce>"),
            "{sealed}"
        );
    }
}

#[test]
fn a_verification_without_echo_or_with_a_wrong_signature_is_refused() {
    let door = door(APPID, TOKEN, KEY, Mode::Secure);
    let good = query(String::new());
    assert_eq!(door.verify_url(&good), Err(Refused::NoEchostr));
    let echo = Query {
        echostr: Some("83+/=".to_owned()),
        ..good
    };
    assert_eq!(door.verify_url(&echo).unwrap(), "83+/=");
    let wrong = Query {
        nonce: Some("1".to_owned()),
        ..echo
    };
    assert_eq!(door.verify_url(&wrong), Err(Refused::BadSignature));
}

#[test]
fn a_question_that_a_door_signs_is_answered_by_the_same_door_alone() {
    let (door, ..) = signed(Mode::Secure, CLEAR);
    let [signature, timestamp, nonce, echostr] = door
        .question(1_714_036_504, "7", "echo")
        .map(|(_, value)| Some(value));
    let query = Query {
        signature,
        timestamp,
        nonce,
        echostr,
        ..Query::default()
    };
    assert_eq!(door.verify_url(&query).unwrap(), "echo");
    let other = Door {
        token: "another".to_owned(),
        ..door
    };
    assert_eq!(other.verify_url(&query), Err(Refused::BadSignature));
}

#[test]
fn cloud_hostings_probe_is_recognised_and_nothing_else() {
    assert!(is_container_probe(b"{\"action\": \"CheckContainerPath\"}"));
    for body in [
        &b"{}"[..],
        b"",
        b"{\"action\":\"CheckContainerPath\",\"MsgType\":\"text\"}",
    ] {
        assert!(!is_container_probe(body));
    }
}

#[test]
fn nothing_that_is_printed_shows_the_token_a_key_or_what_a_person_wrote() {
    let (door, query, body) = signed(Mode::Secure, CLEAR);
    let opened = door.open(&query, body.as_bytes()).unwrap();
    let printed = format!("{door:?} {opened:?}");
    for secret in [TOKEN, KEY, "你好"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}

#[test]
fn while_keys_are_changed_an_answer_is_sealed_with_the_key_that_opened_the_push() {
    let old = door(APPID, TOKEN, KEY, Mode::Secure);
    let mut both = old.clone();
    both.keys.insert(0, AesKey::parse(OTHER_KEY).unwrap());
    let sealed = both.seal(1, "<xml/>", 1, "n", [0; 16]).unwrap();
    assert_eq!(sealed, old.seal(0, "<xml/>", 1, "n", [0; 16]).unwrap());
    assert_ne!(sealed, both.seal(0, "<xml/>", 1, "n", [0; 16]).unwrap());
}
