//! Authentic but not to be read: acknowledged, kept as it came, and nothing is done.

use daogou_schema::inbound::State;

use super::{MODES, assert_taken, count, settled, text_from};
use crate::kit::wire::{post_to, push};
use crate::kit::{Session, Store, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_authentic_and_unreadable_is_acknowledged_and_kept() {
    for mode in MODES {
        let app = TestApp::with(Store::Sqlite, Session::Embedded, mode, "service").await;
        let app = app.expect("SQLite is always there");
        let unreadable = [
            text_from("oShe", "1", "他说 ]]> 就停了"),
            text_from(
                "oShe",
                "2",
                "a]]></Content><MsgId>3</MsgId><Content><![CDATA[b",
            ),
            text_from("oShe", "4", "在吗").replace("</MsgId>", ""),
            "<xml><Content>&nbsp;</Content></xml>".to_owned(),
            "<xml".to_owned(),
            "<xml><a></xml></a>".to_owned(),
            "{\"MsgType\":\"text\",".to_owned(),
            "{\"MsgType\":\"text\",\"Content\":\"\\ud83d\"}".to_owned(),
            r#"{"MsgType":"text","MsgId":"5","Content":["a","b"]}"#.to_owned(),
            "[1]".to_owned(),
            "just a word".to_owned(),
            format!("<xml>{}</xml>", "<a>".repeat(500)),
            format!("{{\"a\":{}1{}}}", "[".repeat(500), "]".repeat(500)),
        ];
        for raw in &unreadable {
            let posted = push(&app, &app.sender().push(mode, raw)).await;
            assert_taken(&posted, raw);
            assert_eq!(posted.body, "success", "{raw} in {mode} mode");
            assert_eq!(push(&app, &app.sender().push(mode, raw)).await, posted);
        }
        let rows = settled(&app.database().await).await;
        let kept: Vec<_> = rows.iter().filter_map(|r| r.raw.clone()).collect();
        assert_eq!(kept, unreadable, "{mode}");
        assert!(rows.iter().all(|r| r.state == State::Unreadable), "{mode}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_are_not_utf_8_are_kept_as_far_as_they_are_text() {
    let app = TestApp::with(Store::Sqlite, Session::Embedded, "secure", "service").await;
    let app = app.expect("SQLite is always there");
    let mut broken = text_from("oShe", "1", "在吗").into_bytes();
    let at = broken.windows(2).position(|w| w == &"在".as_bytes()[..2]);
    broken.splice(at.expect("the text").., [0xff, 0xfe, 0x80]);
    assert_taken(
        &push(&app, &app.sender().push("secure", &broken)).await,
        "broken text",
    );
    let rows = settled(&app.database().await).await;
    assert_eq!(rows[0].state, State::Unreadable);
    assert!(rows[0].raw.as_ref().is_some_and(|raw| raw.contains("oShe")));
}

#[tokio::test(flavor = "multi_thread")]
async fn characters_that_xml_forbids_cost_no_message() {
    for mode in MODES {
        let app = TestApp::with(Store::Sqlite, Session::Embedded, mode, "service").await;
        let app = app.expect("SQLite is always there");
        let raw = text_from("oShe", "1", "在\u{2}\u{10}\u{1d}\u{b}\u{fffe}吗\t🙂");
        assert_taken(&push(&app, &app.sender().push(mode, &raw)).await, mode);
        let rows = settled(&app.database().await).await;
        assert_eq!(rows[0].state, State::Done, "{mode}");
        assert_eq!(rows[0].raw.as_ref(), Some(&raw), "{mode}: kept as it came");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_probe_of_cloud_hosting_is_answered_and_forgotten() {
    for mode in MODES {
        let app = TestApp::with(Store::Sqlite, Session::Embedded, mode, "service").await;
        let app = app.expect("SQLite is always there");
        let none: [(&str, &str); 0] = [];
        let probe = r#"{"action":"CheckContainerPath"}"#;
        let posted = post_to(&app.http, &app.callback(), &none, probe).await;
        assert_taken(&posted, mode);
        let more = r#"{"action":"CheckContainerPath","MsgType":"text"}"#;
        let posted = post_to(&app.http, &app.callback(), &none, more).await;
        assert_eq!(posted.status, 403, "{mode}");
        assert_eq!(count(&app.database().await).await, 0, "{mode}");
    }
}
