//! The guide's window: five messages, the last of which says what waits; the guide's next word brings it.

use chrono::TimeDelta;
use daogou_schema::outbound::{Channel, State};
use serde_json::Value;

use crate::kit::{Guide, Phone, Session, Store, TestApp};
use crate::relay::{customer, one_and_one};

async fn writes(app: &TestApp, who: &Phone, to: &Guide, text: &str) {
    who.says(text).await;
    // Each line is sent before the next one comes, so that none of them merges.
    crate::kit::eventually("the line leaving", async || {
        let rows = app.outbound_to(&to.phone).await;
        let open = |state| matches!(state, State::Ready | State::Claimed | State::Answering);
        (!rows.iter().any(|row| open(row.state))).then_some(())
    })
    .await;
}

/// The texts on a phone after those that were there before.
async fn since(phone: &Phone, before: usize) -> Vec<Value> {
    phone.items().await.split_off(before)
}

fn text(item: &Value) -> &str {
    item["text"].as_str().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_message_of_a_guides_window_says_what_waits_and_the_next_word_brings_it() {
    let app = TestApp::start().await;
    the_sixth_is_held(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn quota_is_the_same_on_postgresql() {
    if let Some(app) = TestApp::on(Store::Postgres, Session::Embedded).await {
        the_sixth_is_held(&app).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn quota_is_the_same_on_mariadb() {
    if let Some(app) = TestApp::on(Store::MariaDb, Session::Embedded).await {
        the_sixth_is_held(&app).await;
    }
}

async fn the_sixth_is_held(app: &TestApp) {
    let (lin, wang) = one_and_one(app).await;
    let li = customer(app, &lin, "李先生").await;
    lin.phone.says("帮助").await;
    let before = lin.phone.items().await.len();
    for n in 1..=4 {
        writes(app, &wang, &lin, &format!("王{n}")).await;
    }
    for (who, line) in [(&wang, "王5"), (&li, "李1"), (&wang, "王6"), (&li, "李2")] {
        writes(app, who, &lin, line).await;
    }
    let shown = since(&lin.phone, before).await;
    let texts: Vec<&str> = shown.iter().map(text).collect();
    assert_eq!(texts.len(), 5, "five messages and no more: {texts:?}");
    assert_eq!(texts[0], "【新顾客 #1】王1");
    assert_eq!(texts[3], "【新顾客 #1】王4");
    assert_eq!(
        texts[4],
        "还有 1 条新消息在等你：新顾客 #1 1 条。\n回复任意内容继续接收。"
    );
    let stats = app.stats().await;
    assert!(
        stats["calls"]["/cgi-bin/message/custom/send"]["45047"].is_null(),
        "WeChat was never asked in vain"
    );
    // The next word brings everything in one free reply, by person and in order.
    let before = lin.phone.items().await.len();
    lin.phone.says("继续").await;
    lin.phone.sees("王5").await;
    let shown = since(&lin.phone, before).await;
    assert_eq!(shown.len(), 1, "{shown:?}");
    assert_eq!(shown[0]["via"], "passive");
    assert_eq!(
        text(&shown[0]),
        "【新顾客 #1】王5\n王6\n【新顾客 #2】李1\n李2"
    );
    app.at_rest().await;
    for row in app.outbound_to(&lin.phone).await {
        assert_eq!(row.state, State::Sent, "{row:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_silence_counts_every_line_that_waits_and_for_whom() {
    let app = TestApp::start().await;
    let (lin, wang) = one_and_one(&app).await;
    let li = customer(&app, &lin, "李先生").await;
    app.later(TimeDelta::hours(49)).await;
    // Twelve long lines: the free reply holds two, a call two each, and the last message says the rest.
    let long = "长".repeat(330);
    for n in 0..8 {
        wang.says(&format!("王{n}{long}")).await;
    }
    for n in 0..6 {
        li.says(&format!("李{n}{long}")).await;
    }
    lin.phone.says("收").await;
    let waiting = lin.phone.sees("条新消息在等你").await;
    let shown = lin.phone.texts().await.join("\n");
    let got = |mark: &str, all: usize| {
        (0..all)
            .filter(|n| shown.contains(&format!("{mark}{n}长")))
            .count()
    };
    let (wang_waits, li_waits) = (8 - got("王", 8), 6 - got("李", 6));
    let mut said = format!("还有 {} 条新消息在等你：", wang_waits + li_waits);
    if wang_waits > 0 {
        said.push_str(&format!("新顾客 #1 {wang_waits} 条、"));
    }
    said.push_str(&format!("新顾客 #2 {li_waits} 条。"));
    assert!(
        text(&waiting).starts_with(&said),
        "{said} {}",
        text(&waiting)
    );
    lin.phone.says("1").await;
    lin.phone.sees("李5").await;
    let all = lin.phone.texts().await.join("\n");
    for (mark, count) in [('王', 8), ('李', 6)] {
        let order: Vec<usize> = (0..count)
            .map(|n| all.find(&format!("{mark}{n}长")).expect("every line"))
            .collect();
        assert!(order.is_sorted(), "in order: {order:?}");
        for n in 0..count {
            assert_eq!(
                all.matches(&format!("{mark}{n}长")).count(),
                1,
                "nothing twice"
            );
        }
    }
    assert_eq!(
        wang.count("收").await + wang.count("1").await,
        0,
        "a word is no answer"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn however_many_wait_the_count_is_true() {
    let app = TestApp::start().await;
    let (lin, wang) = one_and_one(&app).await;
    app.later(TimeDelta::hours(49)).await;
    let long = "长".repeat(600);
    for n in 0..90 {
        wang.says(&format!("{n:02}{long}")).await;
    }
    lin.phone.says("继续").await;
    let waiting = lin.phone.sees("条新消息在等你").await;
    let got = lin.phone.count("长").await;
    let said = format!("还有 {} 条新消息在等你", 90 - got);
    assert!(
        text(&waiting).starts_with(&said),
        "{said}: {}",
        text(&waiting)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn any_answer_of_the_guide_brings_the_waiting_lines_too() {
    let app = TestApp::start().await;
    let (lin, wang) = one_and_one(&app).await;
    app.later(TimeDelta::hours(49)).await;
    wang.says("在吗").await;
    wang.sees("您的留言已留给 林小满").await;
    lin.phone.says("#1 在的").await;
    let line = lin.phone.sees("【新顾客 #1】在吗").await;
    assert_eq!(line["via"], "passive");
    wang.sees("在的").await;
    assert_eq!(lin.phone.count("在吗").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn she_is_told_once_per_silence_that_her_guide_cannot_be_reached() {
    let app = TestApp::start().await;
    let (lin, wang) = one_and_one(&app).await;
    app.later(TimeDelta::hours(49)).await;
    wang.says("第一句").await;
    let told = wang
        .sees("您的留言已留给 林小满，她看到后会尽快回复您")
        .await;
    assert_eq!(told["via"], "passive");
    wang.says("第二句").await;
    app.later(TimeDelta::hours(1)).await;
    wang.says("第三句").await;
    assert_eq!(wang.count("留给").await, 1, "not per message");
    lin.phone.says("继续").await;
    lin.phone.sees("第三句").await;
    lin.phone.says("来了").await;
    wang.sees("来了").await;
    // The next silence is a new one.
    app.later(TimeDelta::hours(49)).await;
    wang.says("又来了").await;
    wang.sees("您的留言已留给 林小满").await;
    app.later(TimeDelta::hours(13)).await;
    wang.says("半天过去了").await;
    wang.sees("您的留言已留给 林小满").await;
    assert_eq!(wang.count("留给").await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_lines_survive_a_restart() {
    let mut app = TestApp::start().await;
    let (lin, wang) = one_and_one(&app).await;
    app.later(TimeDelta::hours(49)).await;
    wang.says("别丢了").await;
    wang.sees("留给").await;
    app.restart().await;
    app.register().await;
    lin.phone.says("继续").await;
    lin.phone.sees("别丢了").await;
    assert_eq!(lin.phone.count("别丢了").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tap_opens_a_minute_and_not_two_days() {
    let app = TestApp::start().await;
    let (lin, wang) = one_and_one(&app).await;
    app.later(TimeDelta::hours(49)).await;
    wang.says("您好").await;
    wang.sees("留给").await;
    lin.phone.says("列表").await;
    lin.phone.sees("你的顾客").await;
    app.later(TimeDelta::hours(49)).await;
    lin.phone.taps("to-1").await;
    lin.phone.sees("之后的回复都发给").await;
    // Three messages within the minute, nothing after it.
    app.later(TimeDelta::minutes(2)).await;
    wang.says("还在吗").await;
    wang.sees("留给").await;
    app.outcome(&lin.phone, "还在吗", State::Held).await;
    let stats = app.stats().await;
    assert!(
        stats["calls"]["/cgi-bin/message/custom/send"]["45015"].is_null(),
        "the ledger knew"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn notices_wait_like_lines_and_are_counted() {
    let app = TestApp::start().await;
    let (lin, _wang) = one_and_one(&app).await;
    app.later(TimeDelta::hours(49)).await;
    let li = app.person("李先生").await;
    li.scans(&lin.scene).await;
    li.sees("林小满").await;
    app.outcome(&lin.phone, "新朋友 #2", State::Held).await;
    lin.phone.says("继续").await;
    let notice = lin.phone.sees("新朋友 #2 扫你的码关注了").await;
    assert_eq!(notice["via"], "passive");
    let rows = app.outbound_to(&lin.phone).await;
    assert_eq!(
        rows.last().and_then(|row| row.channel),
        Some(Channel::Passive)
    );
}
