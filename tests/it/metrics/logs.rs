//! Log lines: JSON, each with the id of its request, and nobody's words in them.

use serde_json::Value;

use crate::kit::{APPID, Process, Push, TestApp, eventually};

impl Process {
    /// The lines so far that say `text`, as JSON.
    fn said(&self, text: &str) -> Vec<Value> {
        let lines = self.log();
        let lines = lines.iter().filter(|line| line.contains(text));
        lines
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect()
    }
}

async fn post(app: &TestApp, server: &Process, push: &Push, given: Option<&str>) -> String {
    let mut request = app
        .http
        .post(format!("{}/wechat/{APPID}", server.url))
        .query(&push.query)
        .body(push.body.clone());
    if let Some(id) = given {
        request = request.header("X-Request-Id", id);
    }
    let answer = request.send().await.expect("an answer");
    let id = answer.headers().get("x-request-id").expect("an id");
    id.to_str().expect("text").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_line_of_a_request_carries_the_id_that_its_answer_carries() {
    let mut app = TestApp::start().await;
    app.stop().await;
    let server = Process::serve(&app, &[]);
    server.is_healthy(&app).await;
    // Authentic and unreadable: what is logged of it is logged beside the request, in a task of its own.
    let push = app.sender().push("secure", "<xml><broken oSomebody 悄悄话");
    let first = post(&app, &server, &push, Some("from-nobody-we-trust")).await;
    let second = post(&app, &server, &push, None).await;
    assert!(
        first != second && first != "from-nobody-we-trust",
        "{first}"
    );
    let lines = eventually("both lines", async || {
        let lines = server.said("cannot be read");
        (lines.len() == 2).then_some(lines)
    })
    .await;
    assert_eq!(lines[0]["request.id"], first);
    assert_eq!(lines[1]["request.id"], second);
    let all = server.log().join("\n");
    assert!(
        !all.contains("oSomebody") && !all.contains("悄悄话"),
        "{all}"
    );
    // What belongs to no request has none.
    assert_eq!(server.said("serving")[0]["request.id"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trusted_proxy_may_name_the_request() {
    let mut app = TestApp::start().await;
    app.stop().await;
    app.set("DAOGOU_TRUSTED_PROXIES", "127.0.0.1");
    let server = Process::serve(&app, &[]);
    server.is_healthy(&app).await;
    let push = app.sender().push("secure", "<xml><broken");
    let id = post(&app, &server, &push, Some("edge-7.42")).await;
    assert_eq!(id, "edge-7.42");
    let lines = eventually("its line", async || {
        let lines = server.said("cannot be read");
        (!lines.is_empty()).then_some(lines)
    })
    .await;
    assert_eq!(lines[0]["request.id"], "edge-7.42");
    let id = post(&app, &server, &push, Some("no id at all")).await;
    assert_ne!(id, "no id at all");
}
