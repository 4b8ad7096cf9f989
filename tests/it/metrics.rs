//! What the monitoring sees: figures of a real story, request ids, readiness with its reasons; and nobody's secrets.

mod logs;
mod readiness;

use std::collections::BTreeSet;

use serde_json::json;

use crate::kit::{APPID, Session, Store, TestApp};

impl TestApp {
    async fn metrics(&self) -> String {
        let answer = self
            .http
            .get(format!("{}/metrics", self.server))
            .send()
            .await;
        answer.expect("an answer").text().await.expect("text")
    }
}

/// The value of the sample that begins so.
fn sample(metrics: &str, begins: &str) -> Option<f64> {
    let line = metrics.lines().find(|line| line.starts_with(begins))?;
    line.rsplit(' ').next()?.parse().ok()
}

fn at_least(metrics: &str, begins: &str, least: f64) {
    let value = sample(metrics, begins);
    assert!(value.is_some_and(|v| v >= least), "{begins} is {value:?}");
}

/// What the story leaves, at least: how a sample begins, and its value.
const FIGURES: &[(&str, f64)] = &[
    (r#"daogou_pushes_total{type="text",outcome="success"}"#, 2.0),
    (
        r#"daogou_pushes_total{type="subscribe",outcome="passive"}"#,
        2.0,
    ),
    (
        r#"daogou_pushes_total{type="unopened",outcome="refused"}"#,
        1.0,
    ),
    ("daogou_intake_seconds_count", 5.0),
    (r#"daogou_intake_seconds_bucket{le="+Inf"}"#, 5.0),
    ("daogou_handled_seconds_count", 4.0),
    (r#"daogou_relay_seconds_count{purpose="relay"}"#, 1.0),
    (
        r#"daogou_outbound_total{purpose="relay",outcome="sent"}"#,
        1.0,
    ),
    (
        r#"daogou_outbound_total{purpose="relay",outcome="held"}"#,
        1.0,
    ),
    (r#"daogou_window_refusals_total{reason="window"}"#, 1.0),
    (
        r#"daogou_wechat_calls_total{path="/cgi-bin/message/custom/send",errcode="0"}"#,
        1.0,
    ),
    (
        r#"daogou_wechat_calls_total{path="/cgi-bin/message/custom/send",errcode="45015"}"#,
        1.0,
    ),
    (
        r#"daogou_wechat_seconds_count{path="/cgi-bin/message/custom/send"}"#,
        2.0,
    ),
    (
        r#"daogou_token_seen_timestamp_seconds{account="1"}"#,
        1_786_000_000.0,
    ),
    (r#"daogou_db_seconds_count{kind="write"}"#, 10.0),
    (r#"daogou_db_seconds_count{kind="read"}"#, 1.0),
    ("daogou_redis_seconds_count", 2.0),
    (
        r#"daogou_http_seconds_count{route="/wechat",status="2xx"}"#,
        4.0,
    ),
    (r#"daogou_queue_oldest_seconds{queue="pushes"}"#, 0.0),
    (r#"daogou_ready{part="database"}"#, 1.0),
    ("process_resident_memory_bytes", 1e6),
];

/// The names in the document's table.
fn documented() -> BTreeSet<String> {
    let document = include_str!("../../docs/metrics.md");
    let rows = document.lines().filter_map(|line| line.strip_prefix("| `"));
    let names = rows.filter_map(|row| row.split('`').next());
    names.map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_documented_figure_is_there_after_a_story_and_none_tells_of_anybody() {
    let Some(mut app) = TestApp::on(Store::Sqlite, Session::Redis).await else {
        return;
    };
    app.add_store("杭州城北店");
    let lin = app.guide("林小满", "杭州城北店").await;
    let wang = app.person("王女士").await;
    wang.scans(&lin.scene).await;
    lin.phone.sees("新朋友 #1").await;
    wang.says("这款防水吗").await;
    lin.phone.sees("这款防水吗").await;
    // WeChat says that the window is shut: the line is held.
    app.fault(json!({ "path": "/cgi-bin/message/custom/send", "errcode": 45015, "times": 1 }))
        .await;
    wang.says("第二句").await;
    let held = daogou_schema::outbound::State::Held;
    app.outcome(&lin.phone, "第二句", held).await;
    // A push that proves nothing.
    let forged = app.http.post(format!("{}?signature=x", app.callback()));
    let answer = forged.body("<xml/>").send().await.expect("an answer");
    assert_eq!(answer.status(), 403);
    // The queues are looked at when a server starts.
    app.restart().await;
    app.register().await;
    let metrics = crate::kit::eventually("the held line in the figures", async || {
        let metrics = app.metrics().await;
        (sample(&metrics, "daogou_queue_depth{queue=\"held\"}") == Some(1.0)).then_some(metrics)
    })
    .await;

    for (begins, least) in FIGURES {
        at_least(&metrics, begins, *least);
    }

    let types = metrics
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE "));
    let shown: BTreeSet<_> = types
        .filter_map(|line| line.split(' ').next())
        .map(str::to_owned)
        .collect();
    assert_eq!(shown, documented());
    let people = [
        &wang.openid,
        &lin.phone.openid,
        &lin.scene,
        "王女士",
        "林小满",
        "防水",
    ];
    // The same that the server has: stable_token gives it to everybody.
    let secret = "0123456789abcdef0123456789abcdef";
    let asked = json!({ "grant_type": "client_credential", "appid": APPID, "secret": secret });
    let given = app.control("/cgi-bin/stable_token", asked).await;
    let token = given["access_token"].as_str().expect("a token");
    let secrets = [APPID, secret, "gh_0123456789ab", "tokenfortests", token];
    for told in people.into_iter().map(AsRef::as_ref).chain(secrets) {
        let told: &str = told;
        assert!(!metrics.contains(told), "{told} is in\n{metrics}");
    }
}
