//! Authentic pushes with everything that text can hold: taken, stored once, and the person behind them is not cut off by
//! them, on every database.

use daogou_schema::inbound::State;
use serde_json::{Value, json};

use super::{STORES, assert_taken, event_from, settled, text_from, xml};
use crate::kit::wire::push;
use crate::kit::{Session, Store, TestApp};

/// A push and what is odd about it.
type Odd = (&'static str, String);

/// Odd pushes of one person.
fn odd(openid: &str) -> Vec<Odd> {
    [
        odd_texts(openid),
        odd_moments(openid),
        gaps(openid),
        odd_lengths(openid),
        odd_files(openid),
        odd_json(openid),
    ]
    .concat()
}

fn odd_texts(openid: &str) -> Vec<Odd> {
    let texts = [
        (
            "NUL and its like",
            "零\0一\u{1}二\u{2}三\u{1f}四\u{fffe}五\u{ffff}".to_owned(),
        ),
        ("emoji of 4 bytes", "👩‍👩‍👧‍👦🏳️‍🌈🙂".repeat(30)),
        ("2,000 characters", "长".repeat(2_000)),
        ("60,000 characters", "很长".repeat(30_000)),
        ("nothing but blanks", " \t \r\n ".to_owned()),
        ("no text at all", String::new()),
        (
            "what looks like markup",
            "<a href=\"x\">&amp;&lt;</a>{{ x }}{% x %}".to_owned(),
        ),
        (
            "right to left and zero width",
            "\u{202e}\u{200b}\u{200f}\u{feff}反".to_owned(),
        ),
    ];
    let numbered = texts.into_iter().zip(1..);
    numbered
        .map(|((what, text), id)| (what, text_from(openid, &format!("1{id}"), &text)))
        .collect()
}

fn odd_moments(openid: &str) -> Vec<Odd> {
    let moments = [
        ("a moment of 0", "0"),
        ("a moment before all", "-5"),
        ("a moment far ahead", "99999999999999"),
        ("a moment that is no number", "gestern"),
        (
            "a moment beyond numbers",
            "9999999999999999999999999999999999999999",
        ),
        ("the last moment that is a number", "9223372036854775807"),
        ("the first moment that is a number", "-9223372036854775808"),
    ];
    let numbered = moments.into_iter().zip(1..);
    numbered
        .map(|((what, at), id)| {
            let usual = text_from(openid, &format!("2{id}"), "几点");
            let odd = usual.replace("<CreateTime>1786759500", &format!("<CreateTime>{at}"));
            (what, odd)
        })
        .collect()
}

/// Pushes in which something is missing.
fn gaps(openid: &str) -> Vec<Odd> {
    let names = [
        ("no ToUserName", "ToUserName"),
        ("no FromUserName", "FromUserName"),
        ("no CreateTime", "CreateTime"),
        ("no MsgType", "MsgType"),
        ("no Content", "Content"),
        ("no MsgId", "MsgId"),
    ];
    let numbered = names.into_iter().zip(1..);
    numbered
        .map(|((what, name), id)| {
            let element = format!("<{name}>");
            let whole = text_from(openid, &format!("3{id}"), "少了一样");
            let inside = whole.trim_start_matches("<xml>");
            let rest: Vec<_> = inside
                .lines()
                .filter(|l| !l.starts_with(&element))
                .collect();
            (what, format!("<xml>{}", rest.join("\n")))
        })
        .collect()
}

fn odd_lengths(openid: &str) -> Vec<Odd> {
    let of_type =
        |id: &str, name: &str| text_from(openid, id, "型").replace("[text]", &format!("[{name}]"));
    let long = |character: &str| character.repeat(1_000);
    vec![
        (
            "a message id with underscores",
            text_from(openid, "49d72d67b16d115e7935_1555684067", "号"),
        ),
        (
            "a message id of 1,000 characters",
            text_from(openid, &long("9"), "号"),
        ),
        (
            "a sender of 300 characters",
            text_from(&"o".repeat(300), "41", "谁"),
        ),
        (
            "a sender of 21 characters of 3 bytes",
            text_from(&"言".repeat(21), "42", "谁"),
        ),
        ("a type of 1,000 characters", of_type("43", &long("型"))),
        ("a type nobody knows", of_type("44", "hologram")),
        (
            "a key of 1,000 characters",
            event_from(openid, 45, "VIEW", &format!("https://例.cn/{}", long("路"))),
        ),
        (
            "a scene of 1,000 characters",
            event_from(openid, 46, "SCAN", &long("景")),
        ),
        (
            "an event of 1,000 characters",
            event_from(openid, 47, &long("事"), "k"),
        ),
    ]
}

fn odd_files(openid: &str) -> Vec<Odd> {
    let file = |id: &str, kind: &str, media_id: &str| {
        xml(&[
            ("ToUserName", "gh_0123456789ab"),
            ("FromUserName", openid),
            ("CreateTime", "1786759500"),
            ("MsgType", kind),
            ("MediaId", media_id),
            ("ThumbMediaId", media_id),
            ("PicUrl", "http://mmbiz.qpic.cn/1"),
            ("Format", "amr"),
            ("Recognition", "\u{1}\u{fffe}听见了"),
            ("MsgId", id),
        ])
    };
    let long = "M".repeat(1_000);
    vec![
        ("a picture whose id is long", file("51", "image", &long)),
        ("a voice whose id is long", file("52", "voice", &long)),
        ("a video whose id is long", file("53", "video", &long)),
        (
            "a card whose id is long",
            file("54", "miniprogrampage", &long),
        ),
        ("a picture without an id", file("55", "image", "")),
        (
            "a picture whose id is a path",
            file("56", "image", "../../../../etc/passwd"),
        ),
        ("a file", file("57", "file", "")),
    ]
}

fn odd_json(openid: &str) -> Vec<Odd> {
    let text = |id: Value, content: Value| {
        json!({ "ToUserName": "gh_0123456789ab", "FromUserName": openid, "CreateTime": 1_786_759_500, "MsgType": "text",
            "MsgId": id, "Content": content })
    };
    let nul_in_a_name =
        json!({ "FromUserName": openid, "MsgType": "text", "MsgId": "66", "a\0b": "c\0d" });
    let nul_everywhere = json!({ "FromUserName": format!("{openid}\0"), "CreateTime": "1\0", "MsgType": "te\0xt",
        "MsgId": "6\x007", "Content": "\0" });
    // serde_json writes NUL as an escape, which is what PostgreSQL's jsonb refuses.
    assert!(nul_everywhere.to_string().contains("\\u0000"));
    let pushes = [
        ("a number for a text", text(json!(61), json!(12.5))),
        (
            "an object for a text",
            text(json!(62), json!({ "a": { "b": [1, null, true] } })),
        ),
        ("nothing for a text", text(json!(63), Value::Null)),
        ("an id of 64 bits", text(json!(u64::MAX), json!("号"))),
        ("an id that is a list", text(json!([]), json!("号"))),
        (
            "control characters in JSON",
            text(json!("65_1"), json!("零\0一\u{1b}[31m")),
        ),
        ("NUL in a name", nul_in_a_name),
        ("NUL in every place", nul_everywhere),
    ];
    pushes.map(|(what, push)| (what, push.to_string())).to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_pushes_are_taken_and_stored_once_and_cut_nobody_off_on_sqlite() {
    take_odd_pushes(Store::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_pushes_are_taken_and_stored_once_and_cut_nobody_off_on_postgresql() {
    take_odd_pushes(Store::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_pushes_are_taken_and_stored_once_and_cut_nobody_off_on_mariadb() {
    take_odd_pushes(Store::MariaDb).await;
}

async fn take_odd_pushes(store: Store) {
    let Some(app) = TestApp::with(store, Session::Embedded, "secure", "service").await else {
        return;
    };
    app.add_store("杭州城北店");
    let lin = app.guide("林小满", "杭州城北店").await;
    let wang = app.person("王女士").await;
    wang.scans(&lin.scene).await;
    let db = app.database().await;
    let before = settled(&db).await.len();
    let odd = odd(&wang.openid);
    let mut unhandled = Vec::new();
    for (number, (what, raw)) in odd.iter().enumerate() {
        let envelope = app.sender().push("secure", raw);
        let posted = push(&app, &envelope).await;
        assert_taken(&posted, &format!("{what} on {store:?}"));
        assert_eq!(push(&app, &envelope).await, posted, "{what} on {store:?}");
        println!("{what}");
        let rows = settled(&db).await;
        assert_eq!(rows.len(), before + number + 1, "{what} on {store:?}");
        let row = rows.last().expect("a row");
        if row.state != State::Done {
            unhandled.push((*what, row.state, row.fault.clone()));
        }
    }
    assert_eq!(unhandled, [], "{store:?}");
    // She is heard as before, and her guide too.
    wang.says("还能收到吗").await;
    lin.phone.says("列表").await;
    lin.phone.says("#1 收到").await;
    wang.sees("收到").await;
    let lines = lin.phone.texts().await.join("\n");
    assert!(!lines.contains('\0'), "{lines}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_just_below_the_limit_is_kept_whole_on_every_database() {
    for store in STORES {
        let Some(app) = TestApp::with(store, Session::Embedded, "plain", "service").await else {
            continue;
        };
        let raw = text_from("oShe", "1", &"长".repeat(174_600));
        assert!(raw.len() > 510 * 1024 && raw.len() <= 512 * 1024);
        assert_taken(
            &push(&app, &app.sender().clear(&raw)).await,
            &format!("{store:?}"),
        );
        let rows = settled(&app.database().await).await;
        assert_eq!(
            rows[0].raw.as_ref().map(String::len),
            Some(raw.len()),
            "{store:?}"
        );
    }
}
