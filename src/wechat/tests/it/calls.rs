//! Calls that succeed or are refused: what is sent and what is understood.

use std::collections::BTreeMap;

use daogou_wechat::{
    Class, Client, Content, FetchedMedia, Hosts, MediaKind, MenuItem, MiniProgramLink, NewQr,
    Scope, SendOptions, TemplateMessage,
};
use serde_json::{Value, json};
use wiremock::matchers::{body_json, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::platform::{KF_SEND, TOKEN, client_at, only_request, platform, platform_json, text};

#[tokio::test]
async fn a_message_travels_as_raw_utf_8_and_its_links_unescaped() {
    let (server, client) = platform_json(json!({ "errcode": 0, "errmsg": "ok" })).await;
    client
        .send_message(
            TOKEN,
            "oA",
            &text("你好 🙂\u{2} <a href=\"https://例.cn/?a=1&b\">看</a>\n"),
        )
        .await
        .unwrap();
    let request = only_request(&server).await;
    assert_eq!(request.url.path(), KF_SEND);
    assert_eq!(request.url.query(), Some("access_token=secret-token"));
    let body = String::from_utf8(request.body).unwrap();
    assert!(!body.contains("\\u"), "{body}");
    assert!(
        body.contains("你好 🙂 <a href=\\\"https://例.cn/?a=1&b\\\">看</a>\\n"),
        "{body}"
    );
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        (&body["touser"], &body["msgtype"]),
        (&json!("oA"), &json!("text"))
    );
}

#[tokio::test]
async fn every_content_is_written_as_the_platform_names_it() {
    let some = |text: &str| Some(text.to_owned());
    let s = str::to_owned;
    let cases = [
        (
            Content::Image { media_id: s("m") },
            json!({"msgtype": "image", "image": {"media_id": "m"}}),
        ),
        (
            Content::Voice { media_id: s("m") },
            json!({"msgtype": "voice", "voice": {"media_id": "m"}}),
        ),
        (
            Content::Video {
                media_id: s("m"),
                thumb_media_id: some("t"),
                title: None,
                description: some("d"),
            },
            json!({"msgtype": "video", "video": {"media_id": "m", "thumb_media_id": "t", "description": "d"}}),
        ),
        (
            Content::Music {
                title: some("t"),
                description: None,
                music_url: s("u"),
                hq_music_url: s("h"),
                thumb_media_id: s("p"),
            },
            json!({"msgtype": "music", "music": {"title": "t", "musicurl": "u", "hqmusicurl": "h", "thumb_media_id": "p"}}),
        ),
        (
            Content::News {
                title: s("t"),
                description: s("d"),
                url: s("u"),
                pic_url: s("p"),
            },
            json!({"msgtype": "news", "news": {"articles": [{"title": "t", "description": "d", "url": "u", "picurl": "p"}]}}),
        ),
        (
            Content::MsgMenu {
                head: s("h"),
                items: vec![MenuItem {
                    id: s("1"),
                    content: s("a"),
                }],
                tail: s("t"),
            },
            json!({"msgtype": "msgmenu", "msgmenu": {"head_content": "h", "list": [{"id": "1", "content": "a"}], "tail_content": "t"}}),
        ),
        (
            Content::MiniProgramPage {
                title: s("t"),
                appid: s("wx"),
                page_path: s("p?a"),
                thumb_media_id: s("m"),
            },
            json!({"msgtype": "miniprogrampage", "miniprogrampage": {"title": "t", "appid": "wx", "pagepath": "p?a", "thumb_media_id": "m"}}),
        ),
        (
            Content::Link {
                title: s("t"),
                description: s("d"),
                url: s("u"),
                thumb_url: s("p"),
            },
            json!({"msgtype": "link", "link": {"title": "t", "description": "d", "url": "u", "thumb_url": "p"}}),
        ),
        (
            Content::MpNewsArticle { article_id: s("a") },
            json!({"msgtype": "mpnewsarticle", "mpnewsarticle": {"article_id": "a"}}),
        ),
        (
            Content::WxCard { card_id: s("c") },
            json!({"msgtype": "wxcard", "wxcard": {"card_id": "c"}}),
        ),
    ];
    for (content, mut expected) in cases {
        let (server, client) = platform_json(json!({})).await;
        client.send_message(TOKEN, "oA", &content).await.unwrap();
        expected["touser"] = json!("oA");
        assert_eq!(
            only_request(&server).await.body_json::<Value>().unwrap(),
            expected
        );
        let stored = serde_json::to_string(&content).unwrap();
        assert_eq!(
            serde_json::from_str::<Content>(&stored).unwrap(),
            content,
            "{stored}"
        );
    }
}

#[tokio::test]
async fn a_message_can_name_its_customer_service_account_and_its_machine() {
    let (server, client) = platform_json(json!({})).await;
    let options = SendOptions {
        kf_account: Some("a@b".to_owned()),
        ai_generated: true,
    };
    client
        .send_message_with(TOKEN, "oA", &text("hi"), &options)
        .await
        .unwrap();
    let body: Value = only_request(&server).await.body_json().unwrap();
    assert_eq!(body["customservice"]["kf_account"], "a@b");
    assert_eq!(body["aimsgcontext"]["is_ai_msg"], 1);
}

#[tokio::test]
async fn a_token_is_fetched_by_post_and_never_printed() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/cgi-bin/stable_token"))
        .and(body_json(json!({
            "grant_type": "client_credential", "appid": "wx1", "secret": "s3cret", "force_refresh": false,
        })))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({ "access_token": "abc", "expires_in": 345 })))
        .mount(&server)
        .await;
    let token = client_at(&server.uri())
        .stable_token("wx1", "s3cret", false)
        .await
        .unwrap();
    assert_eq!((token.token.as_str(), token.expires_in), ("abc", 345));
    assert!(!format!("{token:?}").contains("abc"));
}

#[tokio::test]
async fn codes_are_made_with_the_scene_as_text_and_a_lifetime() {
    let answer =
        json!({ "ticket": "gQ+/=", "expire_seconds": 60, "url": "http://weixin.qq.com/q/x" });
    let (server, client) = platform_json(answer).await;
    let qr = NewQr::Temporary {
        scene: "guide:42".to_owned(),
        expire_seconds: 604_800,
    };
    let made = client.create_qr(TOKEN, &qr).await.unwrap();
    assert_eq!(
        (made.ticket.as_str(), made.expire_seconds),
        ("gQ+/=", Some(60))
    );
    assert_eq!(
        only_request(&server).await.body_json::<Value>().unwrap(),
        json!({ "expire_seconds": 604_800, "action_name": "QR_STR_SCENE", "action_info": { "scene": { "scene_str": "guide:42" } } })
    );
    assert!(
        client
            .qr_image_url("gQ+/=")
            .ends_with("/cgi-bin/showqrcode?ticket=gQ%2B%2F%3D")
    );
}

#[tokio::test]
async fn a_codes_picture_is_bytes_and_a_wrong_ticket_a_refusal() {
    let server = MockServer::start().await;
    Mock::given(query_param("ticket", "good+"))
        .respond_with(ResponseTemplate::new(200).set_body_bytes([0xff, 0xd8]))
        .mount(&server)
        .await;
    let client = client_at(&server.uri());
    assert_eq!(client.qr_image("good+").await.unwrap(), [0xff, 0xd8]);
    assert_eq!(
        client
            .qr_image("bad")
            .await
            .unwrap_err()
            .refusal()
            .unwrap()
            .code,
        404
    );
}

#[tokio::test]
async fn media_is_a_file_or_an_address_or_a_refusal_under_any_content_type() {
    let picture = ResponseTemplate::new(200)
        .insert_header("Content-Disposition", "attachment; filename=\"a.jpg\"")
        .set_body_raw(vec![0xff, 0xd8, 0xff], "image/jpeg");
    let (_server, client) = platform(picture).await;
    let FetchedMedia::File(file) = client.get_media(TOKEN, "m").await.unwrap() else {
        panic!()
    };
    assert_eq!(
        (file.content_type.as_deref(), file.file_name.as_deref()),
        (Some("image/jpeg"), Some("a.jpg"))
    );
    assert_eq!(file.bytes, [0xff, 0xd8, 0xff]);

    let refusal = ResponseTemplate::new(200).set_body_raw(
        r#"{"errcode":40007,"errmsg":"invalid media_id"}"#,
        "image/jpeg",
    );
    let (_server, client) = platform(refusal).await;
    assert_eq!(
        client
            .get_media(TOKEN, "m")
            .await
            .unwrap_err()
            .refusal()
            .unwrap()
            .code,
        40007
    );

    let video = ResponseTemplate::new(200)
        .set_body_raw(r#"{"video_url":"http://v.example/1.mp4"}"#, "text/plain");
    let (_server, client) = platform(video).await;
    assert_eq!(
        client.get_media(TOKEN, "m").await.unwrap(),
        FetchedMedia::Video {
            url: "http://v.example/1.mp4".to_owned()
        }
    );
}

#[tokio::test]
async fn an_upload_carries_kind_name_and_bytes_and_a_thumbs_id_is_understood() {
    let (server, client) =
        platform_json(json!({ "type": "thumb", "thumb_media_id": "t1", "created_at": 1 })).await;
    let bytes = b"\xff\xd8 picture".to_vec();
    let media = client
        .upload_media(TOKEN, MediaKind::Thumb, "图.jpg", "image/jpeg", bytes)
        .await
        .unwrap();
    assert_eq!(media.media_id, "t1");
    let request = only_request(&server).await;
    assert_eq!(
        request.url.query(),
        Some("access_token=secret-token&type=thumb")
    );
    assert!(request.headers.get("content-length").is_some());
    let body = String::from_utf8_lossy(&request.body).into_owned();
    assert!(
        body.contains("name=\"media\"; filename=\"图.jpg\"")
            && body.contains("Content-Type: image/jpeg"),
        "{body}"
    );
    assert!(body.contains(" picture"));
}

#[tokio::test]
async fn a_notice_carries_its_values_and_answers_its_id() {
    let (server, client) =
        platform_json(json!({ "errcode": 0, "errmsg": "ok", "msgid": 200_228_332 })).await;
    let message = TemplateMessage {
        to: "oA".to_owned(),
        template_id: "T1".to_owned(),
        url: Some("https://a.example".to_owned()),
        miniprogram: Some(MiniProgramLink {
            appid: "wx2".to_owned(),
            page_path: "p?a=1".to_owned(),
        }),
        client_msg_id: Some("c1".to_owned()),
        data: BTreeMap::from([("thing1".to_owned(), "大衣".to_owned())]),
    };
    assert_eq!(
        client.send_template(TOKEN, &message).await.unwrap(),
        200_228_332
    );
    assert_eq!(
        only_request(&server).await.body_json::<Value>().unwrap(),
        json!({
            "touser": "oA", "template_id": "T1", "url": "https://a.example", "client_msg_id": "c1",
            "miniprogram": { "appid": "wx2", "pagepath": "p?a=1" },
            "data": { "thing1": { "value": "大衣" } },
        })
    );
}

#[tokio::test]
async fn people_are_told_with_and_without_a_unionid() {
    let (_server, client) = platform_json(json!({ "subscribe": 0, "openid": "oA" })).await;
    let person = client.user_info(TOKEN, "oA").await.unwrap();
    assert!(!person.follows() && person.unionid.is_none());
    let one = json!({ "subscribe": 1, "openid": "oB", "unionid": "u", "tagid_list": [2], "qr_scene": 0, "qr_scene_str": "s" });
    let (server, client) = platform_json(json!({ "user_info_list": [one] })).await;
    let people = client.user_infos(TOKEN, &["oB".to_owned()]).await.unwrap();
    assert!(people[0].follows());
    assert_eq!(people[0].qr_scene_str.as_deref(), Some("s"));
    assert_eq!(
        only_request(&server).await.body_json::<Value>().unwrap()["user_list"][0]["openid"],
        "oB"
    );
}

#[tokio::test]
async fn typing_too_often_is_no_error_and_a_wrong_account_is() {
    let (_server, client) =
        platform_json(json!({ "errcode": 45081, "errmsg": "already typing" })).await;
    client.typing(TOKEN, "oA", true).await.unwrap();
    let (_server, client) =
        platform_json(json!({ "errcode": 40200, "errmsg": "invalid account type" })).await;
    assert!(client.typing(TOKEN, "oA", false).await.is_err());
}

#[tokio::test]
async fn a_code_becomes_a_person_and_a_snapshot_is_recognised() {
    let answer = |snapshot: Value| json!({ "access_token": "t0p", "expires_in": 7200, "refresh_token": "r", "openid": "oA", "scope": "snsapi_base", "is_snapshotuser": snapshot });
    for (snapshot, expected) in [(json!(1), true), (json!(0), false), (json!(null), false)] {
        let (server, client) = platform_json(answer(snapshot)).await;
        let person = client.exchange_code("wx1", "s3cret", "c").await.unwrap();
        assert_eq!(
            (person.openid.as_str(), person.is_snapshot),
            ("oA", expected)
        );
        assert!(!format!("{person:?}").contains("t0p"));
        assert_eq!(
            only_request(&server).await.url.path(),
            "/sns/oauth2/access_token"
        );
    }
    let (_server, client) =
        platform_json(json!({ "errcode": 40163, "errmsg": "code been used, rid: 1-2" })).await;
    let fault = client
        .exchange_code("wx1", "s3cret", "c")
        .await
        .unwrap_err();
    assert_eq!(fault.class(), Some(Class::Window));
    assert_eq!(fault.refusal().unwrap().message, "code been used");
    assert!(!format!("{fault:?} {fault}").contains("s3cret"));
}

#[test]
fn the_page_of_consent_gets_its_parameters_in_the_order_that_clients_check() {
    daogou_ground::install_tls();
    let client = Client::new(daogou_ground::http_client().unwrap(), Hosts::default());
    assert_eq!(
        client.authorize_url("wx1", "https://a.example/m?x=1", Scope::Base, "st8"),
        "https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx1&redirect_uri=https%3A%2F%2Fa.example%2Fm%3Fx%3D1\
         &response_type=code&scope=snsapi_base&state=st8#wechat_redirect"
    );
}

#[tokio::test]
async fn the_doctors_questions_are_answered() {
    let check = json!({
        "dns": [{ "ip": "1.2.3.4", "real_operator": "UNICOM" }],
        "ping": [{ "ip": "1.2.3.4", "from_operator": "CAP", "package_loss": "0%", "time": "23.079ms" }],
    });
    let (_server, client) = platform_json(check).await;
    let check = client.callback_check(TOKEN).await.unwrap();
    assert_eq!(
        (check.dns.len(), check.ping[0].package_loss.as_str()),
        (1, "0%")
    );
    let (_server, client) = platform_json(json!({ "ip_list": ["127.0.0.1"] })).await;
    assert_eq!(client.callback_ips(TOKEN).await.unwrap(), ["127.0.0.1"]);
}
