//! Chats: what each message type shows on the phone, taps, blocking, and who is who.

use serde_json::{Value, json};

use crate::stage::{APPID, Stage};

#[actix_web::test]
async fn a_tap_on_a_message_menu_is_a_text_that_opens_no_48_hours() {
    let stage = Stage::new("plain").await;
    let (id, openid) = stage.follower("王女士").await;
    let menu = json!({"touser": openid, "msgtype": "msgmenu", "msgmenu": {
        "head_content": "发给谁？",
        "list": [{"id": "101", "content": "王女士 #12"}, {"id": "102", "content": "李先生 #7"}],
        "tail_content": "",
    }});
    assert_eq!(
        stage.call("/cgi-bin/message/custom/send", menu).await["errcode"],
        0
    );
    let shown = stage.chat(&id).await;
    assert_eq!(
        (shown[0]["via"].as_str(), shown[0]["list"][1]["id"].as_str()),
        (Some("kf"), Some("102"))
    );
    stage.advance(61);
    stage.act(&id, json!({"act": "tap", "key": "102"})).await;
    let push = stage.arrived().remove(0);
    assert_eq!(
        (push.element("Content"), push.element("bizmsgmenuid")),
        ("李先生 #7".to_owned(), "102".to_owned())
    );
    for _ in 0..3 {
        assert_eq!(stage.writes(&openid, "好").await["errcode"], 0);
    }
    assert_eq!(stage.writes(&openid, "好").await["errcode"], 45_047);
    stage.advance(60);
    assert_eq!(stage.writes(&openid, "好").await["errcode"], 45_015);
}

#[actix_web::test]
async fn a_link_in_a_text_can_be_tapped_like_a_menu_item() {
    let stage = Stage::new("plain").await;
    let (id, openid) = stage.follower("王女士").await;
    let link =
        "<a href=\"weixin://bizmsgmenu?msgmenucontent=%E5%88%97%E8%A1%A8&msgmenuid=7\">列表</a>";
    assert_eq!(stage.writes(&openid, link).await["errcode"], 0);
    stage.act(&id, json!({"act": "tap", "key": "7"})).await;
    let push = stage.arrived().remove(0);
    assert_eq!(
        (push.element("Content"), push.element("bizmsgmenuid")),
        ("列表".to_owned(), "7".to_owned())
    );
    let nothing = json!({"appid": APPID, "act": "tap", "key": "8"});
    let (status, _) = stage
        .try_post(&format!("/sandbox/v1/people/{id}/acts"), nothing)
        .await;
    assert_eq!(status, 409);
}

#[actix_web::test]
async fn menu_buttons_push_what_their_type_says() {
    let stage = Stage::new("plain").await;
    let (id, openid) = stage.follower("王女士").await;
    let menu = json!({"button": [
        {"type": "click", "name": "客服", "key": "HELP"},
        {"name": "更多", "sub_button": [
            {"type": "view", "name": "商城", "url": "https://example.com/"},
            {"type": "scancode_waitmsg", "name": "验真", "key": "SCAN"},
            {"type": "location_select", "name": "门店", "key": "STORE"},
        ]},
    ]});
    assert_eq!(stage.call("/cgi-bin/menu/create", menu).await["errcode"], 0);
    let shown = stage.get(&format!("/sandbox/v1/menu?appid={APPID}")).await;
    assert_eq!(shown["button"][0]["key"], "HELP");
    stage.advance(61);
    let tap = async |key: &str| {
        stage.act(&id, json!({"act": "tap", "key": key})).await;
        stage.arrived()
    };
    let view = tap("https://example.com/").await.remove(0);
    assert_eq!(view.element("Event"), "VIEW");
    assert!(view.element("MenuId").parse::<u64>().is_ok());
    assert_eq!(stage.writes(&openid, "好").await["errcode"], 45_015);
    assert_eq!(tap("HELP").await[0].element("EventKey"), "HELP");
    assert_eq!(stage.writes(&openid, "好").await["errcode"], 0);
    assert!(
        tap("SCAN").await[0]
            .body
            .contains("<ScanCodeInfo><ScanType><![CDATA[qrcode]]></ScanType>\n")
    );
    tap("STORE").await;
    assert_eq!(stage.chat(&id).await.last().unwrap()["msgtype"], "location");
}

#[actix_web::test]
async fn every_kind_of_message_reaches_the_server_with_its_fields() {
    let stage = Stage::new("plain").await;
    let (id, _) = stage.follower("王女士").await;
    let send = async |fields: Value| {
        let mut act = json!({"act": "send"});
        act.as_object_mut()
            .unwrap()
            .extend(fields.as_object().unwrap().clone());
        stage.act(&id, act).await;
        stage.arrived().remove(0)
    };
    let upload = stage.http.post(format!(
        "{}/sandbox/v1/media?appid={APPID}&type=image",
        stage.base
    ));
    let upload = upload
        .header("content-type", "image/png")
        .body("\u{89}PNG-picture")
        .send()
        .await
        .unwrap();
    let upload: Value = upload.json().await.unwrap();
    let image = send(json!({"msgtype": "image", "media_id": upload["media_id"]})).await;
    assert_eq!(image.element("PicUrl"), upload["pic_url"].as_str().unwrap());
    assert!(
        image.body.contains("</PicUrl>\n<MsgId>") && image.body.contains("</MsgId>\n<MediaId>")
    );
    let fetched = stage
        .http
        .get(image.element("PicUrl"))
        .send()
        .await
        .unwrap();
    assert_eq!(fetched.headers()["content-type"], "image/png");
    let voice = send(json!({"msgtype": "voice"})).await;
    assert!(
        voice
            .body
            .contains("</MsgId>\n<Recognition><![CDATA[]]></Recognition>\n</xml>"),
        "{}",
        voice.body
    );
    let place = send(
        json!({"msgtype": "location", "latitude": 31.2, "longitude": "121.6", "label": "上海"}),
    )
    .await;
    assert!(
        place
            .body
            .contains("<Location_X>31.2</Location_X>\n<Location_Y>121.6</Location_Y>")
    );
    let link =
        send(json!({"msgtype": "link", "title": "新品", "url": "https://example.com"})).await;
    assert_eq!(
        (link.element("Title"), link.element("Url")),
        ("新品".to_owned(), "https://example.com".to_owned())
    );
    let card =
        send(json!({"msgtype": "miniprogrampage", "title": "商品", "pagepath": "p/1"})).await;
    assert_eq!(
        (card.element("AppId"), card.element("PagePath")),
        (APPID.to_owned(), "p/1".to_owned())
    );
    let video = send(json!({"msgtype": "video"})).await;
    assert!(!video.element("ThumbMediaId").is_empty());
    let chat = stage.chat(&id).await;
    let kinds: Vec<&str> = chat
        .iter()
        .filter_map(|item| item["msgtype"].as_str())
        .collect();
    assert_eq!(
        kinds,
        [
            "image",
            "voice",
            "location",
            "link",
            "miniprogrampage",
            "video"
        ]
    );
}

#[actix_web::test]
async fn who_left_or_refuses_cannot_be_written_to() {
    let stage = Stage::new("plain").await;
    let (stranger_id, stranger) = stage.person("路人").await;
    assert_eq!(stage.writes(&stranger, "您好").await["errcode"], 43_004);
    let say = json!({"appid": APPID, "act": "send", "text": "在吗"});
    let (status, _) = stage
        .try_post(&format!("/sandbox/v1/people/{stranger_id}/acts"), say)
        .await;
    assert_eq!(status, 409);
    let (id, openid) = stage.follower("王女士").await;
    stage.says(&id, "在吗").await;
    stage.act(&id, json!({"act": "block"})).await;
    assert_eq!(stage.writes(&openid, "您好").await["errcode"], 48_002);
    stage.act(&id, json!({"act": "unblock"})).await;
    assert_eq!(stage.writes(&openid, "您好").await["errcode"], 0);
    stage.act(&id, json!({"act": "unfollow"})).await;
    assert_eq!(stage.writes(&openid, "您好").await["errcode"], 45_015);
    stage
        .post("/sandbox/v1/quirks", json!({"quota": "off"}))
        .await;
    assert_eq!(stage.writes(&openid, "您好").await["errcode"], 45_015);
}

#[actix_web::test]
async fn openids_that_differ_only_in_case_are_two_people() {
    let stage = Stage::new("plain").await;
    let (id, openid) = stage.follower("王女士").await;
    let twin = stage
        .post(
            "/sandbox/v1/people",
            json!({"name": "王女土", "openid_like": id}),
        )
        .await;
    let other = twin["openids"][APPID].as_str().unwrap();
    assert_ne!(other, openid);
    assert_eq!(other.to_lowercase(), openid.to_lowercase());
    assert_eq!(stage.writes(&openid, "您好").await["errcode"], 0);
    assert_eq!(stage.writes(other, "您好").await["errcode"], 43_004);
    assert!(stage.chat(twin["id"].as_str().unwrap()).await.is_empty());
}

#[actix_web::test]
async fn contents_are_checked_before_they_are_shown() {
    let stage = Stage::new("plain").await;
    let (id, openid) = stage.follower("王女士").await;
    stage.says(&id, "在吗").await;
    for (message, errcode) in [
        (json!({"msgtype": "text", "text": {"content": ""}}), 44_004),
        (
            json!({"msgtype": "text", "text": {"content": "长".repeat(683)}}),
            45_002,
        ),
        (
            json!({"msgtype": "image", "image": {"media_id": "unknown"}}),
            40_007,
        ),
        (
            json!({"msgtype": "news", "news": {"articles": [{}, {}]}}),
            45_008,
        ),
        (json!({"msgtype": "link", "link": {"title": "x"}}), 40_008),
        (
            json!({"msgtype": "text", "text": {"content": "好"}, "touser": "o0"}),
            40_003,
        ),
    ] {
        let mut body = json!({"touser": openid});
        body.as_object_mut()
            .unwrap()
            .extend(message.as_object().unwrap().clone());
        let answer = stage.call("/cgi-bin/message/custom/send", body).await;
        assert_eq!(answer["errcode"], errcode, "{message}");
    }
    stage
        .post("/sandbox/v1/quirks", json!({"unknown_media": "accept"}))
        .await;
    let body = json!({"touser": openid, "msgtype": "image", "image": {"media_id": "unknown"}});
    assert_eq!(
        stage.call("/cgi-bin/message/custom/send", body).await["errcode"],
        0
    );
    assert_eq!(stage.chat(&id).await.len(), 2);
}

#[actix_web::test]
async fn typing_needs_a_recent_message() {
    let stage = Stage::new("plain").await;
    let (id, openid) = stage.follower("王女士").await;
    let typing = async |command: &str| {
        let body = json!({"touser": openid, "command": command});
        stage.call("/cgi-bin/message/custom/typing", body).await["errcode"].as_i64()
    };
    stage.says(&id, "在吗").await;
    assert_eq!(typing("Sleeping").await, Some(45_072));
    assert_eq!(typing("Typing").await, Some(0));
    assert_eq!(typing("Typing").await, Some(45_081));
    assert_eq!(typing("CancelTyping").await, Some(0));
    stage.advance(31);
    assert_eq!(typing("Typing").await, Some(45_080));
}

#[actix_web::test]
async fn who_is_on_the_blacklist_writes_in_vain() {
    let stage = Stage::new("plain").await;
    let (id, openid) = stage.follower("王女士").await;
    let list = json!({"openid_list": [openid]});
    stage
        .call("/cgi-bin/tags/members/batchblacklist", list.clone())
        .await;
    assert_eq!(stage.says(&id, "在吗").await["attempts"], 0);
    assert_eq!(stage.writes(&openid, "您好").await["errcode"], 43_019);
    let listed = stage
        .call(
            "/cgi-bin/tags/members/getblacklist",
            json!({"begin_openid": ""}),
        )
        .await;
    assert_eq!(listed["data"]["openid"], json!([openid]));
    stage
        .call("/cgi-bin/tags/members/batchunblacklist", list)
        .await;
    stage.says(&id, "在吗").await;
    assert_eq!(stage.arrived().len(), 1);
}

#[actix_web::test]
async fn escaped_chinese_is_shown_as_it_was_sent() {
    let stage = Stage::new("plain").await;
    let (id, openid) = stage.follower("王女士").await;
    let token = stage.token().await;
    let body =
        format!(r#"{{"touser":"{openid}","msgtype":"text","text":{{"content":"\u4f60好"}}}}"#);
    let address = format!(
        "{}/cgi-bin/message/custom/send?access_token={token}",
        stage.base
    );
    stage.http.post(address).body(body).send().await.unwrap();
    assert_eq!(stage.chat(&id).await[0]["text"], r"\u4f60好");
}
