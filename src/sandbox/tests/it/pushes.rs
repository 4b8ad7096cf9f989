//! Pushes: their bytes in every mode, attempts, silence, duplicates, and what the phone shows when it goes wrong.

use actix_web::HttpResponse;
use serde_json::{Value, json};

use crate::stage::{APPID, MINI, ORIGINAL, START, Stage, TOKEN, element, text_reply};
use crate::wire::{opened, sealed_reply, signature};

const FAILURE: &str = "该公众号提供的服务出现故障，请稍后再试";

fn error() -> HttpResponse {
    HttpResponse::InternalServerError().body("broken")
}

#[actix_web::test]
async fn secure_mode_shows_only_the_envelope_and_takes_only_encrypted_replies() {
    let stage = Stage::new("secure").await;
    let (id, openid) = stage.follower("王女士").await;
    stage.reply(|push| {
        let inner = opened(&push.element("Encrypt")).1;
        let reply = text_reply(&element(&inner, "FromUserName"), "在的");
        HttpResponse::Ok().body(sealed_reply(TOKEN, &reply))
    });
    let act = stage.says(&id, "在吗").await;
    assert_eq!(act["outcome"], "passive", "{act}");
    assert!(act["reply"].as_str().unwrap().contains("在的"));
    let push = stage.arrived().remove(0);
    let encrypted = push.element("Encrypt");
    assert_eq!(
        push.body,
        format!(
            "<xml>\n    <ToUserName><![CDATA[{ORIGINAL}]]></ToUserName>\n    \
             <Encrypt><![CDATA[{encrypted}]]></Encrypt>\n</xml>\n"
        )
    );
    let (timestamp, nonce) = (push.query("timestamp"), push.query("nonce"));
    assert_eq!(
        push.query("signature"),
        signature(&[TOKEN, timestamp, nonce])
    );
    assert_eq!(
        push.query("msg_signature"),
        signature(&[TOKEN, timestamp, nonce, &encrypted])
    );
    assert_eq!(push.query("encrypt_type"), "aes");
    assert!((8..=10).contains(&nonce.len()) && nonce.chars().all(|c| c.is_ascii_digit()));
    let (random, clear, trailer) = opened(&encrypted);
    assert!(
        random
            .chars()
            .all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c))
    );
    assert_eq!(trailer, APPID);
    assert!(
        clear.starts_with("<xml><ToUserName>") && clear.ends_with("</MsgId>\n</xml>"),
        "{clear}"
    );
    assert_eq!(element(&clear, "FromUserName"), openid);

    for _ in 0..3 {
        let openid = openid.clone();
        stage.reply(move |_| HttpResponse::Ok().body(text_reply(&openid, "明文")));
    }
    let act = stage.says(&id, "还在吗").await;
    assert_eq!(
        (act["outcome"].as_str(), act["attempts"].as_u64()),
        (Some("invalid"), Some(3))
    );
    assert_eq!(stage.chat(&id).await.last().unwrap()["text"], FAILURE);
}

#[actix_web::test]
async fn compatible_mode_has_the_clear_fields_beside_the_envelope_and_takes_a_plain_reply() {
    let stage = Stage::new("compatible").await;
    let (id, _) = stage.follower("王女士").await;
    stage.reply_text("在的");
    let act = stage.says(&id, "在吗").await;
    assert_eq!(act["outcome"], "passive", "{act}");
    let push = stage.arrived().remove(0);
    assert!(
        push.body.starts_with("<xml>\n    <ToUserName>")
            && push.body.ends_with("</Encrypt>\n</xml>\n")
    );
    assert_eq!(push.element("Content"), "在吗");
    let clear = opened(&push.element("Encrypt")).1;
    assert_eq!(element(&clear, "MsgId"), push.element("MsgId"));
}

#[actix_web::test]
async fn a_bad_answer_is_tried_three_times_with_the_same_bytes_and_then_shown_as_a_failure() {
    let stage = Stage::new("plain").await;
    let (id, _) = stage.follower("王女士").await;
    for _ in 0..3 {
        stage.reply(|_| HttpResponse::Ok().json(json!({"not": "xml"})));
    }
    let act = stage.says(&id, "在吗").await;
    assert_eq!(
        (act["attempts"].as_u64(), act["http_status"].as_u64()),
        (Some(3), Some(200))
    );
    let pushes = stage.arrived();
    assert_eq!(pushes.len(), 3);
    assert!(
        pushes
            .iter()
            .all(|push| push.body == pushes[0].body && push.query == pushes[0].query)
    );
    let chat = stage.chat(&id).await;
    assert_eq!(
        (chat[1]["from"].as_str(), chat[1]["text"].as_str()),
        (Some("system"), Some(FAILURE))
    );
    let stats = stage.get("/sandbox/v1/stats").await;
    assert_eq!(stats["pushes"], json!({"ok": 1, "invalid": 1}));
}

#[actix_web::test]
async fn replies_are_judged_strictly() {
    let stage = Stage::new("plain").await;
    stage
        .post("/sandbox/v1/quirks", json!({"attempts": 1}))
        .await;
    let (id, openid) = stage.follower("王女士").await;
    let good = text_reply(&openid, "在的");
    let long = "长".repeat(683);
    let bad = [
        good.replace("<xml>", "<?debug?><xml>"),
        format!("\u{feff}{good}"),
        good.replace(&openid, &openid.to_lowercase()),
        good.replace(ORIGINAL, "gh_other"),
        good.replace("在的", ""),
        good.replace("在的", &long),
        good.replace("1786759500", "now"),
        good.replace("</Content>", ""),
        good.replace("[text]", "[msgmenu]"),
        good.replace("[text]", "[image]")
            .replace("Content", "Image"),
    ];
    for body in bad {
        let sent = body.clone();
        stage.reply(move |_| HttpResponse::Ok().body(sent));
        let act = stage.says(&id, "在吗").await;
        assert_eq!(act["outcome"], "invalid", "{body}");
        // One good answer in between, so that the platform does not fall silent.
        stage.says(&id, "在吗").await;
    }
    stage.reply(move |_| HttpResponse::Ok().body(good));
    assert_eq!(stage.says(&id, "在吗").await["outcome"], "passive");
}

#[actix_web::test]
async fn a_server_error_is_retried_unless_the_quirk_says_otherwise() {
    let stage = Stage::new("plain").await;
    let (id, _) = stage.follower("王女士").await;
    stage.reply(|_| error());
    let act = stage.says(&id, "一").await;
    assert_eq!(
        (act["attempts"].as_u64(), act["outcome"].as_str()),
        (Some(2), Some("ok"))
    );
    stage
        .post("/sandbox/v1/quirks", json!({"retry_5xx": false}))
        .await;
    stage.reply(|_| error());
    let act = stage.says(&id, "二").await;
    assert_eq!(
        (act["attempts"].as_u64(), act["http_status"].as_u64()),
        (Some(1), Some(500))
    );
    assert_eq!(act["outcome"], "http_error");
}

#[actix_web::test]
async fn after_five_failures_the_platform_is_silent_for_a_minute() {
    let stage = Stage::new("plain").await;
    stage
        .post("/sandbox/v1/quirks", json!({"attempts": 1}))
        .await;
    let (id, _) = stage.follower("王女士").await;
    for _ in 0..5 {
        stage.reply(|_| error());
        stage.says(&id, "在吗").await;
    }
    stage.arrived();
    let act = stage.says(&id, "在吗").await;
    assert_eq!(
        (act["outcome"].as_str(), act["attempts"].as_u64()),
        (Some("suppressed"), Some(0))
    );
    assert!(stage.arrived().is_empty());
    stage.advance(60);
    assert_eq!(stage.says(&id, "在吗").await["outcome"], "ok");
    let stats = stage.get("/sandbox/v1/stats").await;
    assert_eq!(
        stats["pushes"],
        json!({"ok": 2, "http_error": 5, "suppressed": 1})
    );
}

#[actix_web::test]
async fn an_answer_that_does_not_come_is_cut_off_after_five_seconds() {
    let stage = Stage::new("plain").await;
    stage
        .post("/sandbox/v1/quirks", json!({"attempts": 1}))
        .await;
    let (id, _) = stage.follower("王女士").await;
    stage.reply(|_| {
        HttpResponse::Ok().streaming(futures_util::stream::pending::<Result<_, std::io::Error>>())
    });
    let act = stage.says(&id, "在吗").await;
    assert_eq!(
        (act["outcome"].as_str(), act["http_status"].as_u64()),
        (Some("timeout"), None)
    );
    assert_eq!(stage.chat(&id).await[1]["text"], FAILURE);
}

#[actix_web::test]
async fn a_server_that_is_not_there_is_a_failed_connection() {
    let stage = Stage::new("plain").await;
    let (id, _) = stage.follower("王女士").await;
    let settings = json!({
        "appid": APPID, "secret": "s", "original_id": ORIGINAL, "token": TOKEN, "callback_url": "http://127.0.0.1:1/",
    });
    stage.post("/sandbox/v1/accounts", settings).await;
    let act = stage.says(&id, "在吗").await;
    assert_eq!(
        (act["outcome"].as_str(), act["attempts"].as_u64()),
        (Some("connect"), Some(3))
    );
}

#[actix_web::test]
async fn duplicates_and_repeats_are_the_same_bytes_and_shown_once() {
    let stage = Stage::new("plain").await;
    let (id, _) = stage.follower("王女士").await;
    stage
        .post("/sandbox/v1/quirks", json!({"duplicates": true}))
        .await;
    stage.reply_text("在的");
    stage.reply_text("在的");
    stage.says(&id, "在吗").await;
    stage
        .post("/sandbox/v1/quirks", json!({"duplicates": false}))
        .await;
    let act = stage.act(&id, json!({"act": "repeat"})).await;
    assert_eq!(act["outcome"], "ok");
    let pushes = stage.arrived();
    assert_eq!(pushes.len(), 3);
    assert!(
        pushes
            .iter()
            .all(|push| push.body == pushes[0].body && push.query == pushes[0].query)
    );
    assert_eq!(stage.chat(&id).await.len(), 2);
    assert_eq!(
        stage.get("/sandbox/v1/stats").await["pushes"],
        json!({"ok": 1, "passive": 1, "duplicate": 2})
    );
}

#[actix_web::test]
async fn pushes_of_one_person_keep_their_order_unless_reordered() {
    let stage = Stage::new("plain").await;
    let (id, _) = stage.follower("王女士").await;
    let say = async |text: &str| {
        stage
            .act(&id, json!({"act": "send", "text": text, "wait": false}))
            .await
    };
    for reorder in [false, true] {
        stage
            .post("/sandbox/v1/quirks", json!({"reorder": reorder}))
            .await;
        say("一").await;
        say("二").await;
        // Behind both in the lane: when it has arrived, they have.
        stage.says(&id, "三").await;
        let mut texts: Vec<String> = stage
            .arrived()
            .iter()
            .map(|push| push.element("Content"))
            .collect();
        texts.truncate(2);
        assert_eq!(
            texts,
            if reorder {
                ["二", "一"]
            } else {
                ["一", "二"]
            }
        );
    }
}

#[actix_web::test]
async fn quirks_of_the_wire_are_shown_when_asked_for() {
    let stage = Stage::new("plain").await;
    let (id, _) = stage.person("王女士").await;
    stage.act(&id, json!({"act": "follow"})).await;
    assert!(
        stage.arrived()[0]
            .body
            .contains("<EventKey><![CDATA[]]></EventKey>")
    );
    let quirks = json!({"empty_event_key": false, "control_chars": true, "event_case": "upper", "blanks": true});
    stage.post("/sandbox/v1/quirks", quirks).await;
    stage.says(&id, "a]]>b").await;
    stage.act(&id, json!({"act": "unfollow"})).await;
    let pushes = stage.arrived();
    assert!(
        pushes[0]
            .body
            .contains("<Content> <![CDATA[a]]>b\u{2}]]> </Content>"),
        "{}",
        pushes[0].body
    );
    assert!(
        pushes[1].body.contains("<![CDATA[UNSUBSCRIBE]]>") && !pushes[1].body.contains("EventKey")
    );
}

#[actix_web::test]
async fn a_mini_program_gets_json_in_both_modes() {
    let stage = Stage::new("plain").await;
    stage.account(MINI, "miniprogram", "plain").await;
    let person = stage
        .post("/sandbox/v1/people", json!({"name": "陈小姐"}))
        .await;
    let (id, openid) = (
        person["id"].as_str().unwrap(),
        person["openids"][MINI].as_str().unwrap(),
    );
    stage
        .act(
            id,
            json!({"appid": MINI, "act": "enter", "session_from": "shop"}),
        )
        .await;
    stage
        .act(id, json!({"appid": MINI, "act": "send", "text": "在吗"}))
        .await;
    let pushes = stage.arrived();
    assert_eq!(
        pushes[0].body,
        format!(
            "{{\"ToUserName\":\"{ORIGINAL}\",\"FromUserName\":\"{openid}\",\"CreateTime\":{START},\
             \"MsgType\":\"event\",\"Event\":\"user_enter_tempsession\",\"SessionFrom\":\"shop\"}}"
        )
    );
    let text: Value = serde_json::from_str(&pushes[1].body).unwrap();
    assert_eq!(text["Content"], "在吗");
    assert!(text["MsgId"].is_u64());
    assert_eq!(pushes[1].header("content-type"), "application/json");
    stage.account(MINI, "miniprogram", "secure").await;
    stage
        .act(id, json!({"appid": MINI, "act": "send", "text": "还在吗"}))
        .await;
    let envelope: Value = serde_json::from_str(&stage.arrived()[0].body).unwrap();
    let (_, clear, trailer) = opened(envelope["Encrypt"].as_str().unwrap());
    assert_eq!(trailer, MINI);
    assert_eq!(
        serde_json::from_str::<Value>(&clear).unwrap()["Content"],
        "还在吗"
    );
}

#[actix_web::test]
async fn a_callback_is_verified_by_an_echo() {
    let stage = Stage::new("secure").await;
    let seen = stage
        .post(&format!("/sandbox/v1/accounts/{APPID}/verify"), json!({}))
        .await;
    assert_eq!(
        seen,
        json!({"ok": true, "http_status": 200, "body_matches": true})
    );
    let push = stage.arrived().remove(0);
    assert_eq!(push.method, "GET");
    assert_eq!(
        push.query("signature"),
        signature(&[TOKEN, push.query("timestamp"), push.query("nonce")])
    );
    let (status, _) = stage
        .try_post("/sandbox/v1/accounts/wx0/verify", json!({}))
        .await;
    assert_eq!(status, 404);
}
