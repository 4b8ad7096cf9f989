//! The consumer's window: five answers to what she writes, none after two days; what is kept comes with her next message.

use chrono::TimeDelta;
use daogou_schema::outbound::State;
use daogou_schema::reply_window::Trigger;

use crate::kit::{TestApp, wire};
use crate::relay::{STORE, one_and_one};

#[tokio::test(flavor = "multi_thread")]
async fn after_two_days_the_guide_is_told_at_once_and_the_answer_comes_when_she_writes() {
    let app = TestApp::start().await;
    let (lin, wang) = one_and_one(&app).await;
    wang.says("有货吗").await;
    lin.phone.sees("有货吗").await;
    app.later(TimeDelta::hours(48)).await;
    lin.phone.says("有的").await;
    let told = lin.phone.sees("对方超过 48 小时没有来信").await;
    assert_eq!(told["via"], "passive", "told at once, for nothing");
    assert!(
        told["text"]
            .as_str()
            .expect("a text")
            .contains("给 新顾客 #1 的这条已保留"),
        "{told}"
    );
    app.outcome(&wang, "有的", State::Held).await;
    assert_eq!(wang.count("有的").await, 0);
    wang.says("还有吗").await;
    let item = wang.sees("有的").await;
    assert_eq!(item["via"], "passive");
    assert_eq!(wang.count("有的").await, 1);
    app.outcome(&wang, "有的", State::Sent).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_minute_before_two_days_are_over_the_answer_still_goes() {
    let app = TestApp::start().await;
    let (lin, wang) = one_and_one(&app).await;
    wang.says("有货吗").await;
    lin.phone.sees("有货吗").await;
    app.later(TimeDelta::hours(48) - TimeDelta::minutes(1))
        .await;
    lin.phone.says("有的").await;
    wang.sees("有的").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sixth_answer_waits_and_says_that_five_are_used_up() {
    let app = TestApp::start().await;
    let (lin, wang) = one_and_one(&app).await;
    wang.says("有货吗").await;
    lin.phone.sees("有货吗").await;
    for n in 1..=5 {
        lin.phone.says(&format!("第 {n} 条")).await;
        wang.sees(&format!("第 {n} 条")).await;
    }
    lin.phone.says("第 6 条").await;
    lin.phone.sees("对方来信后的 5 条已用完").await;
    lin.phone.says("第 7 条").await;
    lin.phone.sees("对方来信后的 5 条已用完").await;
    assert_eq!(wang.count("第 6 条").await, 0);
    wang.says("好").await;
    wang.sees("第 7 条").await;
    let order: Vec<String> = wang
        .texts()
        .await
        .concat()
        .split("第 ")
        .skip(1)
        .map(|t| t.chars().take(1).collect())
        .collect();
    assert_eq!(order.concat(), "1234567", "in order, each once");
    let stats = app.stats().await;
    assert!(
        stats["calls"]["/cgi-bin/message/custom/send"]["45047"].is_null(),
        "WeChat was never asked in vain"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_alone_allows_three_messages_within_a_minute() {
    let app = TestApp::start().await;
    app.add_store(STORE);
    let lin = app.guide("林小满", STORE).await;
    let wang = app.person("王女士").await;
    wang.scans(&lin.scene).await;
    wang.sees("林小满").await;
    for n in 1..=4 {
        lin.phone.says(&format!("#1 第 {n} 条")).await;
        lin.phone.says("列表").await;
    }
    wang.sees("第 3 条").await;
    lin.phone.sees("没有送出").await;
    app.outcome(&wang, "第 4 条", State::Held).await;
    let windows = app.windows_of(&wang).await;
    assert_eq!(windows.len(), 1);
    assert_eq!(
        (windows[0].trigger, windows[0].remaining),
        (Trigger::Follow, 0)
    );
    app.later(TimeDelta::minutes(2)).await;
    wang.scans(&lin.scene).await;
    wang.sees("第 4 条").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn passive_replies_cost_nothing() {
    let app = TestApp::start().await;
    let (_lin, wang) = one_and_one(&app).await;
    for _ in 0..7 {
        let reply = wang.says("退订").await;
        assert!(reply["reply"].as_str().expect("a reply").contains("已停止"));
    }
    let windows = app.windows_of(&wang).await;
    let opened = windows
        .iter()
        .find(|w| w.trigger == Trigger::Message)
        .expect("a window");
    assert_eq!(opened.remaining, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_push_opens_only_what_is_left_of_its_window() {
    let app = TestApp::start().await;
    let (lin, wang) = one_and_one(&app).await;
    // She wrote two days and a minute ago; the push comes now.
    let long_ago = app.clock.now().timestamp() - 48 * 3600 - 60;
    let content = format!(
        "<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><FromUserName><![CDATA[{}]]></FromUserName>\
         <CreateTime>{long_ago}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[迟到的来信]]></Content>\
         <MsgId>424242</MsgId></xml>",
        wang.openid
    );
    let posted = wire::push(&app, &app.sender().push("secure", content)).await;
    assert_eq!(posted.status, 200);
    lin.phone.sees("迟到的来信").await;
    let windows = app.windows_of(&wang).await;
    let now = daogou_schema::Timestamp::from(app.clock.now());
    let open = windows
        .iter()
        .any(|w| w.trigger == Trigger::Message && w.until > now);
    assert!(
        !open,
        "a window stands open that WeChat has shut: {windows:?}"
    );
    lin.phone.says("您好").await;
    lin.phone.sees("对方超过 48 小时没有来信").await;
}
