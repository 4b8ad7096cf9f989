//! What is written can be read again, whatever people and brands write: emoji, control characters, markup, other
//! scripts.

use daogou_wechat::text::strip_forbidden;
use daogou_wechat::{Article, Format, Mode, Node, Push, Query, Reply};
use proptest::prelude::*;

use crate::door::signed;

/// Texts with everything that has ever made trouble.
fn anything() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("]]>".to_owned()),
        Just("<![CDATA[".to_owned()),
        Just("&#0;&lt;&amp".to_owned()),
        Just("👩‍👩‍👧🇨🇳☺️".to_owned()),
        Just("\0\u{2}\u{b}\u{1f}\u{fffe}\u{ffff}".to_owned()),
        Just("导购\t\n".to_owned()),
        Just("\u{feff}\u{2028}\u{202e}\u{85}".to_owned()),
        Just("%2B+ =&?#".to_owned()),
        "[ -~]{0,8}",
        "\\PC{0,4}",
    ];
    proptest::collection::vec(piece, 1..8).prop_map(|pieces| pieces.concat())
}

/// XML knows one kind of line break, and some characters not at all.
fn as_read(text: &str) -> String {
    strip_forbidden(text)
        .replace("\r\n", "\n")
        .replace('\r', "\n")
}

proptest! {
    #[test]
    fn a_reply_reads_as_what_was_said(text in anything(), to in anything(), from in anything(), at: i64) {
        let reply = Reply::Text { content: text.clone() };
        if let Ok(xml) = reply.to_xml(&to, &from, at) {
            let node = Node::from_xml(&xml).unwrap();
            prop_assert_eq!(node.children().count(), 5);
            for (name, said) in [("Content", &text), ("ToUserName", &to), ("FromUserName", &from)] {
                prop_assert_eq!(node.verbatim(name).unwrap_or_default(), as_read(said));
            }
            prop_assert_eq!(node.number_of("CreateTime"), Some(at));
        }
    }

    #[test]
    fn articles_read_as_what_was_said(title in anything(), description in anything(), url in anything()) {
        let article = Article { title: title.clone(), description: description.clone(), pic_url: String::new(), url: url.clone() };
        let xml = Reply::News { articles: vec![article] }.to_xml("o", "g", 1).unwrap();
        let node = Node::from_xml(&xml).unwrap();
        let item = node.child("Articles").and_then(|articles| articles.child("item")).unwrap();
        for (name, said) in [("Title", &title), ("Description", &description), ("Url", &url)] {
            prop_assert_eq!(item.verbatim(name).unwrap_or_default(), as_read(said));
        }
    }

    #[test]
    fn what_is_sealed_opens_as_it_was(text in anything(), nonce in "[0-9a-z]{1,16}", random: [u8; 16], at: i64) {
        for mode in [Mode::Compatible, Mode::Secure] {
            let (door, _, _) = signed(mode, "");
            let content = format!("<xml>{}</xml>", strip_forbidden(&text).replace(['<', '&', '>'], ""));
            let sealed = door.seal(0, &content, at, &nonce, random).unwrap();
            let envelope = Node::from_xml(&sealed).unwrap();
            let query = Query {
                timestamp: envelope.text_of("TimeStamp").map(str::to_owned),
                nonce: envelope.text_of("Nonce").map(str::to_owned),
                msg_signature: envelope.text_of("MsgSignature").map(str::to_owned),
                ..Query::default()
            };
            prop_assert_eq!(door.open(&query, sealed.as_bytes()).unwrap().raw, content);
        }
    }

    #[test]
    fn a_query_that_is_printed_reads_as_what_was_asked(nonce in anything(), echostr in anything(), at: i64) {
        let echostr = format!("e{echostr}");
        let (door, _, _) = signed(Mode::Secure, "");
        let printed = serde_urlencoded::to_string(door.question(at, &nonce, &echostr)).unwrap();
        let query: Query = serde_urlencoded::from_str(&printed).unwrap();
        prop_assert_eq!(query.nonce.as_deref(), Some(&*nonce));
        prop_assert_eq!(door.verify_url(&query).unwrap(), echostr);
    }

    #[test]
    fn stripping_twice_is_stripping_once(text in anything()) {
        let once = strip_forbidden(&text).into_owned();
        prop_assert_eq!(strip_forbidden(&once), once.as_str());
    }

    #[test]
    fn a_push_reads_the_same_however_it_is_written(text in anything(), id in "[1-9][0-9]{0,18}", at in 0i64..4_000_000_000) {
        let said = as_read(&text);
        let cdata = said.replace("]]>", "]]]]><![CDATA[>");
        let escaped = said.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let xml = |content: &str| format!(
            "<xml><FromUserName>oA</FromUserName><CreateTime>{at}</CreateTime><MsgType>text</MsgType>\
             <Content>{content}</Content><MsgId>{id}</MsgId></xml>"
        );
        let json = serde_json::json!({
            "FromUserName": "oA", "CreateTime": at, "MsgType": "text", "Content": said, "MsgId": id,
        }).to_string();
        let written = [
            (Format::Xml, xml(&format!("<![CDATA[{cdata}]]>"))),
            (Format::Xml, xml(&escaped)),
            (Format::Json, json),
        ];
        let read = written.map(|(format, text)| {
            let push = Push::parse(format, &text).unwrap();
            (push.dedupe_key(&text), push.fields.verbatim("Content").unwrap_or_default().to_owned())
        });
        prop_assert_eq!(&read[0], &read[1]);
        prop_assert_eq!(&read[0], &read[2]);
        prop_assert_eq!(&read[0].1, &said);
    }
}
