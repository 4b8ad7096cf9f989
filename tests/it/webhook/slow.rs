//! WeChat reads an answer in time, whatever else is slow.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use daogou_schema::Timestamp;
use daogou_schema::inbound::{self, Answer, State};
use daogou_schema::lane::{self, Way};
use sea_orm::{EntityTrait, Set};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{assert_taken, settled, text_from};
use crate::kit::wire::{Posted, push};
use crate::kit::{TestApp, eventually};

/// Below WeChat's 5 s by more than any pause of a loaded machine.
const IN_TIME: Duration = Duration::from_millis(4_900);
/// The answer waits 1.5 s for its handler; the rest is for a loaded machine.
const AT_THE_BUDGET: Duration = Duration::from_secs(3);

async fn timed(app: &TestApp, text: &str) -> (Posted, Duration) {
    let message = app.sender().push("secure", text);
    let since = Instant::now();
    let posted = push(app, &message).await;
    (posted, since.elapsed())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_platform_delays_no_answer() {
    let app = TestApp::start().await;
    app.add_store("杭州城北店");
    let lin = app.guide("林小满", "杭州城北店").await;
    let wang = app.person("王女士").await;
    wang.scans(&lin.scene).await;
    wang.sees("林小满").await;
    lin.phone.sees("新朋友").await;
    let send = "/cgi-bin/message/custom/send";
    app.fault(json!({ "path": send, "delay_ms": 4_000, "times": 2 }))
        .await;
    for line in ["一", "二", "三"] {
        let since = Instant::now();
        assert_eq!(wang.says(line).await["attempts"], 1);
        assert!(
            since.elapsed() < AT_THE_BUDGET,
            "{line}: {:?}",
            since.elapsed()
        );
    }
    let since = Instant::now();
    assert_eq!(lin.phone.says("可以戴着游泳").await["attempts"], 1);
    assert!(since.elapsed() < AT_THE_BUDGET, "{:?}", since.elapsed());
    wang.sees("可以戴着游泳").await;
    assert!(since.elapsed() > AT_THE_BUDGET, "the platform was slow");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_behind_one_that_another_process_holds_is_answered_at_the_budget_and_handled_later()
{
    let app = TestApp::start().await;
    app.add_store("杭州城北店");
    let lin = app.guide("林小满", "杭州城北店").await;
    let wang = app.person("王女士").await;
    wang.scans(&lin.scene).await;
    let db = app.database().await;
    let account = super::stored(&db).await[0].account_id;
    let held = lane::ActiveModel {
        account_id: Set(account),
        openid: Set(wang.openid.clone()),
        way: Set(Way::In),
        owner: Set(Some("another process".into())),
        lease_until: Set(Timestamp::from(app.clock.now()) + TimeDelta::seconds(15)),
        fence: Set(99),
    };
    lane::Entity::delete_many()
        .exec(&db)
        .await
        .expect("the lanes");
    lane::Entity::insert(held)
        .exec_without_returning(&db)
        .await
        .expect("a lane");
    let before = inbound::ActiveModel {
        account_id: Set(account),
        openid: Set(wang.openid.clone()),
        msg_type: Set("text".into()),
        format: Set("xml".into()),
        raw: Set(Some(text_from(&wang.openid, "6", "你好"))),
        received_at: Set(Timestamp::from(app.clock.now())),
        state: Set(State::Stored),
        answer: Set(Answer::Open),
        attempts: Set(0),
        ..Default::default()
    };
    inbound::Entity::insert(before)
        .exec_without_returning(&db)
        .await
        .expect("a push");

    let (posted, took) = timed(&app, &text_from(&wang.openid, "7", "还在吗")).await;
    assert_taken(&posted, "a push behind another");
    assert_eq!(posted.body, "success");
    assert!(
        took > Duration::from_secs(1) && took < AT_THE_BUDGET,
        "{took:?}"
    );
    assert_eq!(lin.phone.count("还在吗").await, 0);

    // The other process never comes back: its lease ends, and what came first is heard first.
    app.pass(TimeDelta::seconds(16));
    lin.phone.sees("还在吗").await;
    settled(&db).await;
    let heard = lin.phone.texts().await.join("\n");
    assert!(heard.find("你好") < heard.find("还在吗"), "{heard}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_that_hangs_up_at_once_is_heard_all_the_same() {
    let app = TestApp::start().await;
    let address = app.server.trim_start_matches("http://").to_owned();
    for number in 0..40 {
        let text = text_from("oShe", &number.to_string(), "喂");
        let push = app.sender().push("secure", text);
        let query: Vec<_> = push.query.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let head = format!(
            "POST /wechat/{}?{} HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n",
            app.sender().appid,
            query.join("&"),
            push.body.len()
        );
        let mut line = TcpStream::connect(&address).await.expect("a connection");
        let request = [head.as_bytes(), &push.body].concat();
        line.write_all(&request).await.expect("a request");
    }
    // No lease has to end first: the clock stands still.
    let db = app.database().await;
    eventually("the end of all handling", async || {
        let rows = super::stored(&db).await;
        let done = rows.iter().filter(|row| row.state == State::Done);
        (done.count() == 40).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_that_stops_in_the_middle_holds_nobody_up() {
    let app = TestApp::start().await;
    let address = app.server.trim_start_matches("http://").to_owned();
    let since = Instant::now();
    let mut stuck = Vec::new();
    for _ in 0..64 {
        let mut line = TcpStream::connect(&address).await.expect("a connection");
        let head = "POST /wechat/wx0123456789abcdef HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\n<xml>";
        line.write_all(head.as_bytes()).await.expect("a beginning");
        stuck.push(line);
    }
    let (posted, _) = timed(&app, &text_from("oShe", "1", "在吗")).await;
    assert_taken(&posted, "a push beside stuck ones");
    let mut answer = Vec::new();
    let mut first = stuck.remove(0);
    let read = tokio::time::timeout(Duration::from_secs(20), first.read_buf(&mut answer)).await;
    read.expect("an answer in time").expect("an answer");
    assert!(since.elapsed() < IN_TIME * 2, "{:?}", since.elapsed());
}
