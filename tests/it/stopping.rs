//! A server that is asked to end finishes the call it is making and hands the rest back: nothing is unknown, nothing waits
//! for a lease.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use daogou_ground::Clock;
use daogou_schema::lane;
use daogou_schema::outbound::State;
use sea_orm::EntityTrait;
use serde_json::json;

use crate::kit::{APPID, Guide, Phone, Process, Session, Store, TestApp};

/// A sending lane's lease, after which anybody may take it, is 50 s.
const LEASE: Duration = Duration::from_secs(50);

struct Chat {
    lin: Guide,
    wang: Phone,
}

async fn chat(app: &TestApp) -> Chat {
    // A process of its own has the machine's clock.
    app.pass(Clock::system().now() - app.clock.now());
    app.add_store("杭州城北店");
    let lin = app.guide("林小满", "杭州城北店").await;
    let wang = app.person("王女士").await;
    wang.scans(&lin.scene).await;
    lin.phone.sees("新朋友 #1").await;
    wang.says("在吗").await;
    lin.phone.sees("在吗").await;
    app.at_rest().await;
    Chat { lin, wang }
}

/// Two answers to her: WeChat takes its time over the first, so that the second waits behind it.
async fn answer_twice(app: &TestApp, chat: &Chat) {
    let slow = json!({ "path": "/cgi-bin/message/custom/send", "delay_ms": 3000, "times": 1 });
    app.fault(slow).await;
    chat.lin.phone.says("第一句").await;
    app.outcome(&chat.wang, "第一句", State::Claimed).await;
    chat.lin.phone.says("第二句").await;
    app.outcome(&chat.wang, "第二句", State::Ready).await;
}

async fn ends(process: Process) -> Option<i32> {
    process.terminate();
    let mut process = process;
    let ended = tokio::task::spawn_blocking(move || process.child.wait()).await;
    ended.expect("it is waited for").expect("it ends").code()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_only_server_settles_its_call_frees_its_lanes_and_the_next_one_goes_on() {
    let mut app = TestApp::start().await;
    let chat = chat(&app).await;
    app.stop().await;
    let server = Process::serve(&app, &[]);
    server.is_healthy(&app).await;
    app.register_at(&format!("{}/wechat/{APPID}", server.url))
        .await;
    answer_twice(&app, &chat).await;
    assert_eq!(ends(server).await, Some(0));
    app.outcome(&chat.wang, "第一句", State::Sent).await;
    app.outcome(&chat.wang, "第二句", State::Ready).await;
    let lanes = lane::Entity::find().all(&app.database().await).await;
    let lanes = lanes.expect("the lanes can be read");
    assert!(lanes.iter().all(|lane| lane.owner.is_none()), "{lanes:?}");
    // The test's own clock has stood still meanwhile.
    app.pass(TimeDelta::minutes(1));
    app.restart().await;
    chat.wang.sees("第二句").await;
    assert_eq!(chat.wang.count("第一句").await, 1);
    assert_eq!(chat.wang.count("第二句").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_node_goes_on_at_once_and_not_after_a_lease() {
    let Some(mut app) = TestApp::on(Store::Postgres, Session::Redis).await else {
        return;
    };
    let chat = chat(&app).await;
    app.stop().await;
    let first = Process::serve(&app, &[]);
    first.is_healthy(&app).await;
    app.register_at(&format!("{}/wechat/{APPID}", first.url))
        .await;
    answer_twice(&app, &chat).await;
    let second = Process::serve(&app, &[]);
    second.is_healthy(&app).await;
    assert_eq!(ends(first).await, Some(0));
    let begun = Instant::now();
    chat.wang.sees("第二句").await;
    let took = begun.elapsed();
    println!("the other node went on after {took:?}");
    assert!(took < LEASE / 5, "{took:?}");
    assert_eq!(chat.wang.count("第一句").await, 1);
    assert_eq!(chat.wang.count("第二句").await, 1);
    app.outcome(&chat.wang, "第一句", State::Sent).await;
    drop(second);
}
