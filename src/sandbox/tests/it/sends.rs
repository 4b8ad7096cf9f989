//! Media, templates, notices, mass sends, publishing: what is kept, limited and reported later.

use serde_json::{Value, json};

use crate::stage::{APPID, MINI, Stage};

#[actix_web::test]
async fn uploaded_media_can_be_fetched_for_three_days() {
    let stage = Stage::new("plain").await;
    let token = stage.token().await;
    let upload = async |kind: &str, bytes: &'static [u8]| -> Value {
        let part = reqwest::multipart::Part::bytes(bytes).file_name("file");
        let form = reqwest::multipart::Form::new().part("media", part);
        let address = format!(
            "{}/cgi-bin/media/upload?access_token={token}&type={kind}",
            stage.base
        );
        stage
            .http
            .post(address)
            .multipart(form)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    };
    let image = upload("image", b"\x89PNG-picture").await;
    assert_eq!(image["type"], "image");
    assert_eq!(upload("image", b"text").await["errcode"], 40_137);
    assert_eq!(upload("film", b"\x89PNG").await["errcode"], 40_004);
    assert_eq!(upload("image", b"").await["errcode"], 44_001);
    assert!(upload("thumb", b"\xff\xd8\xff").await["thumb_media_id"].is_string());
    let video = upload("video", b"\0\0\0\x18ftypmp42").await;
    let get = async |id: &Value| {
        let token = stage.token().await;
        let id = id.as_str().unwrap();
        let address = format!(
            "{}/cgi-bin/media/get?access_token={token}&media_id={id}",
            stage.base
        );
        stage.http.get(address).send().await.unwrap()
    };
    let fetched = get(&image["media_id"]).await;
    assert_eq!(fetched.headers()["content-type"], "image/png");
    assert_eq!(fetched.bytes().await.unwrap(), &b"\x89PNG-picture"[..]);
    let fetched: Value = get(&video["media_id"]).await.json().await.unwrap();
    assert!(fetched["video_url"].as_str().unwrap().starts_with("http"));
    stage.advance(3 * 86_400);
    let fetched: Value = get(&image["media_id"]).await.json().await.unwrap();
    assert_eq!(fetched["errcode"], 40_007);
}

#[actix_web::test]
async fn a_template_message_is_checked_shown_and_reported() {
    let stage = Stage::new("plain").await;
    let (id, openid) = stage.follower("王女士").await;
    let send = async |template: &str, value: &str, more: Value| {
        let mut body = json!({"touser": openid, "template_id": template, "data": {"thing1": {"value": value}}});
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        stage.call("/cgi-bin/message/template/send", body).await
    };
    assert_eq!(send("t1", "到货", json!({})).await["errcode"], 40_037);
    let added = json!({"template_id_short": "TM1", "keyword_name_list": ["商品"]});
    let added = stage
        .call("/cgi-bin/template/api_add_template", added)
        .await;
    let template = added["template_id"].as_str().unwrap();
    let refused = send(template, &"长".repeat(21), json!({})).await;
    assert_eq!(refused["errcode"], 47_003);
    assert!(refused["errmsg"].as_str().unwrap().contains("thing1"));
    let sent = send(template, "羽绒服", json!({"client_msg_id": "a"})).await;
    let push = stage.event("TEMPLATESENDJOBFINISH").await;
    assert_eq!(push.element("MsgID"), sent["msgid"].to_string());
    assert_eq!(
        (push.element("Status"), push.element("FromUserName")),
        ("success".to_owned(), openid.clone())
    );
    assert_eq!(
        send(template, "羽绒服", json!({"client_msg_id": "a"})).await["msgid"],
        sent["msgid"]
    );
    let chat = stage.chat(&id).await;
    assert_eq!(chat.len(), 1);
    assert_eq!(
        (chat[0]["via"].as_str(), chat[0]["text"].as_str()),
        (Some("template"), Some("商品:羽绒服"))
    );
    stage.act(&id, json!({"act": "block"})).await;
    assert_eq!(send(template, "羽绒服", json!({})).await["errcode"], 0);
    assert_eq!(
        stage.event("TEMPLATESENDJOBFINISH").await.element("Status"),
        "failed:user block"
    );
    stage.act(&id, json!({"act": "unfollow"})).await;
    assert_eq!(send(template, "羽绒服", json!({})).await["errcode"], 43_004);
    stage
        .post("/sandbox/v1/quirks", json!({"unknown_template": "accept"}))
        .await;
    assert_eq!(send("t1", "到货", json!({})).await["errcode"], 43_004);
}

#[actix_web::test]
async fn each_acceptance_permits_one_notice() {
    let stage = Stage::new("plain").await;
    stage.account(MINI, "miniprogram", "plain").await;
    stage
        .post("/sandbox/v1/quirks", json!({"unknown_template": "accept"}))
        .await;
    let person = stage
        .post("/sandbox/v1/people", json!({"name": "陈小姐"}))
        .await;
    let body = json!({
        "touser": person["openids"][MINI], "template_id": "n1", "data": {"time2": {"value": "15:01"}},
    });
    let send = async || {
        stage
            .call_of(MINI, "/cgi-bin/message/subscribe/send", body.clone())
            .await["errcode"]
            .as_i64()
    };
    assert_eq!(send().await, Some(43_101));
    let accept = json!({"appid": MINI, "act": "accept", "template_id": "n1"});
    stage.act(person["id"].as_str().unwrap(), accept).await;
    let push: Value = serde_json::from_str(&stage.arrived().remove(0).body).unwrap();
    assert_eq!(push["List"][0]["SubscribeStatusString"], "accept");
    assert_eq!((send().await, send().await), (Some(0), Some(43_101)));
}

#[actix_web::test]
async fn a_mass_send_is_a_job_with_a_result_and_reaches_a_person_four_times_a_month() {
    let stage = Stage::new("plain").await;
    let (id, openid) = stage.follower("王女士").await;
    let (_, other) = stage.follower("李先生").await;
    let send = async |text: &str, client: &str| {
        let body = json!({
            "touser": [openid, other], "msgtype": "text", "text": {"content": text}, "clientmsgid": client,
        });
        stage.call("/cgi-bin/message/mass/send", body).await
    };
    let first = send("上新", "job-1").await;
    assert_eq!(
        (first["errcode"].as_i64(), first["errmsg"].as_str()),
        (Some(0), Some("send job submission success"))
    );
    let push = stage.event("MASSSENDJOBFINISH").await;
    assert_eq!(push.element("MsgID"), first["msg_id"].to_string());
    assert_eq!(
        (push.element("TotalCount"), push.element("SentCount")),
        ("2".to_owned(), "2".to_owned())
    );
    let again = send("上新", "job-1").await;
    assert_eq!(
        (again["errcode"].as_i64(), &again["msg_id"]),
        (Some(45_065), &first["msg_id"])
    );
    for number in 2..6 {
        assert_eq!(send("上新", &format!("job-{number}")).await["errcode"], 0);
    }
    assert_eq!(
        stage
            .chat(&id)
            .await
            .iter()
            .filter(|item| item["via"] == "mass")
            .count(),
        4
    );
    let one = json!({"touser": [openid], "msgtype": "text", "text": {"content": "x"}});
    assert_eq!(
        stage.call("/cgi-bin/message/mass/send", one).await["errcode"],
        40_130
    );
    let strings =
        json!({"filter": {"is_to_all": "true"}, "msgtype": "text", "text": {"content": "x"}});
    assert_eq!(
        stage.call("/cgi-bin/message/mass/sendall", strings).await["errcode"],
        40_152
    );
    let all = json!({"filter": {"is_to_all": true}, "msgtype": "text", "text": {"content": "x"}});
    assert_eq!(
        stage
            .call("/cgi-bin/message/mass/sendall", all.clone())
            .await["errcode"],
        0
    );
    assert_eq!(
        stage
            .call("/cgi-bin/message/mass/sendall", all.clone())
            .await["errcode"],
        45_065
    );
    stage.advance(3_600);
    let other = json!({"filter": {"is_to_all": true}, "msgtype": "text", "text": {"content": "y"}});
    assert_eq!(
        stage.call("/cgi-bin/message/mass/sendall", other).await["errcode"],
        45_028
    );
    let state = stage
        .call(
            "/cgi-bin/message/mass/get",
            json!({"msg_id": first["msg_id"]}),
        )
        .await;
    assert_eq!(state["msg_status"], "SEND_SUCCESS");
}

#[actix_web::test]
async fn a_draft_is_published_and_its_article_can_be_sent() {
    let stage = Stage::new("plain").await;
    stage
        .post("/sandbox/v1/quirks", json!({"unknown_media": "accept"}))
        .await;
    let (id, openid) = stage.follower("王女士").await;
    let article = json!({"title": "新品", "content": "<p>好看</p>", "thumb_media_id": "m"});
    let draft = stage
        .call("/cgi-bin/draft/add", json!({"articles": [article]}))
        .await;
    let published = stage
        .call(
            "/cgi-bin/freepublish/submit",
            json!({"media_id": draft["media_id"]}),
        )
        .await;
    let push = stage.event("PUBLISHJOBFINISH").await;
    assert_eq!(
        push.element("publish_id"),
        published["publish_id"].as_str().unwrap()
    );
    assert_eq!(
        stage
            .call("/cgi-bin/draft/get", json!({"media_id": draft["media_id"]}))
            .await["errcode"],
        40_007
    );
    let body = json!({
        "touser": openid, "msgtype": "mpnewsarticle", "mpnewsarticle": {"article_id": push.element("article_id")},
    });
    assert_eq!(
        stage.call("/cgi-bin/message/custom/send", body).await["errcode"],
        0
    );
    assert_eq!(stage.chat(&id).await[0]["msgtype"], "mpnewsarticle");
}

#[actix_web::test]
async fn quotas_are_told_cleared_and_can_be_switched_off() {
    let stage = Stage::new("plain").await;
    let token = stage.token().await;
    let list = async || {
        stage
            .get(&format!("/cgi-bin/user/get?access_token={token}"))
            .await
    };
    for _ in 0..500 {
        assert_eq!(list().await.get("errcode"), None);
    }
    assert_eq!(list().await["errcode"], 45_009);
    let quota = stage
        .call(
            "/cgi-bin/openapi/quota/get",
            json!({"cgi_path": "/cgi-bin/user/get"}),
        )
        .await;
    assert_eq!(
        quota["quota"],
        json!({"daily_limit": 500, "used": 500, "remain": 0})
    );
    assert_eq!(
        stage
            .call("/cgi-bin/clear_quota", json!({"appid": APPID}))
            .await["errcode"],
        0
    );
    assert_eq!(list().await.get("errcode"), None);
    for _ in 0..500 {
        list().await;
    }
    assert_eq!(list().await["errcode"], 45_009);
    stage
        .post("/sandbox/v1/quirks", json!({"quota": "off"}))
        .await;
    assert_eq!(list().await.get("errcode"), None);
}
