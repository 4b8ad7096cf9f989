//! Ready, or not: which part, why and since when.

use serde_json::Value;

use crate::kit::{Proxy, Session, Store, TestApp, eventually};

impl TestApp {
    async fn readiness(&self) -> (u16, Value) {
        let url = format!("{}/readyz", self.server);
        let answer = self.http.get(url).send().await.expect("an answer");
        let status = answer.status().as_u16();
        (status, answer.json().await.expect("JSON"))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_ready_when_every_part_answers() {
    let app = TestApp::start().await;
    let (status, told) = app.readiness().await;
    assert_eq!(status, 200, "{told}");
    assert_eq!(told["ready"], true);
    assert_eq!(told["parts"]["database"]["ready"], true);
    assert_eq!(told["parts"]["session"]["ready"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_database_it_says_so_with_the_reason_and_the_first_moment() {
    let Some(mut app) = TestApp::on(Store::Postgres, Session::Embedded).await else {
        return;
    };
    let (line, over) = Proxy::to(&app.backend.database_url).await;
    app.stop().await;
    app.set("DATABASE_URL", &over);
    app.restart().await;
    line.cut();
    let told = eventually("it not being ready", async || {
        let (status, told) = app.readiness().await;
        (status == 503).then_some(told)
    })
    .await;
    let database = &told["parts"]["database"];
    assert_eq!(told["parts"]["session"]["ready"], true);
    assert!(database["reason"].is_string(), "{told}");
    let since = database["since"].clone();
    app.pass(chrono::TimeDelta::minutes(5));
    let (_, told) = app.readiness().await;
    assert_eq!(told["parts"]["database"]["since"], since);
    assert!(!told.to_string().contains("postgres"), "{told}");
    line.heal();
    eventually("it being ready again", async || {
        (app.readiness().await.0 == 200).then_some(())
    })
    .await;
}

/// A store that answers questions and takes no writes: a disk that is full, a replica, a lock that nobody lets go.
#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_takes_no_writes_is_not_ready() {
    let Some(app) = TestApp::on(Store::Postgres, Session::Embedded).await else {
        return;
    };
    app.alter(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$",
    )
    .await;
    app.alter("CREATE TRIGGER refuse BEFORE UPDATE ON lane EXECUTE FUNCTION refuse()")
        .await;
    let told = eventually("writes being refused", async || {
        let (status, told) = app.readiness().await;
        (status == 503 && told.to_string().contains("takes no writes")).then_some(told)
    })
    .await;
    assert_eq!(told["parts"]["database"]["ready"], false);
}
