//! The main road: a code is made and scanned, people write, the account answers in both ways.

use serde_json::json;

use crate::stage::{APPID, ORIGINAL, START, Stage, TOKEN};
use crate::wire::signature;

#[actix_web::test]
async fn a_stranger_scans_a_code_follows_and_is_welcomed_in_the_answer() {
    let stage = Stage::new("plain").await;
    let code = stage.code("guide-1").await;
    let (id, openid) = stage.person("王女士").await;
    stage.reply_text("欢迎光临");
    let act = stage
        .act(&id, json!({"act": "scan", "scene": "guide-1"}))
        .await;
    assert_eq!(
        (act["attempts"].as_u64(), act["http_status"].as_u64()),
        (Some(1), Some(200))
    );
    assert!(act["reply"].as_str().unwrap().contains("欢迎光临"));
    let pushes = stage.arrived();
    let [push] = pushes.as_slice() else {
        panic!("one push: {pushes:?}")
    };
    let ticket = code["ticket"].as_str().unwrap();
    assert_eq!(
        push.body,
        format!(
            "<xml><ToUserName><![CDATA[{ORIGINAL}]]></ToUserName>\n<FromUserName><![CDATA[{openid}]]></FromUserName>\n\
             <CreateTime>{START}</CreateTime>\n<MsgType><![CDATA[event]]></MsgType>\n<Event><![CDATA[subscribe]]>\
             </Event>\n<EventKey><![CDATA[qrscene_guide-1]]></EventKey>\n<Ticket><![CDATA[{ticket}]]></Ticket>\n</xml>"
        )
    );
    assert_eq!(push.query("openid"), openid);
    assert_eq!(
        push.query("signature"),
        signature(&[TOKEN, push.query("timestamp"), push.query("nonce")])
    );
    assert_eq!(push.header("user-agent"), "Mozilla/4.0");
    assert_eq!(push.header("accept"), "*/*");
    assert_eq!(push.header("pragma"), "no-cache");
    assert_eq!(push.header("content-type"), "text/xml");
    let chat = stage.chat(&id).await;
    assert_eq!(chat.len(), 1);
    assert_eq!(chat[0]["from"], "account");
    assert_eq!(chat[0]["via"], "passive");
    assert_eq!(chat[0]["text"], "欢迎光临");
    assert_eq!(chat[0]["seq"], 1);
}

#[actix_web::test]
async fn a_follower_scans_and_the_scene_has_no_prefix() {
    let stage = Stage::new("plain").await;
    stage.code("guide-1").await;
    let (id, _) = stage.follower("李先生").await;
    stage
        .act(&id, json!({"act": "scan", "scene": "guide-1"}))
        .await;
    let push = stage.arrived().remove(0);
    assert_eq!(
        (push.element("Event"), push.element("EventKey")),
        ("SCAN".to_owned(), "guide-1".to_owned())
    );
    let (status, _) = stage
        .try_post(
            &format!("/sandbox/v1/people/{id}/acts"),
            json!({"appid": APPID, "act": "scan", "scene": "none"}),
        )
        .await;
    assert_eq!(status, 404);
}

#[actix_web::test]
async fn a_person_writes_and_five_answers_are_allowed_in_48_hours() {
    let stage = Stage::new("plain").await;
    let (id, openid) = stage.follower("陈小姐").await;
    stage.advance(61);
    assert_eq!(stage.writes(&openid, "早").await["errcode"], 45_015);
    stage.says(&id, "在吗").await;
    let push = stage.arrived().remove(0);
    assert_eq!(push.element("Content"), "在吗");
    assert!(push.element("MsgId").parse::<u64>().is_ok());
    for _ in 0..5 {
        assert_eq!(stage.writes(&openid, "在的").await["errcode"], 0);
    }
    assert_eq!(stage.writes(&openid, "还在").await["errcode"], 45_047);
    stage.advance(48 * 3_600);
    assert_eq!(stage.writes(&openid, "还在").await["errcode"], 45_015);
    let chat = stage.chat(&id).await;
    assert_eq!(
        chat.iter()
            .filter(|item| item["via"] == "kf" && item["text"] == "在的")
            .count(),
        5
    );
    assert_eq!(chat[0]["from"], "person");
    assert_eq!(chat[0]["text"], "在吗");
    let person = stage.get(&format!("/sandbox/v1/people/{id}")).await;
    assert_eq!(person["accounts"][APPID]["subscribed"], true);
}
