//! WeChat refuses, stalls or says nothing: nothing is called sent that was not taken, nothing is sent twice, and the guide
//! hears what became of an answer.

use chrono::TimeDelta;
use daogou_schema::outbound::{self, State};
use daogou_schema::reply_window::Trigger;
use serde_json::{Value, json};

use super::{customer, one_and_one};
use crate::kit::{Guide, Phone, TestApp, eventually};

const SEND: &str = "/cgi-bin/message/custom/send";

/// A guide, and a customer who has just written and waits for an answer.
async fn asked(app: &TestApp) -> (Guide, Phone) {
    let (lin, wang) = one_and_one(app).await;
    wang.says("有货吗").await;
    lin.phone.sees("有货吗").await;
    (lin, wang)
}

async fn calls(app: &TestApp, path: &str, outcome: &str) -> u64 {
    let stats = app.stats().await;
    stats["calls"][path][outcome].as_u64().unwrap_or(0)
}

/// What is left in the window that her message opened.
async fn left(app: &TestApp, phone: &Phone) -> Option<i32> {
    let windows = app.windows_of(phone).await;
    let opened = windows.iter().find(|w| w.trigger == Trigger::Message);
    opened.map(|window| window.remaining)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_window_that_only_wechat_knew_of_is_never_called_sent() {
    for after_effect in [false, true] {
        let app = TestApp::start().await;
        let (lin, wang) = asked(&app).await;
        app.fault(json!({ "path": SEND, "errcode": 45015, "after_effect": after_effect }))
            .await;
        lin.phone.says("有的").await;
        lin.phone.sees("没有送出").await;
        let row = app.outcome(&wang, "有的", State::Held).await;
        assert_eq!(
            (row.code, row.reason.as_deref()),
            (Some(45015), Some("window"))
        );
        assert_eq!(
            left(&app, &wang).await.unwrap_or(0),
            0,
            "the ledger is corrected"
        );
        // The next answer is not even tried.
        lin.phone.says("还有两件").await;
        lin.phone.sees("没有送出").await;
        assert_eq!(calls(&app, SEND, "45015").await, 1);
        // What was kept comes when she writes.
        wang.says("在吗").await;
        wang.sees("还有两件").await;
        let row = app.outcome(&wang, "有的", State::Sent).await;
        assert_eq!(row.channel, Some(daogou_schema::outbound::Channel::Passive));
        assert_eq!(wang.count("有的").await, 1 + usize::from(after_effect));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_used_up_window_that_only_wechat_knew_of_is_never_called_sent() {
    let app = TestApp::start().await;
    let (lin, wang) = asked(&app).await;
    app.fault(json!({ "path": SEND, "errcode": 45047 })).await;
    lin.phone.says("有的").await;
    lin.phone.sees("5 条已用完").await;
    let row = app.outcome(&wang, "有的", State::Held).await;
    assert_eq!(
        (row.code, row.reason.as_deref()),
        (Some(45047), Some("count"))
    );
    assert_eq!(
        left(&app, &wang).await.unwrap_or(0),
        0,
        "the ledger is corrected"
    );
    wang.says("在吗").await;
    wang.sees("有的").await;
    assert_eq!(wang.count("有的").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_to_a_guide_whose_window_only_wechat_knew_to_be_shut_waits_for_the_guide() {
    let app = TestApp::start().await;
    let (lin, wang) = one_and_one(&app).await;
    app.fault(json!({ "path": SEND, "errcode": 45015 })).await;
    wang.says("有货吗").await;
    app.outcome(&lin.phone, "有货吗", State::Held).await;
    lin.phone.says("继续").await;
    let line = lin.phone.sees("【新顾客 #1】有货吗").await;
    assert_eq!(line["via"], "passive");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_system_is_asked_again_after_a_pause_and_the_window_is_spent_once() {
    let app = TestApp::start().await;
    let (lin, wang) = asked(&app).await;
    app.fault(json!({ "path": SEND, "errcode": -1, "times": 2 }))
        .await;
    lin.phone.says("有的").await;
    for attempt in 1..=2 {
        eventually("the next attempt", async || {
            let rows = app.outbound_to(&wang).await;
            let waits = |row: &outbound::Model| row.state == State::Ready && row.code == Some(-1);
            rows.into_iter()
                .find(|row| waits(row) && row.attempts == attempt)
        })
        .await;
        assert_eq!(wang.count("有的").await, 0);
        app.pass(TimeDelta::seconds(10));
    }
    wang.sees("有的").await;
    let row = app.outcome(&wang, "有的", State::Sent).await;
    assert_eq!(row.attempts, 3);
    assert_eq!(left(&app, &wang).await, Some(4), "one of five");
    assert_eq!(wang.count("有的").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_wechat_refuses_for_good_comes_back_with_the_reason_and_stays_refused() {
    for (code, why) in [
        (45009, "今天的发送次数已用完"),
        (48001, "没有发送权限或配置有误"),
        (48002, "对方拒收"),
        (45002, "微信不接受这条内容"),
    ] {
        let app = TestApp::start().await;
        let (lin, wang) = asked(&app).await;
        app.fault(json!({ "path": SEND, "errcode": code })).await;
        lin.phone.says("有的").await;
        app.outcome(&wang, "有的", State::Refused).await;
        // After a limit nothing is sent for ten seconds.
        app.pass(TimeDelta::seconds(12));
        let told = lin.phone.sees(why).await;
        assert!(text(&told).contains("给 新顾客 #1 的“有的”"), "{told}");
        let row = app.outcome(&wang, "有的", State::Refused).await;
        assert_eq!(row.code, Some(code));
        assert_eq!(
            left(&app, &wang).await,
            Some(5),
            "not taken, so not counted"
        );
        later(&app, &wang).await;
        assert_eq!(wang.count("有的").await, 0);
        // The next one goes on as if nothing had been.
        lin.phone.says("#1 这条会到").await;
        wang.sees("这条会到").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_no_call_may_carry_today_waits_for_the_guides_free_reply() {
    for code in [45009, 48001] {
        let app = TestApp::start().await;
        let (lin, wang) = one_and_one(&app).await;
        refused_line(&app, &lin, &wang, code).await;
        lin.phone.says("继续").await;
        let line = lin.phone.sees("【新顾客 #1】有货吗").await;
        assert_eq!(line["via"], "passive");
        assert!(
            text(&line).ends_with("有货吗"),
            "nothing else to say: {line}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_no_call_may_carry_is_tried_again_and_not_overtaken_by_what_she_writes_next() {
    let app = TestApp::start().await;
    let (lin, wang) = one_and_one(&app).await;
    refused_line(&app, &lin, &wang, 45009).await;
    wang.says("还有，防水吗").await;
    app.outcome(&lin.phone, "防水吗", State::Ready).await;
    app.pass(TimeDelta::minutes(5));
    lin.phone.sees("【新顾客 #1】有货吗").await;
    lin.phone.sees("防水吗").await;
    assert_eq!(lin.phone.count("有货吗").await, 1);
}

/// She writes and WeChat takes no call that could bring it to her guide.
async fn refused_line(app: &TestApp, guide: &Guide, from: &Phone, code: i64) {
    app.fault(json!({ "path": SEND, "errcode": code })).await;
    from.says("有货吗").await;
    let row = eventually("the refused line", async || {
        let rows = app.outbound_to(&guide.phone).await;
        rows.into_iter().find(|row| row.code == Some(code))
    })
    .await;
    assert_eq!(row.state, State::Ready);
    assert!(row.reason.is_some() && row.due_at > row.created_at);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_wechat_never_confirmed_is_listed_and_never_sent_again() {
    for after_effect in [false, true] {
        let app = TestApp::start().await;
        let (lin, wang) = asked(&app).await;
        app.fault(json!({ "path": SEND, "drop": true, "after_effect": after_effect }))
            .await;
        lin.phone.says("有的").await;
        lin.phone.sees("是否送达未知").await;
        let row = app.outcome(&wang, "有的", State::Unknown).await;
        assert_eq!(row.reason.as_deref(), Some("no_answer"));
        assert_eq!(
            left(&app, &wang).await,
            Some(4),
            "an unknown outcome stays spent"
        );
        later(&app, &wang).await;
        assert_eq!(wang.count("有的").await, usize::from(after_effect));
        app.outcome(&wang, "有的", State::Unknown).await;
        // A person finds it in the list, without what it says and whom it is for.
        let listed = app.daogou_json(&["outbound", "list", "--json"]);
        let listed = listed["messages"].as_array().expect("messages");
        assert_eq!(listed.len(), 1, "{listed:?}");
        assert_eq!(
            (&listed[0]["guide"], &listed[0]["reason"]),
            (&json!("林小满"), &json!("no_answer"))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_gateway_and_an_endless_silence_are_unknown_outcomes_too() {
    let app = TestApp::start().await;
    let (lin, wang) = asked(&app).await;
    app.fault(json!({ "path": SEND, "http_status": 502, "after_effect": true }))
        .await;
    lin.phone.says("第一条").await;
    app.outcome(&wang, "第一条", State::Unknown).await;
    lin.phone.sees("是否送达未知").await;
    // Longer than any call waits.
    app.fault(json!({ "path": SEND, "delay_ms": 13_000, "after_effect": true }))
        .await;
    lin.phone.says("#1 第二条").await;
    lin.phone.sees("第二条").await;
    app.outcome(&wang, "第二条", State::Unknown).await;
    later(&app, &wang).await;
    assert_eq!(
        (wang.count("第一条").await, wang.count("第二条").await),
        (1, 1)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_whose_process_died_in_the_middle_is_listed_and_the_guide_hears_of_it() {
    let app = TestApp::start().await;
    let (lin, wang) = asked(&app).await;
    lin.phone.says("有的").await;
    wang.sees("有的").await;
    app.outcome(&wang, "有的", State::Sent).await;
    // As the store looks when the process ends between the call and its answer.
    app.alter(&format!(
        "UPDATE outbound SET state = 'claimed', settled_at = NULL, lease_until = {} WHERE openid = '{}' AND purpose = 'answer'",
        app.clock.now().timestamp_millis() - 1,
        wang.openid
    ))
    .await;
    lin.phone.sees("是否送达未知").await;
    let row = app.outcome(&wang, "有的", State::Unknown).await;
    assert_eq!(row.reason.as_deref(), Some("interrupted"));
    later(&app, &wang).await;
    assert_eq!(wang.count("有的").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_no_good_any_more_is_fetched_anew_and_the_chat_goes_on() {
    let app = TestApp::start().await;
    let (lin, wang) = asked(&app).await;
    for (n, code) in [40001, 40014, 42001].into_iter().enumerate() {
        app.fault(json!({ "path": SEND, "errcode": code })).await;
        lin.phone.says(&format!("#1 第 {n} 条")).await;
        wang.sees(&format!("第 {n} 条")).await;
    }
    assert_eq!(
        wang.count("条").await,
        3,
        "each once: {:?}",
        wang.texts().await
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_another_system_replaced_or_that_expired_is_noticed() {
    let app = TestApp::start().await;
    let (lin, wang) = asked(&app).await;
    let environment = app.environment();
    let of = |key: &str| {
        environment
            .iter()
            .find(|(k, _)| *k == key)
            .map(|(_, v)| v.clone())
    };
    let forced = json!({
        "grant_type": "client_credential", "appid": of("WECHAT_APPID"), "secret": of("WECHAT_APP_SECRET"),
        "force_refresh": true,
    });
    let got = app.control("/cgi-bin/stable_token", forced).await;
    assert!(got["access_token"].is_string(), "{got}");
    lin.phone.says("换了令牌").await;
    wang.sees("换了令牌").await;
    assert!(
        calls(&app, SEND, "40001").await >= 1,
        "the old one was refused"
    );
    app.later(TimeDelta::hours(3)).await;
    lin.phone.says("过期之后").await;
    wang.sees("过期之后").await;
    assert_eq!(wang.count("令牌").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_others_go_on_while_one_persons_message_is_stuck() {
    let app = TestApp::start().await;
    let (lin, wang) = asked(&app).await;
    let li = customer(&app, &lin, "李先生").await;
    li.says("老人会用吗").await;
    lin.phone.sees("老人会用吗").await;
    app.fault(json!({ "path": SEND, "delay_ms": 4_000 })).await;
    lin.phone.says("#1 卡住的").await;
    app.outcome(&wang, "卡住的", State::Claimed).await;
    lin.phone.says("#2 会的").await;
    li.sees("会的").await;
    assert_eq!(
        wang.count("卡住的").await,
        0,
        "the other one is still under way"
    );
    wang.sees("卡住的").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumps_while_a_line_is_on_its_way_lets_nothing_overtake_it() {
    let app = TestApp::start().await;
    let (lin, wang) = one_and_one(&app).await;
    app.fault(json!({ "path": SEND, "delay_ms": 4_000 })).await;
    wang.says("第一句").await;
    app.outcome(&lin.phone, "第一句", State::Claimed).await;
    wang.says("第二句").await;
    app.outcome(&lin.phone, "第二句", State::Ready).await;
    // Every lease is over. The line is on its way nevertheless, and this process knows.
    app.pass(TimeDelta::hours(1));
    lin.phone.says("继续").await;
    lin.phone.sees("第二句").await;
    let came = lin.phone.texts().await;
    let place = |line: &str| came.iter().position(|text| text.contains(line));
    assert!(
        place("第一句").is_some_and(|first| Some(first) < place("第二句")),
        "{came:?}"
    );
    app.outcome(&lin.phone, "第一句", State::Sent).await;
}

/// A day passes and she writes again: whatever would be sent a second time would be sent now.
async fn later(app: &TestApp, phone: &Phone) {
    app.later(TimeDelta::hours(24)).await;
    phone.says("在吗").await;
    app.later(TimeDelta::minutes(5)).await;
    phone.says("还在吗").await;
}

fn text(item: &Value) -> &str {
    item["text"].as_str().expect("a text")
}
