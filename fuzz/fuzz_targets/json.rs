//! Any text as a JSON push, compared with what a general reader makes of it.
#![no_main]

use daogou_fuzz::check;
use daogou_wechat::{Format, Node, Push, Unreadable};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|text: &str| {
    let ours = Node::from_json(text);
    let general: Option<Value> = serde_json::from_str(text).ok();
    match (&ours, &general) {
        (Ok(_), general) => assert!(
            general.as_ref().is_none_or(Value::is_object),
            "only one object is a push"
        ),
        (Err(Unreadable::Malformed { .. }), Some(Value::Object(_))) => {
            panic!("a general reader can read it")
        }
        _ => {}
    }
    let Ok(push) = Push::parse(Format::Json, text) else {
        return;
    };
    check(&push, text);
    // Layout means nothing.
    if let Some(value) = general {
        let (dense, airy) = (
            value.to_string(),
            serde_json::to_string_pretty(&value).expect("JSON"),
        );
        assert_eq!(Node::from_json(&dense), Node::from_json(&airy));
    }
});
