//! Redis holds nothing that is missed: it may be wiped or cut off between any two messages.

use chrono::TimeDelta;
use serde_json::json;

use super::{customer, one_and_one};
use crate::kit::{Proxy, Session, Store, TestApp};

/// Forgets every key of this installation.
async fn wipe(url: &str) -> usize {
    let (server, prefix) = url.split_once("?prefix=").expect("a prefix of its own");
    let client = redis::Client::open(server).expect("an address");
    let mut connection = client
        .get_multiplexed_async_connection()
        .await
        .expect("Redis answers");
    let keys: Vec<String> = redis::cmd("KEYS")
        .arg(format!("*:{prefix}:*"))
        .query_async(&mut connection)
        .await
        .expect("the keys");
    for key in &keys {
        let _: i64 = redis::cmd("DEL")
            .arg(key)
            .query_async(&mut connection)
            .await
            .expect("a key can be forgotten");
    }
    keys.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_chat_goes_on_though_redis_is_wiped_between_two_messages() {
    let Some(app) = TestApp::on(Store::Sqlite, Session::Redis).await else {
        return;
    };
    let url = app.backend.redis_url.clone().expect("Redis");
    let (lin, wang) = one_and_one(&app).await;
    assert!(wipe(&url).await > 0, "there was something to forget");
    wang.says("还在吗").await;
    lin.phone.sees("【新顾客 #1】还在吗").await;
    wipe(&url).await;
    lin.phone.says("在的").await;
    wang.sees("在的").await;
    // Held lines and the question for whom an answer is are no session's business either.
    app.later(TimeDelta::hours(49)).await;
    wang.says("第一句").await;
    wang.sees("留给 林小满").await;
    wipe(&url).await;
    lin.phone.says("继续").await;
    lin.phone.sees("第一句").await;
    wipe(&url).await;
    lin.phone.says("来了").await;
    wang.sees("来了").await;
    assert_eq!(lin.phone.count("第一句").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_chat_goes_on_though_redis_cannot_be_reached() {
    let Some(mut app) = TestApp::on(Store::Sqlite, Session::Redis).await else {
        return;
    };
    let url = app.backend.redis_url.clone().expect("Redis");
    let (server, prefix) = url.split_once("?prefix=").expect("a prefix of its own");
    let address = server.trim_start_matches("redis://").trim_end_matches('/');
    let (line, over) = Proxy::to(&format!("redis://@{address}/0")).await;
    let over = over.replace("redis://@", "redis://");
    app.set("REDIS_URL", &format!("{over}?prefix={prefix}"));
    app.restart().await;
    app.register().await;
    let (lin, wang) = one_and_one(&app).await;
    wang.says("您好").await;
    lin.phone.sees("您好").await;
    line.cut();
    wang.says("还在吗").await;
    lin.phone.sees("还在吗").await;
    lin.phone.says("在的").await;
    wang.sees("在的").await;
    line.heal();
    wang.says("谢谢").await;
    lin.phone.sees("谢谢").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn however_many_messages_need_a_new_token_one_of_them_fetches_it() {
    let app = TestApp::start().await;
    let (lin, wang) = one_and_one(&app).await;
    let mut people = vec![wang];
    for n in 2..=6 {
        people.push(customer(&app, &lin, &format!("顾客{n}")).await);
        lin.phone.says("继续").await;
    }
    for person in &people {
        person.says("您好").await;
    }
    // The token of the first messages is over; the next answer about one is slow, so that all of them wait for it.
    app.later(TimeDelta::hours(3)).await;
    let before = fetched(&app).await;
    app.fault(json!({ "path": "/cgi-bin/stable_token", "delay_ms": 500, "times": 1 }))
        .await;
    for number in 1..=people.len() {
        lin.phone.says(&format!("#{number} 在的")).await;
    }
    for person in &people {
        person.sees("在的").await;
    }
    assert_eq!(fetched(&app).await - before, 1);
}

async fn fetched(app: &TestApp) -> i64 {
    let stats = app.stats().await;
    stats["calls"]["/cgi-bin/stable_token"]["0"]
        .as_i64()
        .expect("a token was fetched")
}
