//! Every type of message in both directions: the receiving phone shows the right type with the right content.

use chrono::TimeDelta;
use daogou_schema::media;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};

use super::{customer, one_and_one};
use crate::kit::{APPID, Phone, TestApp, eventually};

/// What a phone uploads before it sends it; the bytes are unlike any other's.
async fn upload(app: &TestApp, kind: &str, mark: &str) -> String {
    let url = format!("{}/sandbox/v1/media?type={kind}&appid={APPID}", app.sandbox);
    let content_type = match kind {
        "voice" => "audio/amr",
        "video" => "video/mp4",
        _ => "image/jpeg",
    };
    let answer = app
        .http
        .post(url)
        .header("Content-Type", content_type)
        .body(bytes(kind, mark))
        .send()
        .await
        .expect("an answer");
    let answer: Value = answer.json().await.expect("JSON");
    answer["media_id"].as_str().expect("a media id").to_owned()
}

/// A file that begins as files of its kind do.
fn bytes(kind: &str, mark: &str) -> Vec<u8> {
    let sign: &[u8] = match kind {
        "voice" => b"#!AMR\n",
        "video" => b"\0\0\0\x18ftypmp42",
        _ => b"\xff\xd8\xff",
    };
    [sign, mark.as_bytes()].concat()
}

/// The bytes that a phone shows for this media id.
async fn shown(app: &TestApp, media_id: &Value) -> Vec<u8> {
    let id = media_id.as_str().expect("a media id");
    let url = format!("{}/sandbox/v1/media/{id}", app.sandbox);
    let answer = app.http.get(url).send().await.expect("an answer");
    answer.bytes().await.expect("bytes").to_vec()
}

/// Sends one of each type from `from`, and `to` must see each as it was sent. Relayed lines carry `label`. Before each
/// one `to` says `word`, which opens a window anew.
async fn sends_every_type(app: &TestApp, from: &Phone, to: &Phone, label: &str, word: &str) {
    to.says(word).await;
    from.says("文字 <b>&amp; 表情 🎀 ]] >").await;
    to.sees(&format!("{label}文字 <b>&amp; 表情 🎀 ]] >")).await;
    for (kind, word) in [("image", "[图片]"), ("voice", "[语音]")] {
        to.says(word).await;
        let id = upload(app, kind, &format!("{kind}{label}")).await;
        from.does(json!({ "act": "send", "msgtype": kind, "media_id": id }))
            .await;
        announced(to, label, word).await;
        let item = to.sees_a(kind).await;
        assert_eq!(
            shown(app, &item["media_id"]).await,
            bytes(kind, &format!("{kind}{label}"))
        );
    }
    for kind in ["video", "shortvideo"] {
        to.says(word).await;
        let id = upload(app, "video", &format!("{kind}{label}")).await;
        let thumb = upload(app, "thumb", &format!("thumb{label}")).await;
        let act =
            json!({ "act": "send", "msgtype": kind, "media_id": id, "thumb_media_id": thumb });
        from.does(act).await;
        announced(to, label, "[视频]").await;
        let item = to.sees_a("video").await;
        assert_eq!(
            shown(app, &item["media_id"]).await,
            bytes("video", &format!("{kind}{label}"))
        );
    }
    from.does(json!({
        "act": "send", "msgtype": "location", "latitude": "30.327801", "longitude": "120.174502", "label": "城北万象城 3 楼",
    }))
    .await;
    let place = to.sees("城北万象城 3 楼").await;
    let text = place["text"].as_str().expect("a text");
    assert!(text.starts_with(label), "{text}");
    assert!(
        text.contains("30.327801") && text.contains("120.174502"),
        "{text}"
    );
    to.says(word).await;
    from.does(json!({
        "act": "send", "msgtype": "link", "title": "新品发布", "description": "三款新色", "url": "https://example.com/n?a=1&b=2",
    }))
    .await;
    announced(to, label, "[链接]").await;
    let article = to.sees_a("news").await["articles"][0].clone();
    assert_eq!(
        [&article["title"], &article["description"], &article["url"]],
        ["新品发布", "三款新色", "https://example.com/n?a=1&b=2"]
    );
    to.says(word).await;
    let thumb = upload(app, "thumb", &format!("card{label}")).await;
    from.does(json!({
        "act": "send", "msgtype": "miniprogrampage", "title": "尺码助手", "card_appid": "wxfedcba9876543210",
        "pagepath": "pages/size?id=7", "thumb_media_id": thumb,
    }))
    .await;
    announced(to, label, "[小程序]").await;
    let card = to.sees_a("miniprogrampage").await;
    assert_eq!(
        [&card["title"], &card["appid"], &card["pagepath"]],
        ["尺码助手", "wxfedcba9876543210", "pages/size?id=7"]
    );
    assert_eq!(
        shown(app, &card["thumb_media_id"]).await,
        bytes("thumb", &format!("card{label}"))
    );
}

/// Before something that cannot carry a name, the guide reads whose it is; a consumer just gets it.
async fn announced(to: &Phone, label: &str, word: &str) {
    if !label.is_empty() {
        to.sees(&format!("{label}{word}")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_she_can_send_reaches_her_guide_as_what_it_is() {
    let app = TestApp::start().await;
    let (lin, wang) = one_and_one(&app).await;
    sends_every_type(&app, &wang, &lin.phone, "【新顾客 #1】", "帮助").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_the_guide_can_send_reaches_her_as_what_it_is_and_without_a_label() {
    let app = TestApp::start().await;
    let (lin, wang) = one_and_one(&app).await;
    wang.says("您好").await;
    lin.phone.sees("您好").await;
    sends_every_type(&app, &lin.phone, &wang, "", "嗯").await;
    assert_eq!(wang.count("【").await, 0, "{:?}", wang.texts().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_speech_recognition_heard_stands_beside_a_voice() {
    let app = TestApp::start().await;
    let (lin, wang) = one_and_one(&app).await;
    wang.does(json!({ "act": "send", "msgtype": "voice", "recognition": "有没有粉色的" }))
        .await;
    lin.phone.sees("【新顾客 #1】[语音] 有没有粉色的").await;
    lin.phone.sees_a("voice").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_wechat_does_not_let_us_send_on_is_named_instead_of_lost() {
    let app = TestApp::start().await;
    let (lin, wang) = one_and_one(&app).await;
    wang.does(json!({ "act": "send", "msgtype": "file", "title": "发票.pdf" }))
        .await;
    let line = lin.phone.sees("发票.pdf").await;
    assert!(
        line["text"]
            .as_str()
            .expect("a text")
            .starts_with("【新顾客 #1】")
    );
    // A guide's file cannot be sent on either: the guide hears so at once.
    lin.phone
        .does(json!({ "act": "send", "msgtype": "file", "title": "合同.pdf" }))
        .await;
    lin.phone.sees("暂不支持").await;
    assert_eq!(wang.count("合同").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_waited_longer_than_wechat_keeps_it_is_uploaded_again_for_the_guide() {
    let app = TestApp::start().await;
    let (lin, wang) = one_and_one(&app).await;
    app.later(TimeDelta::hours(49)).await;
    let id = upload(&app, "image", "她的照片").await;
    wang.does(json!({ "act": "send", "msgtype": "image", "media_id": id }))
        .await;
    is_fetched(&app, 1).await;
    app.later(TimeDelta::days(4)).await;
    lin.phone.says("继续").await;
    lin.phone.sees("【新顾客 #1】[图片]").await;
    let item = lin.phone.sees_a("image").await;
    assert_ne!(item["media_id"], json!(id), "the old id has expired");
    assert_eq!(
        shown(&app, &item["media_id"]).await,
        bytes("image", "她的照片")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_waited_longer_than_wechat_keeps_it_is_uploaded_again_for_her() {
    let app = TestApp::start().await;
    let (lin, wang) = one_and_one(&app).await;
    wang.says("您好").await;
    lin.phone.sees("您好").await;
    app.later(TimeDelta::hours(49)).await;
    let (image, voice) = (
        upload(&app, "image", "样衣").await,
        upload(&app, "voice", "语音").await,
    );
    lin.phone
        .does(json!({ "act": "send", "msgtype": "image", "media_id": image }))
        .await;
    lin.phone.sees("对方超过 48 小时没有来信").await;
    lin.phone
        .does(json!({ "act": "send", "msgtype": "voice", "media_id": voice }))
        .await;
    lin.phone.sees("对方超过 48 小时没有来信").await;
    let (video, thumb) = (
        upload(&app, "video", "试穿").await,
        upload(&app, "thumb", "封面").await,
    );
    lin.phone
        .does(json!({ "act": "send", "msgtype": "video", "media_id": video, "thumb_media_id": thumb }))
        .await;
    lin.phone.sees("对方超过 48 小时没有来信").await;
    is_fetched(&app, 4).await;
    app.later(TimeDelta::days(4)).await;
    wang.says("我来了").await;
    let item = wang.sees_a("image").await;
    assert_eq!(shown(&app, &item["media_id"]).await, bytes("image", "样衣"));
    let item = wang.sees_a("voice").await;
    assert_eq!(shown(&app, &item["media_id"]).await, bytes("voice", "语音"));
    let item = wang.sees_a("video").await;
    assert_eq!(shown(&app, &item["media_id"]).await, bytes("video", "试穿"));
    let thumb = &item["thumb_media_id"];
    assert_eq!(shown(&app, thumb).await, bytes("thumb", "封面"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_nobody_could_fetch_in_time_is_said_to_be_gone() {
    let app = TestApp::start().await;
    let (lin, wang) = one_and_one(&app).await;
    wang.says("您好").await;
    lin.phone.sees("您好").await;
    app.fault(json!({ "path": "/cgi-bin/media/get", "errcode": 40007, "times": 100 }))
        .await;
    app.later(TimeDelta::hours(49)).await;
    lin.phone.sends("image").await;
    lin.phone.sees("没有送出").await;
    app.later(TimeDelta::days(4)).await;
    wang.says("我来了").await;
    lin.phone.says("列表").await;
    lin.phone.sees("取不到了，请重新发送").await;
}

async fn is_fetched(app: &TestApp, count: u64) {
    let database = app.database().await;
    eventually("fetching the files", async || {
        let kept = media::Entity::find().filter(media::Column::File.is_not_null());
        let kept = kept
            .count(&database)
            .await
            .expect("the files can be counted");
        (kept >= count).then_some(())
    })
    .await;
}

/// 5,000 characters, each at its own place.
fn long_text() -> String {
    (0..5_000)
        .filter_map(|n| char::from_u32(0x4e00 + n))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_question_arrives_whole_in_as_many_pieces_as_it_takes() {
    let app = TestApp::start().await;
    let (lin, wang) = one_and_one(&app).await;
    wang.says(&long_text()).await;
    lin.phone.sees("条新消息在等你").await;
    lin.phone.says("继续").await;
    lin.phone
        .waits_for("the last piece", |item| {
            item["text"].as_str().is_some_and(|text| {
                text.ends_with(long_text().chars().last().expect("a character"))
            })
        })
        .await;
    let mut got = String::new();
    for text in lin.phone.texts().await {
        assert!(text.len() <= 2048, "WeChat takes no more");
        if let Some(piece) = text.strip_prefix("【新顾客 #1】") {
            got.push_str(piece);
        }
    }
    assert_eq!(got, long_text(), "nothing is lost, doubled or out of order");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_answer_arrives_whole_and_the_guide_hears_what_has_to_wait() {
    let app = TestApp::start().await;
    let (lin, wang) = one_and_one(&app).await;
    wang.says("请讲讲").await;
    lin.phone.sees("请讲讲").await;
    lin.phone.says(&long_text()).await;
    lin.phone.sees("5 条已用完").await;
    wang.says("然后呢").await;
    wang.waits_for("the last piece", |item| {
        item["text"]
            .as_str()
            .is_some_and(|text| text.ends_with(long_text().chars().last().expect("a character")))
    })
    .await;
    let all: String = wang.texts().await.concat();
    let got: String = all.chars().filter(|c| long_text().contains(*c)).collect();
    let tail: String = got.chars().skip(got.chars().count() - 5_000).collect();
    assert_eq!(
        tail,
        long_text(),
        "nothing is lost, doubled or out of order"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_among_held_lines_comes_after_its_label_and_in_its_place() {
    let app = TestApp::start().await;
    let (lin, wang) = one_and_one(&app).await;
    let li = customer(&app, &lin, "李先生").await;
    app.later(TimeDelta::hours(49)).await;
    wang.says("第一句").await;
    let id = upload(&app, "image", "在中间").await;
    wang.does(json!({ "act": "send", "msgtype": "image", "media_id": id }))
        .await;
    li.says("第二句").await;
    lin.phone.says("继续").await;
    lin.phone.sees("第二句").await;
    let items = lin.phone.items().await;
    let at = |wanted: &dyn Fn(&Value) -> bool| items.iter().position(wanted).expect("an item");
    let has = |text: &'static str| {
        move |item: &Value| item["text"].as_str().is_some_and(|t| t.contains(text))
    };
    let picture = at(&|item| item["msgtype"] == "image");
    assert!(at(&has("第一句")) <= at(&has("[图片]")));
    assert_eq!(
        at(&has("[图片]")) + 1,
        picture,
        "nothing comes between label and picture"
    );
    assert!(picture < at(&has("【新顾客 #2】第二句")));
}
