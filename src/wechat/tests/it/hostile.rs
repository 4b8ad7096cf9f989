//! Bodies that nobody should send: no panic, no blow-up, no forged field.

use daogou_wechat::{AesKey, Format, Mode, Node, Push, Query, Unreadable};
use proptest::prelude::*;

use crate::door::signed;

fn formats() -> [Format; 2] {
    [Format::Xml, Format::Json]
}

#[test]
fn an_entity_bomb_expands_to_nothing() {
    let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaa\"><!ENTITY b \"&a;&a;\">]><xml><Content>&b;</Content></xml>";
    assert_eq!(Node::from_xml(bomb), Err(Unreadable::Doctype));
    assert_eq!(
        Node::from_xml("<xml><Content>&b;</Content></xml>"),
        Err(Unreadable::Doctype)
    );
    let known =
        Node::from_xml("<xml><Content>&lt;&gt;&amp;&apos;&quot;&#20320;&#x597D;</Content></xml>")
            .unwrap();
    assert_eq!(known.text_of("Content"), Some("<>&'\"你好"));
}

#[test]
fn deep_and_wide_bodies_are_refused_early() {
    let deep_xml = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
    assert_eq!(Node::from_xml(&deep_xml), Err(Unreadable::TooDeep));
    let deep_json = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(Node::from_json(&deep_json), Err(Unreadable::TooDeep));
    let wide_xml = format!("<xml>{}</xml>", "<a/>".repeat(20_000));
    assert_eq!(Node::from_xml(&wide_xml), Err(Unreadable::TooMany));
    let wide_json = format!("{{\"a\":[{}1]}}", "1,".repeat(20_000));
    assert_eq!(Node::from_json(&wide_json), Err(Unreadable::TooMany));
}

#[test]
fn bodies_that_are_not_one_whole_object_are_unreadable() {
    for xml in [
        "<xml>",
        "<xml></b>",
        "<xml/><xml/>",
        "<xml/>x",
        "x",
        "<xml><Content><![CDATA[a]]>b]]></Content></xml>",
        "<xml>a & b</xml>",
    ] {
        assert!(Push::parse(Format::Xml, xml).is_err(), "{xml}");
    }
    for json in [
        "[]",
        "1",
        "\"a\"",
        "{",
        "{} {}",
        "{\"a\":}",
        "null",
        "[{\"MsgType\":\"text\"}]",
    ] {
        assert!(Push::parse(Format::Json, json).is_err(), "{json}");
    }
}

#[test]
fn text_that_breaks_out_of_its_section_cannot_put_another_person_or_id_into_the_push() {
    let forge = |content: &str| {
        let body = format!(
            "<xml><FromUserName><![CDATA[oA]]></FromUserName><CreateTime>1</CreateTime><MsgType><![CDATA[text]]></MsgType>\
             <Content><![CDATA[{content}]]></Content><MsgId>1</MsgId></xml>"
        );
        Push::parse(Format::Xml, &body).unwrap_err()
    };
    assert_eq!(
        forge("x]]></Content><FromUserName>oVictim</FromUserName><Content><![CDATA["),
        Unreadable::Repeated("FromUserName")
    );
    assert_eq!(
        forge("x]]></Content><MsgId>2</MsgId><Content><![CDATA["),
        Unreadable::Repeated("MsgId")
    );
    assert_eq!(
        forge("x]]></Content><Content><![CDATA["),
        Unreadable::Repeated("Content")
    );
}

#[test]
fn json_inside_an_xml_element_is_text_and_can_be_read() {
    let push = Push::parse(
        Format::Xml,
        "<xml><detail><![CDATA[{\"ban\":[3]}]]></detail></xml>",
    )
    .unwrap();
    assert_eq!(push.fields.text_of("detail"), Some("{\"ban\":[3]}"));
    assert_eq!(
        push.fields.json_of("detail").unwrap().number_of("ban"),
        Some(3)
    );
}

proptest! {
    #[test]
    fn no_bytes_make_the_door_panic(body: Vec<u8>, text in ".{0,60}") {
        for mode in [Mode::Plain, Mode::Compatible, Mode::Secure] {
            let (door, query, _) = signed(mode, &text);
            let _refused_or_not = door.open(&query, &body);
            let _refused = door.open(&Query::default(), &body);
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in ".{0,200}") {
        for format in formats() {
            if let Ok(push) = Push::parse(format, &text) {
                prop_assert!(push.dedupe_key(&text).len() <= 250);
            }
        }
    }

    #[test]
    fn no_soup_of_markup_makes_the_reader_panic(pieces in proptest::collection::vec(markup(), 0..40)) {
        for format in formats() {
            let text = pieces.concat();
            if let Ok(push) = Push::parse(format, &text) {
                prop_assert!(push.dedupe_key(&text).len() <= 250);
            }
        }
    }

    #[test]
    fn every_length_opens_again_and_so_does_every_padding(length in 0usize..200, random: [u8; 16], nonce in "[0-9]{1,10}") {
        let content = format!("<{}>", "x".repeat(length));
        let (door, _, _) = signed(Mode::Secure, "");
        let sealed = door.seal(0, &content, 7, &nonce, random).unwrap();
        let msg_signature = sealed.split("<MsgSignature><![CDATA[").nth(1).and_then(|rest| rest.split("]]>").next());
        let query = Query {
            timestamp: Some("7".to_owned()),
            nonce: Some(nonce),
            msg_signature: msg_signature.map(str::to_owned),
            ..Query::default()
        };
        prop_assert_eq!(door.open(&query, sealed.as_bytes()).unwrap().raw, content);
    }

    #[test]
    fn a_key_is_43_letters_and_digits_and_nothing_else(text in "[A-Za-z0-9+/= ]{40,45}") {
        let good = text.len() == 43 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        prop_assert_eq!(AesKey::parse(&text).is_ok(), good);
    }

    #[test]
    fn a_key_of_a_push_never_depends_on_anything_but_the_push(key in "[A-Za-z导é:]{0,400}", at in 0i64..2_000_000_000) {
        let event = |key: &str| {
            let text = format!(
                "<xml><FromUserName>oA</FromUserName><CreateTime>{at}</CreateTime><MsgType>event</MsgType>\
                 <Event>VIEW</Event><EventKey>{key}</EventKey></xml>"
            );
            Push::parse(Format::Xml, &text).unwrap().dedupe_key(&text)
        };
        prop_assert!(event(&key).len() <= 250);
        prop_assert_eq!(event(&key), event(&key));
        prop_assert_ne!(event(&key), event(&format!("{key}x")));
    }
}

fn markup() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("<xml>".to_owned()),
        Just("</xml>".to_owned()),
        Just("<MsgType>event</MsgType>".to_owned()),
        Just("<MsgType>text</MsgType>".to_owned()),
        Just("<Event>".to_owned()),
        Just("</Event>".to_owned()),
        Just("<![CDATA[".to_owned()),
        Just("]]>".to_owned()),
        Just("<!--".to_owned()),
        Just("-->".to_owned()),
        Just("<!DOCTYPE".to_owned()),
        Just("&#".to_owned()),
        Just("&#0;&#xD800;".to_owned()),
        Just("{\"MsgType\":".to_owned()),
        Just("\"event\",".to_owned()),
        Just("[{}]}".to_owned()),
        ".{0,6}",
    ]
}
