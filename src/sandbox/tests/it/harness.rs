//! What a harness over whole runs needs: every send with what its caller heard, one push at two addresses, faults taken
//! back.

use actix_web::HttpResponse;
use serde_json::{Value, json};

use crate::stage::{AES_KEY, APPID, ORIGINAL, SECRET, Stage, TOKEN};

const SEND: &str = "/cgi-bin/message/custom/send";

#[actix_web::test]
async fn every_send_is_listed_with_what_became_of_it_and_what_the_caller_heard() {
    let stage = Stage::new("plain").await;
    let (id, openid) = stage.follower("王女士").await;
    stage.says(&id, "在吗").await;
    stage.writes(&openid, "一").await;
    for fault in [
        json!({"path": SEND, "errcode": 45009}),
        json!({"path": SEND, "http_status": 502, "after_effect": true}),
    ] {
        stage.post("/sandbox/v1/faults", fault).await;
    }
    stage.writes(&openid, "二").await;
    let body = json!({"touser": openid, "msgtype": "text", "text": {"content": "三"}});
    let token = stage.token().await;
    let url = format!("{}{SEND}?access_token={token}", stage.base);
    let answer = stage.http.post(url).json(&body).send().await.unwrap();
    assert_eq!(answer.status(), 502);

    let sends = stage.get("/sandbox/v1/sends?after=0").await;
    let seen: Vec<_> = sends["sends"].as_array().unwrap().iter().collect();
    let told = |send: &Value| {
        let text = send["body"]["text"]["content"].as_str().unwrap().to_owned();
        (text, send["arrived"] == true, send["answer"].clone())
    };
    let told: Vec<_> = seen.into_iter().map(told).collect();
    assert_eq!(
        told,
        [
            ("一".to_owned(), true, json!("0")),
            ("二".to_owned(), false, json!("45009")),
            ("三".to_owned(), true, json!("http_502")),
        ]
    );
    let later = stage.get("/sandbox/v1/sends?after=2").await;
    assert_eq!(later["sends"].as_array().unwrap().len(), 1);
}

#[actix_web::test]
async fn faults_that_nobody_met_can_be_taken_back() {
    let stage = Stage::new("plain").await;
    let fault = json!({"path": SEND, "errcode": -1, "times": 3});
    stage.post("/sandbox/v1/faults", fault).await;
    let url = format!("{}/sandbox/v1/faults", stage.base);
    let left: Value = stage
        .http
        .delete(url)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(left["faults"][0]["times"], 3);
    assert_eq!(stage.get("/sandbox/v1/faults").await["faults"], json!([]));
}

#[actix_web::test]
async fn a_push_at_two_addresses_is_the_same_there_and_a_different_answer_is_counted() {
    let stage = Stage::new("plain").await;
    let (id, _) = stage.follower("王女士").await;
    let settings = json!({
        "appid": APPID, "secret": SECRET, "original_id": ORIGINAL, "token": TOKEN, "encoding_aes_key": AES_KEY,
        "mode": "plain", "callback_url": stage.callback, "second_callback_url": stage.callback, "kind": "service",
    });
    stage.post("/sandbox/v1/accounts", settings).await;

    assert_eq!(stage.says(&id, "在吗").await["outcome"], "ok");
    let arrived = stage.arrivals(2).await;
    assert!(arrived.len() == 2 && arrived[0].body == arrived[1].body);
    assert_eq!(
        stage.get("/sandbox/v1/stats").await["pushes"]["differs"],
        Value::Null
    );

    // One address fails: the other's answer counts.
    stage.reply(|_| HttpResponse::InternalServerError().finish());
    assert_eq!(stage.says(&id, "在吗").await["outcome"], "ok");
    assert_eq!(stage.arrived().len(), 2);

    stage.reply_text("一个答复");
    stage.says(&id, "在吗").await;
    for _ in 0..100 {
        if stage.get("/sandbox/v1/stats").await["pushes"]["differs"] == 1 {
            return;
        }
    }
    panic!("one answered with a text, the other with success, and nobody noticed");
}

#[actix_web::test]
async fn without_the_silence_a_server_that_keeps_failing_still_gets_pushes() {
    let stage = Stage::new("plain").await;
    let (id, _) = stage.follower("王女士").await;
    stage
        .post(
            "/sandbox/v1/quirks",
            json!({"silence": false, "attempts": 1}),
        )
        .await;
    for _ in 0..6 {
        stage.reply(|_| HttpResponse::InternalServerError().finish());
        assert_eq!(stage.says(&id, "在吗").await["outcome"], "http_error");
    }
    assert_eq!(stage.says(&id, "在吗").await["outcome"], "ok");
}
