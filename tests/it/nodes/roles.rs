//! Split roles: one process takes requests, another sends.

use std::time::{Duration, Instant};

use daogou::config::Role;
use daogou_schema::outbound::State;
use reqwest::StatusCode;

use super::{STORES, Scene};
use crate::kit::{APPID, Process, Server, TestApp};

/// How many lines are said one after another.
const LINES: u32 = 8;

#[tokio::test(flavor = "multi_thread")]
async fn what_a_web_process_takes_in_a_work_process_sends_at_once() {
    for store in STORES {
        let Some(Scene { app, lin, wang }) = Scene::on(store).await else {
            continue;
        };
        let environment = app.environment();
        let web = Server::start_as(Role::Web, &environment, &app.clock).await;
        let work = Server::start_as(Role::Work, &environment, &app.clock).await;
        app.register_at(&web.callback(APPID)).await;
        // The first line may be found by a sweep: the other process may not listen yet.
        wang.says("在吗").await;
        lin.phone.sees("在吗").await;
        let begun = Instant::now();
        for n in 0..LINES {
            lin.phone.says(&format!("我在 {n}")).await;
            wang.sees(&format!("我在 {n}")).await;
            wang.says(&format!("第 {n} 句")).await;
            lin.phone.sees(&format!("第 {n} 句")).await;
        }
        // Without notices each would wait for a sweep, a second apart.
        let each = begun.elapsed() / (2 * LINES);
        assert!(each < Duration::from_millis(700), "{store:?}: {each:?}");
        web.stop().await;
        work.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_web_process_sends_nothing_and_a_work_process_takes_nothing_in() {
    for store in STORES {
        let Some(Scene { app, lin, wang }) = Scene::on(store).await else {
            continue;
        };
        let environment = app.environment();
        let web = Server::start_as(Role::Web, &environment, &app.clock).await;
        app.register_at(&web.callback(APPID)).await;
        let sent = sent(&app).await;
        for line in ["第一句", "第二句", "第三句"] {
            wang.says(line).await;
            app.outcome(&lin.phone, line, State::Ready).await;
        }
        // What she has to get for her own act goes with the answer, which needs no sender.
        let tapped = lin.phone.says("状态").await;
        assert!(tapped["reply"].is_string(), "{store:?}: {tapped}");
        assert_eq!(self::sent(&app).await, sent, "{store:?}");

        let work = Server::start_as(Role::Work, &environment, &app.clock).await;
        for line in ["第四句", "第五句"] {
            wang.says(line).await;
            lin.phone.sees(line).await;
        }
        for (path, status) in [
            ("/healthz", StatusCode::OK),
            ("/readyz", StatusCode::OK),
            ("/metrics", StatusCode::OK),
            (&*format!("/wechat/{APPID}"), StatusCode::NOT_FOUND),
        ] {
            let answer = app.http.get(format!("{}{path}", work.url)).send().await;
            assert_eq!(answer.expect("an answer").status(), status, "{path}");
        }
        let shown = lin.phone.texts().await.join("\n");
        for line in ["第一句", "第二句", "第三句", "第四句", "第五句"] {
            assert_eq!(shown.matches(line).count(), 1, "{shown}");
        }
        web.stop().await;
        work.stop().await;
    }
}

/// How many messages were sent through the API.
async fn sent(app: &TestApp) -> u64 {
    let stats = app.stats().await;
    let outcomes = stats["calls"]["/cgi-bin/message/custom/send"].as_object();
    outcomes.map_or(0, |all| all.values().filter_map(|n| n.as_u64()).sum())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_of_the_work_without_redis_is_refused_with_exit_2() {
    let mut app = TestApp::start().await;
    app.stop().await;
    for role in ["web", "work"] {
        let output = app.daogou(&["serve", "--role", role]);
        assert_eq!(output.status.code(), Some(2));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            said.contains("REDIS_URL") && said.contains("--role"),
            "{said}"
        );
    }
    let whole = Process::serve(&app, &["--role", "all"]);
    whole.is_healthy(&app).await;
}
