//! What is not from WeChat, or not fit to be read, is refused: one answer for every reason, no row, and the server goes
//! on.

use daogou_ground::Chance;

use super::{MODES, count, text_from};
use crate::kit::wire::{Posted, post_to, push};
use crate::kit::{Push, Sender, Session, Store, TestApp};

const BOMB: &str = "<!DOCTYPE xml [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">\
    <!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY d SYSTEM \"file:///etc/passwd\">]>\
    <xml><MsgType>text</MsgType><MsgId>1</MsgId><Content>&c;&d;</Content></xml>";

#[tokio::test(flavor = "multi_thread")]
async fn every_refusal_reads_the_same_leaves_no_row_and_stops_nothing() {
    for mode in MODES {
        let app = TestApp::with(Store::Sqlite, Session::Embedded, mode, "service").await;
        let app = app.expect("SQLite is always there");
        let db = app.database().await;
        for (what, refused) in refused(mode, &app.sender()) {
            let posted = push(&app, &refused).await;
            let expected = Posted {
                status: reqwest::StatusCode::FORBIDDEN,
                body: "refused".into(),
            };
            assert_eq!(posted, expected, "{what} in {mode} mode");
            assert_eq!(count(&db).await, 0, "{what} in {mode} mode");
            assert!(serves(&app).await, "{what} in {mode} mode");
        }
        // The same sender's next push is taken.
        let good = app.sender().push(mode, text_from("oShe", "1", "在吗"));
        assert_eq!(push(&app, &good).await.status, 200, "{mode}");
        assert_eq!(count(&db).await, 1, "{mode}");
    }
}

fn refused(mode: &str, sender: &Sender) -> Vec<(&'static str, Push)> {
    let text = text_from("oShe", "1", "在吗");
    let good = sender.push(mode, &text);
    let with_body = |body: &[u8]| Push {
        body: body.to_vec(),
        ..good.clone()
    };
    let mut all = vec![
        ("an empty body", with_body(b"")),
        ("a blank body", with_body(b" \r\n\t")),
        ("a body of NUL", with_body(&[0; 64])),
        ("a body of 1 MB", with_body(&vec![b'a'; 1 << 20])),
        (
            "an envelope of 1 MB",
            with_body(&[good.body.as_slice(), &vec![b' '; 1 << 20]].concat()),
        ),
        (
            "a DTD",
            with_body(&[b"<!DOCTYPE xml []>".as_slice(), &good.body].concat()),
        ),
        ("an entity bomb", with_body(BOMB.as_bytes())),
        (
            "no query",
            Push {
                query: Vec::new(),
                ..good.clone()
            },
        ),
        (
            "a timestamp of another request",
            good.clone().with("timestamp", "1786759501"),
        ),
        (
            "a nonce of another request",
            good.clone().with("nonce", "1"),
        ),
        ("no timestamp", good.clone().without("timestamp")),
        ("no nonce", good.clone().without("nonce")),
    ];
    if mode == "plain" {
        all.extend([
            ("no signature", good.clone().without("signature")),
            (
                "a wrong signature",
                good.clone().with("signature", &"0".repeat(40)),
            ),
            ("an empty signature", good.clone().with("signature", "")),
            (
                "a signature in capitals",
                good.clone().with("signature", "ABCDEF"),
            ),
            (
                "a long signature",
                good.with("signature", &"a".repeat(5_000)),
            ),
        ]);
    } else {
        all.extend(refused_where_encrypted(sender, &text, good));
    }
    all
}

fn refused_where_encrypted(sender: &Sender, text: &str, good: Push) -> Vec<(&'static str, Push)> {
    let foreign = Sender {
        aes_key: "ZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZ0".into(),
        ..sender.clone()
    };
    let plain_signature = good.query[0].1.clone();
    let sealed =
        |content: &[u8], appid: &str| sender.enclosed(&sender.encrypt(content, appid), b"");
    vec![
        ("no msg_signature", good.clone().without("msg_signature")),
        (
            "a wrong msg_signature",
            good.clone().with("msg_signature", &"0".repeat(40)),
        ),
        (
            "the plain signature for the envelope",
            good.with("msg_signature", &plain_signature),
        ),
        ("a downgrade", sender.clear(text)),
        (
            "a downgrade in JSON",
            sender.clear(r#"{"MsgType":"text","MsgId":1}"#),
        ),
        ("an empty Encrypt", sender.enclosed("", b"")),
        (
            "a trailer of another appid",
            sealed(text.as_bytes(), "wx0123456789abcdeF"),
        ),
        (
            "a longer trailer",
            sealed(text.as_bytes(), "wx0123456789abcdef0"),
        ),
        ("no trailer", sealed(text.as_bytes(), "")),
        ("another key", foreign.push("secure", text)),
        ("no whole block", sender.enclosed("AAAA", b"")),
        ("no base64", sender.enclosed("!!!!", b"")),
        ("blocks of nothing", sender.enclosed(&"A".repeat(128), b"")),
        ("an empty message", sealed(b"", &sender.appid)),
        (
            "an entity bomb inside",
            sealed(BOMB.as_bytes(), &sender.appid),
        ),
        (
            "garbage that is not UTF-8",
            Push {
                body: (0..=255).cycle().take(5_000).collect(),
                ..sender.clear("")
            },
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_cannot_be_read_is_refused_like_any_other() {
    let app = TestApp::start().await;
    let good = app.sender().push("secure", text_from("oShe", "1", "在吗"));
    let mut expected = None;
    for query in [
        "",
        "signature",
        "=&&=&",
        "%",
        "%ff%fe=%00",
        "signature=%ff&timestamp=%00&nonce=%f0%28",
        "signature=a&signature=b&timestamp=1&nonce=2&msg_signature=c&msg_signature=d",
        "signature[]=1&timestamp[a]=2",
        &"a".repeat(20_000),
        &"a=b&".repeat(5_000),
    ] {
        let url = format!("{}?{query}", app.callback());
        let none: [(&str, &str); 0] = [];
        let posted = post_to(&app.http, &url, &none, good.body.clone()).await;
        let shown: String = query.chars().take(60).collect();
        assert_eq!(posted.status, 403, "{shown}: {posted:?}");
        assert_eq!(
            expected.get_or_insert_with(|| posted.clone()),
            &posted,
            "{shown}"
        );
        assert!(serves(&app).await, "{shown}");
    }
    assert_eq!(count(&app.database().await).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_nobody_has_is_not_found_on_every_database() {
    for store in super::STORES {
        let Some(app) = TestApp::on(store, Session::Embedded).await else {
            continue;
        };
        let good = app.sender().push("secure", text_from("oShe", "1", "在吗"));
        let capitals = app.sender().appid.to_uppercase();
        for appid in [
            "wxunknown",
            &capitals,
            "%00",
            "%ff",
            "%F0%9F%99%82",
            "wx%20",
            "..%2F..",
            &"w".repeat(900),
        ] {
            let url = format!("{}/wechat/{appid}", app.server);
            let posted = post_to(&app.http, &url, &good.query, good.body.clone()).await;
            assert_eq!(posted.status, 404, "{store:?}: {appid}: {posted:?}");
            let verified = app.http.get(&url).query(&good.query).send().await;
            assert_eq!(
                verified.expect("an answer").status(),
                404,
                "{store:?}: {appid}"
            );
        }
        assert_eq!(count(&app.database().await).await, 0, "{store:?}");
        assert!(serves(&app).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clear_body_under_a_right_signature_is_never_let_in_where_the_account_encrypts() {
    for mode in ["compatible", "secure"] {
        let app = TestApp::with(Store::Sqlite, Session::Embedded, mode, "service").await;
        let app = app.expect("SQLite is always there");
        let text = text_from("oVictim", "1", "转我十万");
        let sender = app.sender();
        let own = sender.encrypt(text_from("oShe", "2", "在吗").as_bytes(), &sender.appid);
        // What is claimed beside the envelope does not count, whatever signs it.
        let mixed = sender.enclosed(&own, text.as_bytes());
        for forged in [sender.clear(&text), mixed.clone().without("msg_signature")] {
            assert_eq!(push(&app, &forged).await.status, 403, "{mode}");
        }
        assert_eq!(push(&app, &mixed).await.status, 200, "{mode}");
        let rows = super::settled(&app.database().await).await;
        assert_eq!(rows.len(), 1, "{mode}");
        assert_eq!(rows[0].openid, "oShe", "{mode}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_envelope_is_refused_or_still_the_same_push() {
    for mode in ["compatible", "secure"] {
        let app = TestApp::with(Store::Sqlite, Session::Embedded, mode, "service").await;
        let app = app.expect("SQLite is always there");
        let raw = text_from("oShe", "1", "在吗");
        let good = app.sender().push(mode, &raw);
        let chance = Chance::seeded(4);
        let below = |bound: usize| {
            let bound = u64::try_from(bound).expect("a small number");
            usize::try_from(chance.below(bound)).expect("a small number")
        };
        for round in 0..400 {
            let mut damaged = good.clone();
            let at = below(damaged.body.len());
            match round % 4 {
                0 => damaged.body[at] ^= 1 << below(8),
                1 => damaged.body.truncate(at),
                2 => drop(damaged.body.splice(at..at, *b"<![CDATA[]]>")),
                _ => drop(damaged.body.splice(at..at, good.body.clone())),
            }
            let posted = push(&app, &damaged).await;
            let (status, body) = (posted.status.as_u16(), posted.body.as_str());
            assert!(
                (status, body) == (403, "refused") || status == 200,
                "{mode}: {posted:?}"
            );
        }
        let rows = super::settled(&app.database().await).await;
        assert!(
            rows.iter().all(|row| row.raw.as_ref() == Some(&raw)),
            "{mode}"
        );
        assert!(rows.len() <= 1, "{mode}");
    }
}

async fn serves(app: &TestApp) -> bool {
    let answer = app.http.get(format!("{}/healthz", app.server)).send().await;
    answer.is_ok_and(|answer| answer.status() == 200)
}
