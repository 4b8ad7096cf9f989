//! Bodies captured from the platform's own servers, laid out again byte for byte.
#![expect(
    clippy::string_slice,
    reason = "a test that panics is a test that fails"
)]

use std::path::PathBuf;

use serde_json::Value as Json;

use super::cipher::{Key, signature};
use super::layout::{Field, Style, Value, indented_xml, plain_xml};

fn captured() -> Option<Json> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/fixtures");
    let folder = option_env!("DAOGOU_FIXTURES").unwrap_or(beside);
    let text =
        std::fs::read_to_string(PathBuf::from(folder).join("captured-requests.json")).ok()?;
    Some(serde_json::from_str(&text).unwrap())
}

/// The fields of a plain body, read without any XML parser: one pass over its tags.
fn fields(mut rest: &str) -> Vec<Field> {
    let mut fields = Vec::new();
    while let Some(from) = rest.find('<') {
        let name_end = rest[from..].find('>').unwrap() + from;
        let name = &rest[from + 1..name_end];
        let close = format!("</{name}>");
        let end = rest[name_end..].find(&close).unwrap() + name_end;
        let inner = &rest[name_end + 1..end];
        let value = match inner.strip_prefix("<![CDATA[") {
            Some(text) => Value::Text(text.strip_suffix("]]>").unwrap().to_owned()),
            None if inner.starts_with('<') => Value::Group(self::fields(inner)),
            None => Value::Number(inner.to_owned()),
        };
        fields.push(Field {
            name: name.to_owned(),
            value,
        });
        rest = &rest[end + close.len()..];
    }
    fields
}

fn unwrapped(body: &str) -> &str {
    body.strip_prefix("<xml>")
        .and_then(|body| body.strip_suffix("</xml>"))
        .unwrap()
}

#[test]
fn captured_bodies_are_laid_out_byte_for_byte() {
    let Some(captured) = captured() else {
        println!("NOT RUN: the captured requests are not there");
        return;
    };
    let text = |value: &Json, name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let token = text(&captured, "token");
    let key = Key::from_encoding(&text(&captured, "encoding_aes_key")).unwrap();
    let requests = captured["requests"].as_array().unwrap();
    assert_eq!(requests.len(), 25);
    for request in requests {
        let (name, body) = (text(request, "name"), text(request, "body"));
        let (timestamp, nonce) = (text(request, "timestamp"), text(request, "nonce"));
        assert_eq!(
            signature(&[&token, &timestamp, &nonce]),
            text(request, "signature"),
            "{name}"
        );
        let Some(clear) = request["plaintext"].as_str() else {
            assert_eq!(
                plain_xml(&fields(unwrapped(&body)), Style::default()),
                body,
                "{name}"
            );
            continue;
        };
        let mut outer = fields(unwrapped(clear));
        assert_eq!(plain_xml(&outer, Style::default()), clear, "{name}");
        let random: [u8; 16] = hex::decode(text(request, "random16_hex"))
            .unwrap()
            .try_into()
            .unwrap();
        let sealed = key.seal(&random, clear, &text(request, "appid"));
        let msg_signature = text(request, "msg_signature");
        assert_eq!(
            signature(&[&token, &timestamp, &nonce, &sealed]),
            msg_signature,
            "{name}"
        );
        if name.starts_with("secure") {
            outer.truncate(1);
        }
        outer.push(Field::text("Encrypt", sealed));
        assert_eq!(indented_xml(&outer, Style::default()), body, "{name}");
    }
}
