//! The one contract of the session layer, held by every body: embedded, a single Redis, Sentinel and Cluster; and what
//! the Redis bodies promise when Redis is wiped, restarted or silent.
//!
//! The Redis servers are private ones on free ports. Without a `redis-server` program their tests say that they did not
//! run.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod cluster;
mod servers;
mod world;

use std::time::{Duration, Instant};

use daogou_session::{Key, MISSED, Session, SessionError};

use cluster::Cluster;
use servers::{RedisServer, not_run};
use world::World;

fn route(person: &str) -> Key {
    Key::Route {
        account: 1,
        person: person.to_owned(),
    }
}

fn lock() -> Key {
    Key::TokenRefresh {
        appid: "wx1".to_owned(),
    }
}

fn limit() -> Key {
    Key::Limit {
        name: "mass:wx1".to_owned(),
        window: Duration::from_secs(60),
    }
}

#[tokio::test]
async fn the_embedded_body_keeps_the_contract() {
    let world = World::embedded();
    assert!(!world.session.is_shared());
    contract(&world).await;
}

#[tokio::test]
async fn a_single_redis_keeps_the_contract() {
    let Some(server) = RedisServer::single() else {
        return not_run("session contract on Redis");
    };
    let world = World::redis(server).await;
    assert!(world.session.is_shared());
    contract(&world).await;
    wiped_in_mid_work(&world).await;
    restarted_in_mid_work(world).await;
}

#[tokio::test]
async fn redis_behind_sentinel_keeps_the_contract() {
    let Some(server) = RedisServer::behind_sentinel() else {
        return not_run("session contract on Redis Sentinel");
    };
    let world = World::redis(server).await;
    contract(&world).await;
    wiped_in_mid_work(&world).await;
}

#[tokio::test]
async fn redis_cluster_keeps_the_contract() {
    let Some(cluster) = Cluster::start(&[]).await else {
        return not_run("session contract on Redis Cluster");
    };
    let world = World::cluster(cluster).await;
    contract(&world).await;
    wiped_in_mid_work(&world).await;
}

async fn contract(world: &World) {
    what_is_put_is_there_until_its_lifetime_ends(world).await;
    people_who_differ_only_in_case_are_two(world).await;
    forgetting_works_and_forgetting_nothing_does_no_harm(world).await;
    a_lock_is_given_back_by_its_owner_only(world).await;
    a_count_starts_again_when_its_window_is_over(world).await;
    a_notice_reaches_who_listens_to_its_channel(world).await;
    world.every_key_is_tagged_and_mortal().await;
}

async fn what_is_put_is_there_until_its_lifetime_ends(world: &World) {
    let s = &world.session;
    assert_eq!(s.get(&route("oA")).await.unwrap(), None);
    s.put(&route("oA"), "导购 7 \r\n \"}{").await.unwrap();
    assert_eq!(
        s.clone().get(&route("oA")).await.unwrap().as_deref(),
        Some("导购 7 \r\n \"}{")
    );
    s.put(&route("oA"), "8").await.unwrap();
    world.pass(Duration::from_secs(9 * 60)).await;
    assert_eq!(s.get(&route("oA")).await.unwrap().as_deref(), Some("8"));
    world.pass(Duration::from_secs(61)).await;
    assert_eq!(s.get(&route("oA")).await.unwrap(), None);

    let token = Key::AccessToken {
        appid: "wx1".to_owned(),
    };
    s.put_for(&token, "secret", Duration::from_secs(20))
        .await
        .unwrap();
    assert_eq!(s.get(&token).await.unwrap().as_deref(), Some("secret"));
    world.pass(Duration::from_secs(21)).await;
    assert_eq!(s.get(&token).await.unwrap(), None);
    // Nothing left of a lifetime is not an error.
    s.put_for(&token, "late", Duration::ZERO).await.unwrap();
    world.pass(Duration::from_secs(1)).await;
    assert_eq!(s.get(&token).await.unwrap(), None);
}

async fn people_who_differ_only_in_case_are_two(world: &World) {
    let s = &world.session;
    s.put(&route("oAbC"), "Wang").await.unwrap();
    s.put(&route("oabc"), "Li").await.unwrap();
    assert_eq!(
        s.get(&route("oAbC")).await.unwrap().as_deref(),
        Some("Wang")
    );
}

async fn forgetting_works_and_forgetting_nothing_does_no_harm(world: &World) {
    let s = &world.session;
    s.put(&route("oB"), "1").await.unwrap();
    s.forget(&route("oB")).await.unwrap();
    assert_eq!(s.get(&route("oB")).await.unwrap(), None);
    s.forget(&route("oB")).await.unwrap();
    assert!(!s.forget_if(&route("oB"), "1").await.unwrap());
}

async fn a_lock_is_given_back_by_its_owner_only(world: &World) {
    let s = &world.session;
    assert!(s.claim(&lock(), "node 1").await.unwrap());
    assert!(!s.claim(&lock(), "node 2").await.unwrap());
    world.pass(Duration::from_secs(10)).await;
    assert!(
        s.claim(&lock(), "node 1").await.unwrap(),
        "the holder may renew"
    );
    world.pass(Duration::from_secs(10)).await;
    assert!(
        !s.claim(&lock(), "node 2").await.unwrap(),
        "renewing starts its time anew"
    );
    assert!(!s.forget_if(&lock(), "node 2").await.unwrap());
    assert!(s.forget_if(&lock(), "node 1").await.unwrap());
    assert!(s.claim(&lock(), "node 2").await.unwrap());
    world.pass(Duration::from_secs(16)).await;
    assert!(
        s.claim(&lock(), "node 1").await.unwrap(),
        "a dead holder does not block for ever"
    );
    s.forget(&lock()).await.unwrap();
}

async fn a_count_starts_again_when_its_window_is_over(world: &World) {
    let s = &world.session;
    assert_eq!(s.count(&limit()).await.unwrap(), 1);
    world.pass(Duration::from_secs(59)).await;
    assert_eq!(s.count(&limit()).await.unwrap(), 2);
    world.pass(Duration::from_secs(2)).await;
    assert_eq!(
        s.count(&limit()).await.unwrap(),
        1,
        "counting does not prolong the window"
    );
}

async fn a_notice_reaches_who_listens_to_its_channel(world: &World) {
    let s = &world.session;
    s.publish("guide:7", "nobody listens").await.unwrap();
    let mut first = s.subscribe("guide:7").await.unwrap();
    let mut second = s.clone().subscribe("guide:7").await.unwrap();
    let mut other = s.subscribe("guide:8").await.unwrap();
    s.publish("guide:8", "for 8").await.unwrap();
    s.publish("guide:7", "消息 1").await.unwrap();
    s.publish("guide:7", "2").await.unwrap();
    for listener in [&mut first, &mut second] {
        assert_eq!(next(listener).await, "消息 1");
        assert_eq!(next(listener).await, "2");
    }
    assert_eq!(next(&mut other).await, "for 8");
}

async fn wiped_in_mid_work(world: &World) {
    let s = &world.session;
    let mut listener = s.subscribe("guide:7").await.unwrap();
    s.put(&route("oA"), "1").await.unwrap();
    assert!(s.claim(&lock(), "node 1").await.unwrap());
    assert_eq!(s.count(&limit()).await.unwrap(), 2);

    world.wipe().await;

    assert_eq!(s.get(&route("oA")).await.unwrap(), None);
    s.put(&route("oA"), "rebuilt").await.unwrap();
    assert_eq!(
        s.get(&route("oA")).await.unwrap().as_deref(),
        Some("rebuilt")
    );
    assert!(s.claim(&lock(), "node 2").await.unwrap());
    assert!(!s.forget_if(&lock(), "node 1").await.unwrap());
    assert_eq!(s.count(&limit()).await.unwrap(), 1);
    s.publish("guide:7", "still heard").await.unwrap();
    assert_eq!(next(&mut listener).await, "still heard");
}

async fn restarted_in_mid_work(mut world: World) {
    let s = world.session.clone();
    let mut listener = s.subscribe("guide:7").await.unwrap();
    s.put(&route("oA"), "1").await.unwrap();

    world.server().stop();
    let begun = Instant::now();
    for _ in 0..50 {
        let error = s.get(&route("oA")).await.unwrap_err();
        assert!(matches!(error, SessionError::Away { .. }), "{error}");
    }
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "50 callers were kept {:?}",
        begun.elapsed()
    );

    world.server().start_again();
    within_ten_seconds("the session heals", async || s.ping().await.is_ok()).await;
    assert_eq!(s.get(&route("oA")).await.unwrap(), None);
    s.put(&route("oA"), "2").await.unwrap();
    assert_eq!(s.get(&route("oA")).await.unwrap().as_deref(), Some("2"));

    assert_eq!(
        next(&mut listener).await,
        MISSED,
        "the listener is told of the gap"
    );
    s.publish("guide:7", "after the restart").await.unwrap();
    assert_eq!(next(&mut listener).await, "after the restart");
}

/// A restart between two commands, not noticed by anyone, costs nobody an error.
#[tokio::test]
async fn a_dead_connection_is_replaced_within_the_command() {
    let Some(mut server) = RedisServer::single() else {
        return not_run("session on a restarted Redis");
    };
    let session = Session::connect(&server.url()).await.unwrap();
    session.put(&route("oA"), "1").await.unwrap();
    server.stop();
    server.start_again();
    assert_eq!(session.get(&route("oA")).await.unwrap(), None);
}

#[tokio::test]
async fn two_installations_on_one_redis_do_not_see_each_other() {
    let Some(server) = RedisServer::single() else {
        return not_run("session prefixes on Redis");
    };
    let one = Session::connect(&format!("{}?prefix=one", server.url()))
        .await
        .unwrap();
    let two = Session::connect(&format!("{}?prefix=two", server.url()))
        .await
        .unwrap();
    let mut heard_by_two = two.subscribe("guide:7").await.unwrap();
    one.put(&route("oA"), "one").await.unwrap();
    one.publish("guide:7", "from one").await.unwrap();
    two.publish("guide:7", "from two").await.unwrap();
    assert_eq!(two.get(&route("oA")).await.unwrap(), None);
    assert_eq!(next(&mut heard_by_two).await, "from two");
}

#[tokio::test]
async fn two_processes_share_limits_locks_and_notices() {
    let Some(server) = RedisServer::single() else {
        return not_run("two processes on one Redis");
    };
    let one = Session::connect(&server.url()).await.unwrap();
    let two = Session::connect(&server.url()).await.unwrap();
    let mut heard_by_two = two.subscribe("guide:7").await.unwrap();
    assert_eq!(one.count(&limit()).await.unwrap(), 1);
    assert_eq!(two.count(&limit()).await.unwrap(), 2);
    assert!(one.claim(&lock(), "one").await.unwrap());
    assert!(!two.claim(&lock(), "two").await.unwrap());
    one.publish("guide:7", "from one").await.unwrap();
    assert_eq!(next(&mut heard_by_two).await, "from one");
}

#[tokio::test]
async fn a_wrong_password_is_named_and_never_shown() {
    let Some(server) = RedisServer::with_password("right-one") else {
        return not_run("session with a Redis password");
    };
    Session::connect(&server.url())
        .await
        .unwrap()
        .ping()
        .await
        .unwrap();
    let wrong = server.url().replace("right-one", "hunter2");
    let error = Session::connect(&wrong).await.unwrap_err();
    assert!(matches!(error, SessionError::Refused { .. }), "{error:?}");
    let text = format!("{error} {error:?}");
    assert!(
        text.contains("password") && !text.contains("hunter2"),
        "{text}"
    );
}

#[tokio::test]
async fn a_silent_redis_costs_a_second_and_then_nothing() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("redis://{}", silent.local_addr().unwrap());
    let begun = Instant::now();
    let error = Session::connect(&url).await.unwrap_err();
    assert!(matches!(error, SessionError::Away { .. }), "{error:?}");
    assert!(
        begun.elapsed() < Duration::from_secs(3),
        "{:?}",
        begun.elapsed()
    );
}

#[tokio::test]
async fn a_slow_embedded_listener_is_told_that_it_missed_something() {
    let session = World::embedded().session;
    let mut listener = session.subscribe("guide:7").await.unwrap();
    for n in 0..5_000 {
        session.publish("guide:7", &n.to_string()).await.unwrap();
    }
    assert_eq!(next(&mut listener).await, MISSED);
    assert!(next(&mut listener).await.parse::<u32>().unwrap() > 0);
}

async fn next(listener: &mut daogou_session::Subscription) -> String {
    tokio::time::timeout(Duration::from_secs(10), listener.next())
        .await
        .expect("no notice within ten seconds")
        .expect("the session has gone")
}

async fn within_ten_seconds(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !holds().await {
        assert!(Instant::now() < deadline, "not within ten seconds: {what}");
        tokio::task::yield_now().await;
    }
}
