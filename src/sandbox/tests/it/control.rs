//! The control interface and the page.

use serde_json::json;

use crate::stage::{APPID, MINI, START, Stage};

#[actix_web::test]
async fn people_have_openids_for_accounts_added_later_and_they_stay() {
    let stage = Stage::empty().await;
    let person = stage
        .post("/sandbox/v1/people", json!({"name": "王女士"}))
        .await;
    assert_eq!(
        (person["id"].as_str(), person["openids"].clone()),
        (Some("p1"), json!({}))
    );
    stage.account(APPID, "service", "plain").await;
    stage.account(MINI, "miniprogram", "plain").await;
    let people = stage.get("/sandbox/v1/people").await;
    let openids = &people["people"][0]["openids"];
    assert_eq!(openids[APPID].as_str().map(str::len), Some(28));
    assert_ne!(openids[APPID], openids[MINI]);
    let accounts = stage.get("/sandbox/v1/accounts").await;
    assert_eq!(accounts["accounts"][0]["appid"], APPID);
    assert_eq!(accounts["accounts"][1]["kind"], "miniprogram");
    assert_eq!(accounts["accounts"][0]["callback_url"], stage.callback);
}

#[actix_web::test]
async fn what_does_not_exist_is_404_and_what_is_wrong_is_400() {
    let stage = Stage::new("plain").await;
    let (id, _) = stage.person("王女士").await;
    let acts = format!("/sandbox/v1/people/{id}/acts");
    for (path, body, expected) in [
        (
            "/sandbox/v1/people/p9/acts",
            json!({"appid": APPID, "act": "follow"}),
            404,
        ),
        (acts.as_str(), json!({"appid": "wx0", "act": "follow"}), 404),
        (
            acts.as_str(),
            json!({"appid": APPID, "act": "unfollow"}),
            409,
        ),
        (acts.as_str(), json!({"appid": APPID, "act": "fly"}), 400),
        (acts.as_str(), json!({"appid": APPID, "act": "enter"}), 409),
        ("/sandbox/v1/quirks", json!({"qouta": "off"}), 400),
        (
            "/sandbox/v1/accounts",
            json!({"appid": "wx1", "mode": "secure"}),
            400,
        ),
        ("/sandbox/v1/clock", json!({"advance_seconds": -1}), 400),
        ("/sandbox/v1/none", json!({}), 404),
    ] {
        let (status, answer) = stage.try_post(path, body.clone()).await;
        assert_eq!(status, expected, "{path} {body}");
        assert!(answer["error"].is_string());
    }
}

#[actix_web::test]
async fn the_clock_is_shared_and_moves_forward() {
    let stage = Stage::new("plain").await;
    assert_eq!(stage.get("/sandbox/v1/clock").await["now"], START);
    assert_eq!(
        stage
            .post("/sandbox/v1/clock", json!({"advance_seconds": 3600}))
            .await["now"],
        START + 3_600
    );
    assert_eq!(stage.clock.now().timestamp(), START + 3_600);
}

#[actix_web::test]
async fn the_default_quirks_are_the_faithful_ones() {
    let stage = Stage::new("plain").await;
    let quirks = stage.get("/sandbox/v1/quirks").await;
    for (name, value) in [
        ("quota", json!("on")),
        ("unknown_media", json!("refuse")),
        ("unknown_template", json!("refuse")),
        ("duplicates", json!(false)),
        ("reorder", json!(false)),
        ("empty_event_key", json!(true)),
        ("control_chars", json!(false)),
        ("retry_5xx", json!(true)),
        ("attempts", json!(3)),
    ] {
        assert_eq!(quirks[name], value, "{name}");
    }
}

#[actix_web::test]
async fn anything_can_be_pushed_raw_and_privacy_events_name_the_person_inside() {
    let stage = Stage::new("plain").await;
    let (id, openid) = stage.person("王女士").await;
    let raw =
        json!({"act": "raw", "fields": {"MsgType": "event", "Event": "unknown_thing", "Count": 3}});
    stage.act(&id, raw).await;
    stage
        .act(&id, json!({"act": "revoke", "revoke_info": "201,205"}))
        .await;
    let pushes = stage.arrived();
    assert!(
        pushes[0]
            .body
            .contains("<Event><![CDATA[unknown_thing]]></Event>\n<Count>3</Count>\n</xml>")
    );
    assert_eq!(pushes[1].element("OpenID"), openid);
    assert_ne!(pushes[1].element("FromUserName"), openid);
    assert_eq!(pushes[1].element("RevokeInfo"), "201,205");
}

#[actix_web::test]
async fn changes_are_told_live_and_the_stream_ends_when_the_simulator_closes() {
    let stage = Stage::new("plain").await;
    let (id, _) = stage.follower("王女士").await;
    let mut live = stage
        .http
        .get(format!("{}/sandbox/v1/live", stage.base))
        .send()
        .await
        .unwrap();
    assert_eq!(live.headers()["content-type"], "text/event-stream");
    let hello = live.chunk().await.unwrap().unwrap();
    assert!(hello.starts_with(b":"));
    stage.says(&id, "在吗").await;
    let line = live.chunk().await.unwrap().unwrap();
    let line = std::str::from_utf8(&line).unwrap().trim();
    let notice: serde_json::Value =
        serde_json::from_str(line.strip_prefix("data: ").unwrap()).unwrap();
    assert_eq!(
        notice,
        json!({"changed": "chat", "person": id, "appid": APPID, "seq": 1})
    );
    stage.sandbox.close().await;
    assert!(live.chunk().await.unwrap().is_none());
}

#[actix_web::test]
async fn the_page_is_served_with_its_policy_and_not_twice() {
    let stage = Stage::empty().await;
    let page = stage.http.get(&stage.base).send().await.unwrap();
    assert_eq!(page.status(), 200);
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    assert!(
        page.headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .starts_with("default-src 'self'")
    );
    let etag = page.headers()["etag"].clone();
    let again = stage
        .http
        .get(&stage.base)
        .header("if-none-match", etag)
        .send()
        .await
        .unwrap();
    assert_eq!(again.status(), 304);
    let head = stage.http.head(&stage.base).send().await.unwrap();
    assert_eq!(head.status(), 200);
    for outside in [
        "/assets/%2e%2e/%2e%2e/Cargo.toml",
        "/assets/..%2fCargo.toml",
        "/assets/none.js",
    ] {
        let answer = stage
            .http
            .get(format!("{}{outside}", stage.base))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 404, "{outside}");
    }
}
