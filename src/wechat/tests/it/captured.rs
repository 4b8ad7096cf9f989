//! Requests captured from WeChat's own servers: each opens, byte for byte, and says what it says.

use daogou_wechat::{Body, Door, Event, Message, Mode, Push, Query};
use serde_json::Value;

use crate::fixtures;

struct Captured(Value);

impl Captured {
    fn read() -> Option<Self> {
        let all = serde_json::from_str(&fixtures::read("captured-requests.json")?).unwrap();
        Some(Self(all))
    }

    fn requests(&self) -> &Vec<Value> {
        self.0.get("requests").unwrap().as_array().unwrap()
    }

    fn door(&self, mode: Mode) -> Door {
        let of = |name: &str| self.0.get(name).unwrap().as_str().unwrap();
        let appid = if mode == Mode::Plain {
            of("appid_plain")
        } else {
            of("appid_encrypted")
        };
        fixtures::door(appid, of("token"), of("encoding_aes_key"), mode)
    }
}

fn query(request: &Value) -> Query {
    serde_json::from_value(request.clone()).unwrap()
}

fn mode_of(request: &Value) -> Mode {
    match request["name"].as_str().unwrap() {
        name if name.starts_with("compat_") => Mode::Compatible,
        name if name.starts_with("secure_") => Mode::Secure,
        _ => Mode::Plain,
    }
}

#[test]
fn all_25_captured_requests_open_byte_for_byte_and_are_typed() {
    let Some(captured) = Captured::read() else {
        return;
    };
    assert_eq!(captured.requests().len(), 25);
    for request in captured.requests() {
        let mode = mode_of(request);
        let body = request["body"].as_str().unwrap();
        let opened = captured
            .door(mode)
            .open(&query(request), body.as_bytes())
            .unwrap();
        assert_eq!(opened.encrypted, mode != Mode::Plain);
        assert_eq!(
            opened.raw,
            request["plaintext"].as_str().unwrap_or(body),
            "{}",
            request["name"]
        );
        assert_eq!(opened.raw, opened.text, "{}", request["name"]);
        let push = Push::parse(opened.format, &opened.text).unwrap();
        assert!(
            push.created_at.is_some() && push.to.is_some(),
            "{}",
            request["name"]
        );
        assert_eq!(
            push.from.as_deref(),
            request["openid"].as_str(),
            "{}",
            request["name"]
        );
        assert!(
            !matches!(
                push.body,
                Body::Unknown | Body::Event(Event::Unknown { .. })
            ),
            "{}",
            request["name"]
        );
    }
}

#[test]
fn sealing_what_was_decrypted_gives_the_platforms_own_ciphertext_and_signature() {
    let Some(captured) = Captured::read() else {
        return;
    };
    let encrypted = captured
        .requests()
        .iter()
        .filter(|request| mode_of(request) != Mode::Plain);
    for request in encrypted {
        let text = |name: &str| request[name].as_str().unwrap();
        let random: Vec<u8> = text("random16_hex")
            .as_bytes()
            .chunks(2)
            .map(|digits| u8::from_str_radix(str::from_utf8(digits).unwrap(), 16).unwrap())
            .collect();
        let sealed = captured
            .door(Mode::Secure)
            .seal(
                0,
                text("plaintext"),
                text("timestamp").parse().unwrap(),
                text("nonce"),
                random.try_into().unwrap(),
            )
            .unwrap();
        let encrypt = text("body")
            .split("<Encrypt><![CDATA[")
            .nth(1)
            .unwrap()
            .split("]]>")
            .next()
            .unwrap();
        assert!(sealed.contains(encrypt), "{}", text("name"));
        assert!(sealed.contains(text("msg_signature")), "{}", text("name"));
    }
}

#[test]
fn the_captured_verification_is_answered_with_its_echo() {
    let Some(captured) = Captured::read() else {
        return;
    };
    let verification = &captured.0["url_verification"];
    for mode in [Mode::Plain, Mode::Compatible, Mode::Secure] {
        let echo = captured
            .door(mode)
            .verify_url(&query(verification))
            .unwrap();
        assert_eq!(Some(echo.as_str()), verification["echostr"].as_str());
    }
}

#[test]
fn a_captured_request_does_not_open_in_another_mode_that_trusts_less() {
    let Some(captured) = Captured::read() else {
        return;
    };
    for request in captured
        .requests()
        .iter()
        .filter(|request| mode_of(request) == Mode::Plain)
    {
        let body = request["body"].as_str().unwrap().as_bytes();
        for mode in [Mode::Compatible, Mode::Secure] {
            assert!(
                captured.door(mode).open(&query(request), body).is_err(),
                "{}",
                request["name"]
            );
        }
    }
}

#[test]
fn every_captured_request_has_a_key_of_its_own() {
    let Some(captured) = Captured::read() else {
        return;
    };
    let keys: std::collections::HashSet<_> = captured
        .requests()
        .iter()
        .map(|request| {
            let mode = mode_of(request);
            let body = request["body"].as_str().unwrap();
            let opened = captured
                .door(mode)
                .open(&query(request), body.as_bytes())
                .unwrap();
            Push::parse(opened.format, &opened.text)
                .unwrap()
                .dedupe_key(&opened.text)
        })
        .collect();
    assert_eq!(keys.len(), 25);
}

#[test]
fn what_people_did_in_the_captured_requests_is_understood() {
    let Some(captured) = Captured::read() else {
        return;
    };
    let body_of = |name: &str| {
        let request = captured
            .requests()
            .iter()
            .find(|request| request["name"] == name)
            .unwrap();
        let opened = captured
            .door(mode_of(request))
            .open(
                &query(request),
                request["body"].as_str().unwrap().as_bytes(),
            )
            .unwrap();
        Push::parse(opened.format, &opened.text).unwrap().body
    };
    assert_eq!(
        body_of("subscribe"),
        Body::Event(Event::Subscribe {
            scene: None,
            ticket: None,
            trade_no: None
        })
    );
    assert!(matches!(
        body_of("subscribe_qrscene"),
        Body::Event(Event::Subscribe { scene: Some(scene), ticket: Some(_), trade_no: None }) if scene == "110"
    ));
    assert!(
        matches!(body_of("scan"), Body::Event(Event::Scan { scene, .. }) if !scene.starts_with("qrscene_"))
    );
    assert!(matches!(
        body_of("voice"),
        Body::Message(Message::Voice { recognition: None, format, .. }) if format == "amr"
    ));
    assert!(matches!(
        body_of("scancode_waitmsg"),
        Body::Event(Event::ScanCode { waits: true, .. })
    ));
    assert!(
        matches!(body_of("pic_weixin"), Body::Event(Event::Pictures { md5s, .. }) if !md5s.is_empty())
    );
}
