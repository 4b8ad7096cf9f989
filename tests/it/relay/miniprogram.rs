//! A mini-program's chat takes the same relay: her side is the mini-program, her guide answers in the service account.

use chrono::TimeDelta;
use daogou_schema::outbound::{Channel, State};
use daogou_schema::{GuideId, identity};
use sea_orm::EntityTrait;
use serde_json::json;

use super::STORE;
use crate::kit::{Guide, Phone, Server, TestApp, with};

const MINI: &str = "wxmini00000000001";
const MINI_SECRET: &str = "fedcba9876543210fedcba9876543210";

/// The service account's installation serves the mini-program too: one store, two accounts.
pub(crate) async fn both(app: &mut TestApp) -> (Guide, Phone) {
    app.control(
        "/sandbox/v1/accounts",
        json!({
            "appid": MINI, "secret": MINI_SECRET, "original_id": "gh_mini00000001", "token": "minitoken",
            "encoding_aes_key": "ZYXWVUTSRQPONMLKJIHGFEDCBAzyxwvutsrqponmlkj", "mode": "secure",
            "callback_url": format!("{}/wechat/{MINI}", app.server), "kind": "miniprogram",
        }),
    )
    .await;
    app.add_store(STORE);
    let lin = app.guide("林小满", STORE).await;
    let wang = app.person("王女士").await.at(MINI);
    // One start with the mini-program's environment adds the account; the next one is usual again.
    app.stop().await;
    let changes = [
        ("WECHAT_APPID", MINI),
        ("WECHAT_APP_SECRET", MINI_SECRET),
        ("WECHAT_TOKEN", "minitoken"),
        (
            "WECHAT_ENCODING_AES_KEY",
            "ZYXWVUTSRQPONMLKJIHGFEDCBAzyxwvutsrqponmlkj",
        ),
        ("WECHAT_ORIGINAL_ID", "gh_mini00000001"),
        ("WECHAT_KIND", "miniprogram"),
    ];
    let once = Server::start(&with(app.environment(), &changes), &app.clock).await;
    once.stop().await;
    app.restart().await;
    app.register().await;
    app.control(
        "/sandbox/v1/accounts",
        json!({
            "appid": MINI, "secret": MINI_SECRET, "original_id": "gh_mini00000001", "token": "minitoken",
            "encoding_aes_key": "ZYXWVUTSRQPONMLKJIHGFEDCBAzyxwvutsrqponmlkj", "mode": "secure",
            "callback_url": format!("{}/wechat/{MINI}", app.server), "kind": "miniprogram",
        }),
    )
    .await;
    (lin, wang)
}

#[tokio::test(flavor = "multi_thread")]
async fn entering_the_chat_with_a_guides_scene_binds_and_both_sides_talk() {
    let mut app = TestApp::start().await;
    let (lin, wang) = both(&mut app).await;
    wang.does(json!({ "act": "enter", "session_from": lin.scene }))
        .await;
    let welcome = wang.sees("杭州城北店的林小满").await;
    assert_eq!(
        welcome["via"], "kf",
        "a mini-program has no passive replies"
    );
    lin.phone.sees("新朋友 #1").await;
    assert_eq!(app.guide_of(&wang).await, Some(GuideId(lin.id)));
    wang.says("小程序里问一句").await;
    lin.phone.sees("【新顾客 #1】小程序里问一句").await;
    lin.phone.says("收到，给您留着").await;
    wang.sees("收到，给您留着").await;
    // Pictures both ways: each account needs an upload of its own.
    wang.sends("image").await;
    lin.phone.sees_a("image").await;
    lin.phone.sends("image").await;
    wang.sees_a("image").await;
    // An article becomes the link message that mini-programs have.
    let link = json!({
        "act": "send", "msgtype": "link", "title": "新品", "description": "三款", "url": "https://example.com/n",
    });
    lin.phone.does(link).await;
    let item = wang.sees_a("link").await;
    assert_eq!(
        [&item["title"], &item["url"]],
        ["新品", "https://example.com/n"]
    );
    // What a mini-program's chat cannot show is said to the guide.
    wang.says("还有吗").await;
    lin.phone.sees("还有吗").await;
    lin.phone.sends("voice").await;
    lin.phone.sees("没有送达").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn entering_allows_two_messages_within_a_minute_and_no_more() {
    let mut app = TestApp::start().await;
    let (lin, wang) = both(&mut app).await;
    wang.does(json!({ "act": "enter", "session_from": lin.scene }))
        .await;
    wang.sees("林小满").await;
    lin.phone.sees("新朋友").await;
    lin.phone.says("#1 第一条").await;
    wang.sees("第一条").await;
    lin.phone.says("#1 第二条").await;
    lin.phone.sees("没有送出").await;
    app.outcome(&wang, "第二条", State::Held).await;
    wang.says("在吗").await;
    wang.sees("第二条").await;
    app.later(TimeDelta::hours(50)).await;
    lin.phone.says("#1 第三条").await;
    lin.phone.sees("对方超过 48 小时没有来信").await;
    wang.does(json!({ "act": "enter" })).await;
    wang.sees("第三条").await;
    let rows = app.outbound_to(&wang).await;
    assert!(
        rows.iter().all(|row| row.channel != Some(Channel::Passive)),
        "{rows:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_code_links_nobody_from_a_mini_program() {
    let mut app = TestApp::start().await;
    let (_lin, wang) = both(&mut app).await;
    let wu = app.daogou_json(&[
        "guide",
        "add",
        "吴桐",
        "--store",
        STORE,
        "--account",
        crate::kit::APPID,
        "--json",
    ]);
    wang.does(json!({ "act": "enter", "session_from": wu["link_scene"] }))
        .await;
    wang.says("我是谁").await;
    wang.sees("留言已保存").await;
    let listed = app.daogou_json(&["guide", "list", "--account", crate::kit::APPID, "--json"]);
    let wu = listed["guides"]
        .as_array()
        .expect("guides")
        .iter()
        .find(|g| g["name"] == "吴桐");
    assert_eq!(wu.expect("the guide")["linked"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_person_in_two_accounts_has_two_openids_and_two_windows() {
    let mut app = TestApp::start().await;
    let (lin, _) = both(&mut app).await;
    let li = app.person("李先生").await;
    let mini = li.at(MINI);
    assert_ne!(li.openid, mini.openid);
    li.scans(&lin.scene).await;
    li.sees("林小满").await;
    mini.does(json!({ "act": "enter", "session_from": lin.scene }))
        .await;
    mini.says("小程序这边").await;
    lin.phone.sees("小程序这边").await;
    lin.phone.says("#2 那边收到").await;
    mini.sees("那边收到").await;
    assert_eq!(li.count("那边收到").await, 0);
    let database = app.database().await;
    let identities = identity::Entity::find()
        .all(&database)
        .await
        .expect("identities");
    assert_eq!(
        identities
            .iter()
            .filter(|i| i.openid == mini.openid)
            .count(),
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn with_two_accounts_a_command_asks_which_one_is_meant() {
    let mut app = TestApp::start().await;
    both(&mut app).await;
    let unclear = app.daogou(&["store", "list", "--json"]);
    assert_eq!(unclear.status.code(), Some(2));
    let why = String::from_utf8_lossy(&unclear.stderr).into_owned();
    assert!(why.contains("--account"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mini_program_alone_takes_her_line_and_says_the_truth() {
    let app = TestApp::with(
        crate::kit::Store::Sqlite,
        crate::kit::Session::Embedded,
        "secure",
        "miniprogram",
    )
    .await
    .expect("SQLite is always there");
    let wang = app.person("王女士").await;
    let pushed = wang
        .does(json!({ "act": "send", "msgtype": "text", "text": "有人吗" }))
        .await;
    assert_eq!(
        pushed["reply"], "success",
        "no passive reply in a mini-program"
    );
    wang.sees("留言已保存").await;
}
