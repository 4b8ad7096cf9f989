//! The platform's interface: who gets in, how it refuses, what faults do to it.

use serde_json::{Value, json};

use crate::stage::{APPID, MINI, SECRET, START, Stage};

#[actix_web::test]
async fn every_refusal_is_http_200_with_errcode_and_rid() {
    let stage = Stage::new("plain").await;
    stage.account(MINI, "miniprogram", "plain").await;
    let (token, mini) = (stage.token().await, stage.token_of(MINI).await);
    let bad = format!("98_{}", "x".repeat(133));
    for (path, errcode) in [
        (
            "/cgi-bin/token?grant_type=client_credential&appid=wx0&secret=s".to_owned(),
            40_013,
        ),
        (
            format!("/cgi-bin/token?grant_type=other&appid={APPID}&secret={SECRET}"),
            40_002,
        ),
        (
            format!("/cgi-bin/token?grant_type=client_credential&appid={APPID}&secret=wrong"),
            40_125,
        ),
        (
            "/cgi-bin/token?grant_type=client_credential".to_owned(),
            41_002,
        ),
        (
            format!("/cgi-bin/token?grant_type=client_credential&appid={APPID}"),
            41_004,
        ),
        ("/cgi-bin/stable_token".to_owned(), 43_002),
        ("/cgi-bin/user/get".to_owned(), 41_001),
        ("/cgi-bin/user/get?access_token=short".to_owned(), 40_014),
        (format!("/cgi-bin/user/get?access_token={bad}"), 40_001),
        (format!("/cgi-bin/user/get?access_token={mini}"), 48_001),
        (
            format!("/cgi-bin/message/custom/send?access_token={token}"),
            43_002,
        ),
        (
            format!("/cgi-bin/user/info?openid=o1&access_token={token}"),
            40_003,
        ),
        ("/cgi-bin/no/such/call".to_owned(), 40_066),
        ("/wxa/no_such_call".to_owned(), 40_066),
    ] {
        let answer = stage.get(&path).await;
        assert_eq!(answer["errcode"], errcode, "{path}: {answer}");
        let text = answer["errmsg"].as_str().unwrap();
        let rid = text.split(" rid: ").nth(1).unwrap();
        let lengths: Vec<usize> = rid.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 8, 8], "{text}");
    }
    let response = stage
        .http
        .post(format!(
            "{}/cgi-bin/message/custom/send?access_token={token}",
            stage.base
        ))
        .body("{");
    let answer: Value = response.send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["errcode"], 47_001);
}

#[actix_web::test]
async fn both_worlds_of_tokens_let_in_until_they_end() {
    let stage = Stage::new("plain").await;
    let stable = stage.token().await;
    assert_eq!(stage.token().await, stable);
    let path = format!("/cgi-bin/token?grant_type=client_credential&appid={APPID}&secret={SECRET}");
    let classic = stage.get(&path).await;
    assert_eq!(classic["expires_in"], 7_200);
    let try_with = async |token: &str| {
        stage
            .get(&format!("/cgi-bin/user/get?access_token={token}"))
            .await["errcode"]
            .as_i64()
            .unwrap_or(0)
    };
    let classic = classic["access_token"].as_str().unwrap();
    assert_eq!((try_with(classic).await, try_with(&stable).await), (0, 0));
    stage.get(&path).await;
    stage.advance(300);
    assert_eq!(
        (try_with(classic).await, try_with(&stable).await),
        (40_001, 0)
    );
    stage.advance(6_900);
    assert_eq!(try_with(&stable).await, 42_001);
    let stats = stage.get("/sandbox/v1/stats").await;
    assert_eq!(
        stats["calls"]["/cgi-bin/user/get"],
        json!({"0": 3, "40001": 1, "42001": 1})
    );
}

#[actix_web::test]
async fn codes_have_four_kinds_and_those_of_a_time_expire() {
    let stage = Stage::new("plain").await;
    let create = async |action: &str, scene: Value| {
        let body = json!({"action_name": action, "action_info": {"scene": scene}});
        stage.call("/cgi-bin/qrcode/create", body).await
    };
    let permanent = create("QR_LIMIT_SCENE", json!({"scene_id": 7})).await;
    assert_eq!(
        create("QR_LIMIT_SCENE", json!({"scene_id": 7})).await["ticket"],
        permanent["ticket"]
    );
    assert!(permanent.get("expire_seconds").is_none());
    assert_eq!(
        create("QR_LIMIT_SCENE", json!({"scene_id": 100_001})).await["errcode"],
        40_053
    );
    assert_eq!(
        create("QR_STR_SCENE", json!({"scene_str": ""})).await["errcode"],
        40_053
    );
    assert_eq!(
        create("QR_OTHER", json!({"scene_id": 1})).await["errcode"],
        40_053
    );
    let short = create("QR_SCENE", json!({"scene_id": 9})).await;
    assert_eq!(short["expire_seconds"], 60);
    let codes = stage.get(&format!("/sandbox/v1/codes?appid={APPID}")).await;
    assert_eq!(codes["codes"][1]["expires_at"], START + 60);
    assert_eq!(codes["codes"][0]["expires_at"], Value::Null);
    let (id, _) = stage.person("王女士").await;
    stage.advance(60);
    let scan = json!({"appid": APPID, "act": "scan", "scene": "9"});
    let (status, answer) = stage
        .try_post(&format!("/sandbox/v1/people/{id}/acts"), scan)
        .await;
    assert_eq!(status, 409, "{answer}");
    let ticket = permanent["ticket"].as_str().unwrap();
    let picture = stage
        .http
        .get(format!("{}/cgi-bin/showqrcode", stage.base))
        .query(&[("ticket", ticket)]);
    let picture = picture.send().await.unwrap();
    assert_eq!(picture.headers()["content-type"], "image/jpg");
    assert!(picture.bytes().await.unwrap().starts_with(b"\xff\xd8\xff"));
    let none = stage
        .http
        .get(format!("{}/cgi-bin/showqrcode?ticket=none", stage.base))
        .send()
        .await
        .unwrap();
    assert_eq!(none.status(), 404);
}

#[actix_web::test]
async fn followers_are_described_listed_and_tagged() {
    let stage = Stage::new("plain").await;
    stage.code("guide-1").await;
    let (id, openid) = stage.person("王女士").await;
    let info = async || {
        let token = stage.token().await;
        stage
            .get(&format!(
                "/cgi-bin/user/info?openid={openid}&access_token={token}"
            ))
            .await
    };
    assert_eq!(info().await, json!({"subscribe": 0, "openid": openid}));
    stage
        .act(&id, json!({"act": "scan", "scene": "guide-1"}))
        .await;
    let seen = info().await;
    assert_eq!(seen["subscribe_scene"], "ADD_SCENE_QR_CODE");
    assert_eq!(
        (seen["qr_scene_str"].as_str(), seen["qr_scene"].as_i64()),
        (Some("guide-1"), Some(0))
    );
    assert!(seen["unionid"].as_str().is_some() && seen.get("nickname").is_none());
    let (_, other) = stage.follower("李先生").await;
    let token = stage.token().await;
    let all = stage
        .get(&format!("/cgi-bin/user/get?access_token={token}"))
        .await;
    assert_eq!(all["data"]["openid"], json!([openid, other]));
    let rest = stage
        .get(&format!(
            "/cgi-bin/user/get?access_token={token}&next_openid={openid}"
        ))
        .await;
    assert_eq!(
        (rest["count"].as_i64(), &rest["data"]["openid"][0]),
        (Some(1), &json!(other))
    );
    let end = stage
        .get(&format!(
            "/cgi-bin/user/get?access_token={token}&next_openid={other}"
        ))
        .await;
    assert_eq!((end["count"].as_i64(), end.get("data")), (Some(0), None));
    let tag = stage
        .call("/cgi-bin/tags/create", json!({"tag": {"name": "老客"}}))
        .await;
    let tag = tag["tag"]["id"].clone();
    assert_eq!(
        stage
            .call("/cgi-bin/tags/create", json!({"tag": {"name": "老客"}}))
            .await["errcode"],
        45_157
    );
    let body = json!({"openid_list": [openid], "tagid": tag});
    assert_eq!(
        stage.call("/cgi-bin/tags/members/batchtagging", body).await["errcode"],
        0
    );
    assert_eq!(info().await["tagid_list"], json!([tag]));
    stage
        .call(
            "/cgi-bin/user/info/updateremark",
            json!({"openid": openid, "remark": "王姐"}),
        )
        .await;
    assert_eq!(info().await["remark"], "王姐");
    stage.act(&id, json!({"act": "unfollow"})).await;
    stage.act(&id, json!({"act": "follow"})).await;
    assert_eq!(
        (
            info().await["remark"].clone(),
            info().await["tagid_list"].clone()
        ),
        (json!(""), json!([]))
    );
}

#[actix_web::test]
async fn faults_strike_before_or_after_the_effect() {
    let stage = Stage::new("plain").await;
    let (id, openid) = stage.follower("王女士").await;
    stage.says(&id, "在吗").await;
    let path = "/cgi-bin/message/custom/send";
    let remaining = async || {
        let person = stage.get(&format!("/sandbox/v1/people/{id}")).await;
        let windows = person["accounts"][APPID]["windows"]
            .as_array()
            .unwrap()
            .clone();
        windows
            .iter()
            .find(|window| window["trigger"] == "message")
            .unwrap()["remaining"]
            .as_i64()
            .unwrap()
    };
    stage
        .post(
            "/sandbox/v1/faults",
            json!({"path": path, "errcode": -1, "times": 1}),
        )
        .await;
    assert_eq!(stage.writes(&openid, "一").await["errcode"], -1);
    assert_eq!(remaining().await, 5);
    stage
        .post(
            "/sandbox/v1/faults",
            json!({"path": path, "errcode": -1, "after_effect": true}),
        )
        .await;
    assert_eq!(stage.writes(&openid, "二").await["errcode"], -1);
    assert_eq!(remaining().await, 4);
    stage
        .post(
            "/sandbox/v1/faults",
            json!({"path": path, "http_status": 502}),
        )
        .await;
    stage
        .post(
            "/sandbox/v1/faults",
            json!({"path": path, "drop": true, "after_effect": true}),
        )
        .await;
    let token = stage.token().await;
    let send = || {
        let body = json!({"touser": openid, "msgtype": "text", "text": {"content": "三"}});
        stage
            .http
            .post(format!("{}{path}?access_token={token}", stage.base))
            .json(&body)
            .send()
    };
    assert_eq!(send().await.unwrap().status(), 502);
    assert!(send().await.is_err());
    assert_eq!(remaining().await, 3);
    assert_eq!(send().await.unwrap().status(), 200);
    let calls = stage.get("/sandbox/v1/stats").await["calls"][path].clone();
    assert_eq!(calls, json!({"-1": 2, "http_502": 1, "drop": 1, "0": 1}));
}

#[actix_web::test]
async fn an_address_that_is_not_on_the_list_gets_no_token() {
    let stage = Stage::empty().await;
    let settings = json!({"appid": APPID, "secret": SECRET, "ip_whitelist": ["192.0.2.1"]});
    stage.post("/sandbox/v1/accounts", settings).await;
    let body = json!({"grant_type": "client_credential", "appid": APPID, "secret": SECRET});
    let answer = stage.post("/cgi-bin/stable_token", body).await;
    assert_eq!(answer["errcode"], 40_164);
    assert!(
        answer["errmsg"]
            .as_str()
            .unwrap()
            .starts_with("invalid ip 127.0.0.1 ")
    );
}
