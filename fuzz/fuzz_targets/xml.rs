//! Any text as an XML push.
#![no_main]

use daogou_fuzz::check;
use daogou_wechat::{Body, Format, Node, Push};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(push) = Push::parse(Format::Xml, text) else {
        return;
    };
    check(&push, text);
    // Blanks around a push are no part of it.
    let padded = format!("{text}\n ");
    let again = Push::parse(Format::Xml, &padded).expect("blanks break nothing");
    assert_eq!(push.fields, again.fields);
    // What the platform adds one day does not make a message another one.
    let by_id = matches!(push.body, Body::Message(_))
        && push.fields.text_of("MsgId").is_some_and(|id| id != "0");
    if by_id && let Some((head, tail)) = text.rsplit_once("</") {
        let more = format!("{head}<AddedLater>1</AddedLater></{tail}");
        if let Ok(later) = Push::parse(Format::Xml, &more) {
            assert_eq!(later.dedupe_key(&more), push.dedupe_key(text));
        }
    }
    // What was read can be written and read again.
    for (name, node) in push.fields.children().filter(|(name, _)| is_name(name)) {
        let inside = node.text().replace("]]>", "]]]]><![CDATA[>");
        let written = format!("<xml><{name}><![CDATA[{inside}]]></{name}></xml>");
        let read = Node::from_xml(&written).unwrap_or_else(|e| panic!("{name}: {e}"));
        let same = |text: &str| text.replace("\r\n", "\n").replace('\r', "\n");
        assert_eq!(
            same(read.verbatim(name).unwrap_or_default()),
            same(node.text()),
            "{name}"
        );
    }
});

/// The reader lets odder names pass; nobody looks for them.
fn is_name(name: &str) -> bool {
    name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') && !name.starts_with(|c: char| c.is_ascii_digit())
}
