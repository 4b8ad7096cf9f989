//! The menu from its form to the phones: what WeChat takes, what a tap is answered with, who sees which one, and the way
//! back to an earlier version.

use serde_json::{Value, json};

use super::at;
use crate::kit::{APPID, Desk, Phone, TestApp};

async fn shop(app: &TestApp) -> (Desk, Phone) {
    let admin = Desk::admin(app, "he").await;
    app.add_store("城北店");
    let lin = app.guide("林小满", "城北店").await;
    let wang = app.person("王女士").await;
    wang.scans(&lin.scene).await;
    wang.sees("林小满").await;
    app.later(chrono::TimeDelta::seconds(2)).await;
    (admin, wang)
}

/// What the simulated WeChat is asked, as the account.
async fn ask(app: &TestApp, path: &str, body: Value) -> Value {
    let token = json!({
        "grant_type": "client_credential", "appid": APPID, "secret": "0123456789abcdef0123456789abcdef",
    });
    let token = app.control("/cgi-bin/stable_token", token).await;
    let token = token["access_token"].as_str().expect("a token");
    app.control(&format!("{path}?access_token={token}"), body)
        .await
}

async fn menu_at_wechat(app: &TestApp) -> Value {
    ask(app, "/cgi-bin/menu/get", json!({})).await
}

const FIRST: &[(&str, &str)] = &[
    ("b0-name", "会员服务"),
    ("b0-0-name", "联系导购"),
    ("b0-0-kind", "click"),
    ("b0-0-key", "contact"),
    ("b0-0-answer", "直接留言，\r\n导购马上回复您"),
    ("b0-1-name", "商城"),
    ("b0-1-kind", "miniprogram"),
    ("b0-1-url", "https://shop.example/"),
    ("b0-1-appid", "wx1234567890abcdef"),
    ("b0-1-path", "pages/index"),
    ("b1-name", "官网"),
    ("b1-kind", "view"),
    ("b1-url", "https://www.example/"),
    ("b2-name", "扫一扫"),
    ("b2-kind", "scancode_waitmsg"),
    ("b2-answer", "已收到，马上为您查"),
];

async fn publishes(desk: &Desk) {
    let sent = desk.sends(&at("/menu/publish"), &[]).await;
    assert_eq!(sent.to, Some(at("/menu")), "{}", sent.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_published_is_on_the_phone_and_a_tap_is_answered() {
    let app = TestApp::start().await;
    let (admin, wang) = shop(&app).await;
    assert!(
        admin
            .opens(&at("/menu"))
            .await
            .text
            .contains("还没有从这里发布过")
    );
    let seen = admin.sends(&at("/menu/preview"), FIRST).await.text;
    assert!(seen.contains("联系导购") && seen.contains("扫一扫") && !seen.contains("<html"));
    let saved = admin.sends(&at("/menu"), FIRST).await;
    assert_eq!(saved.to, Some(at("/menu")), "{}", saved.text);
    let page = admin.opens(&at("/menu")).await.text;
    assert!(
        page.contains("有还没发布的修改") && page.contains("pages/index"),
        "{page}"
    );
    publishes(&admin).await;
    let there = menu_at_wechat(&app).await;
    let button = &there["menu"]["button"];
    assert_eq!(
        button[0]["sub_button"][0],
        json!({ "type": "click", "name": "联系导购", "key": "contact" })
    );
    assert_eq!(button[0]["sub_button"][1]["pagepath"], "pages/index");
    assert_eq!(
        button[1],
        json!({ "type": "view", "name": "官网", "url": "https://www.example/" })
    );
    let key = button[2]["key"]
        .as_str()
        .expect("a key of its own")
        .to_owned();
    assert!(key.starts_with("k-"), "{key}");
    let tapped = wang.taps("contact").await;
    assert!(
        tapped["reply"].to_string().contains("导购马上回复您"),
        "as the answer of the push: {tapped}"
    );
    wang.sees("直接留言，\n导购马上回复您").await;
    let windows = app.windows_of(&wang).await;
    let menu = daogou_schema::reply_window::Trigger::Menu;
    assert!(
        windows
            .iter()
            .any(|window| window.trigger == menu && window.remaining == 3),
        "{windows:?}"
    );
    wang.taps("https://www.example/").await;
    wang.act(json!({ "act": "tap", "key": key, "scan_result": "123" }))
        .await;
    wang.sees("已收到，马上为您查").await;
    let page = admin.opens(&at("/menu")).await.text;
    assert!(
        page.contains("最后发布") && page.contains("会员服务 · 官网 · 扫一扫"),
        "{page}"
    );
    let live = admin.opens(&at("/menu/live")).await.text;
    assert!(live.contains("与最后发布的版本一致"), "{live}");
    let log = admin.opens("/console/audit.csv").await.text;
    assert_eq!(log.matches("发布菜单").count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_changed_at_wechat_is_shown_and_an_earlier_version_comes_back() {
    let app = TestApp::start().await;
    let (admin, wang) = shop(&app).await;
    admin.sends(&at("/menu"), FIRST).await;
    publishes(&admin).await;
    let other = json!({ "button": [{ "type": "view", "name": "别人改的", "url": "https://other.example" }] });
    ask(&app, "/cgi-bin/menu/create", other).await;
    let live = admin.opens(&at("/menu/live")).await.text;
    assert!(
        live.contains("不一致")
            && live.contains("别人改的")
            && live.contains("会员服务 › 联系导购"),
        "{live}"
    );
    // A second version answers the same key otherwise; the first one is fetched back.
    let second = [
        ("b0-name", "联系"),
        ("b0-kind", "click"),
        ("b0-key", "contact"),
        ("b0-answer", "新的回复"),
    ];
    admin.sends(&at("/menu"), &second).await;
    publishes(&admin).await;
    wang.taps("contact").await;
    wang.sees("新的回复").await;
    // A draft that is thrown away leaves what is out.
    admin
        .sends(&at("/menu"), &[("b0-name", "草稿"), ("b0-answer", "x")])
        .await;
    admin.sends(&at("/menu/discard"), &[]).await;
    assert!(
        !admin
            .opens(&at("/menu"))
            .await
            .text
            .contains("value=\"草稿\"")
    );
    let back = admin.sends(&at("/menu/versions/2"), &[]).await;
    assert_eq!(back.status, 303, "{}", back.text);
    publishes(&admin).await;
    let there = menu_at_wechat(&app).await;
    assert_eq!(there["menu"]["button"][0]["name"], "会员服务");
    app.later(chrono::TimeDelta::seconds(2)).await;
    wang.taps("contact").await;
    wang.sees("导购马上回复您").await;
    let page = admin.opens(&at("/menu")).await.text;
    assert_eq!(page.matches("取回为草稿<").count(), 3, "three versions");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_a_tag_sees_another_menu() {
    let app = TestApp::start().await;
    let (admin, wang) = shop(&app).await;
    let tag = ask(
        &app,
        "/cgi-bin/tags/create",
        json!({ "tag": { "name": "会员日" } }),
    )
    .await;
    let tag = tag["tag"]["id"].as_i64().expect("an id").to_string();
    admin.sends(&at("/menu"), FIRST).await;
    let page = admin.opens(&at("/menu")).await.text;
    assert!(page.contains("会员日（0 人）"), "{page}");
    let hers = at(&format!("/menu?for={tag}"));
    let added = admin.sends(&at("/menu/rules"), &[("tag", &tag)]).await;
    assert_eq!(added.to.as_deref(), Some(hers.as_str()), "{}", added.text);
    let twice = admin.sends(&at("/menu/rules"), &[("tag", &tag)]).await;
    assert!(twice.status == 400 && twice.text.contains("已有个性化菜单"));
    let own = [
        ("b0-name", "会员日"),
        ("b0-key", "day"),
        ("b0-answer", "今天双倍积分"),
    ];
    assert_eq!(admin.sends(&hers, &own).await.status, 303);
    publishes(&admin).await;
    wang.taps("contact").await;
    let give =
        json!({ "openid_list": [wang.openid], "tagid": tag.parse::<i64>().expect("a number") });
    ask(&app, "/cgi-bin/tags/members/batchtagging", give).await;
    wang.taps("day").await;
    wang.sees("今天双倍积分").await;
    assert!(admin.opens(&at("/menu/live")).await.text.contains("一致"));
    // Published twice there is still one of it; taken away it is gone.
    publishes(&admin).await;
    let there = menu_at_wechat(&app).await;
    assert_eq!(there["conditionalmenu"].as_array().expect("menus").len(), 1);
    admin
        .sends(&at(&format!("/menu/rules/{tag}/remove")), &[])
        .await;
    publishes(&admin).await;
    assert_eq!(menu_at_wechat(&app).await["conditionalmenu"], Value::Null);
    wang.taps("contact").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_wechat_would_refuse_is_said_beside_the_field() {
    let app = TestApp::start().await;
    let (admin, _) = shop(&app).await;
    let long_url = format!("https://{}", "a".repeat(1017));
    let long_answer = "好".repeat(683);
    for (fields, field, why) in [
        (vec![("b0-name", "")], "b0-name", "至少要有一个按钮"),
        (vec![("b0-name", "我们的品牌故")], "b0-name", "18 字节"),
        (vec![("b0-name", "a\u{7}")], "b0-name", "不能显示的字符"),
        (
            vec![("b0-url", "x"), ("b0-kind", "view")],
            "b0-name",
            "请填写按钮名称",
        ),
        (
            vec![
                ("b0-name", "网"),
                ("b0-kind", "view"),
                ("b0-url", "javascript:1"),
            ],
            "b0-url",
            "https://",
        ),
        (
            vec![
                ("b0-name", "网"),
                ("b0-kind", "view"),
                ("b0-url", &long_url),
            ],
            "b0-url",
            "1024",
        ),
        (
            vec![
                ("b0-name", "一"),
                ("b0-0-name", "扫"),
                ("b0-0-kind", "scancode_waitmsg"),
            ],
            "b0-0-answer",
            "一直等待",
        ),
        (
            vec![("b0-name", "一"), ("b0-answer", &long_answer)],
            "b0-answer",
            "2048",
        ),
        (
            vec![
                ("b0-name", "一"),
                ("b0-key", "k"),
                ("b0-answer", "甲"),
                ("b1-name", "二"),
                ("b1-key", "k"),
            ],
            "b1-key",
            "已用在另一个按钮上",
        ),
    ] {
        let sent = admin.sends(&at("/menu"), &fields).await;
        assert_eq!(sent.status, 400, "{fields:?}");
        let beside = format!("id=\"p-{field}\"");
        assert!(
            sent.text.contains(why) && sent.text.contains(&beside),
            "{fields:?}: {}",
            sent.text
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_wechat_refuses_is_said_in_plain_words_and_the_longest_menu_fits() {
    let app = TestApp::start().await;
    let (admin, _) = shop(&app).await;
    let nothing = admin.sends(&at("/menu/publish"), &[]).await;
    assert!(nothing.status == 400 && nothing.text.contains("至少要有一个按钮"));
    admin.sends(&at("/menu"), FIRST).await;
    for (code, words) in [
        (65316, "最多 3 个不属于公众号的域名"),
        (45064, "还没有关联到这个公众号"),
        (48001, "没有自定义菜单的权限"),
        (99999, "微信没有接受菜单"),
    ] {
        app.fault(json!({ "path": "/cgi-bin/menu/create", "errcode": code }))
            .await;
        let refused = admin.sends(&at("/menu/publish"), &[]).await;
        assert!(
            refused.status == 400 && refused.text.contains(words),
            "{code}: {}",
            refused.text
        );
    }
    assert!(
        admin
            .opens(&at("/menu"))
            .await
            .text
            .contains("还没有从这里发布过")
    );
    // The longest menu there can be fits into one form.
    let names: Vec<String> = (0..3)
        .flat_map(|top| (0..5).map(move |sub| format!("b{top}-{sub}")))
        .collect();
    let answer = "好".repeat(680);
    let mut fields: Vec<(String, String)> = (0..3)
        .map(|top| (format!("b{top}-name"), format!("第{top}个")))
        .collect();
    for name in &names {
        fields.push((format!("{name}-name"), "二".repeat(20)));
        fields.push((format!("{name}-answer"), answer.clone()));
    }
    let fields: Vec<_> = fields
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    assert_eq!(admin.sends(&at("/menu"), &fields).await.status, 303);
    publishes(&admin).await;
    let foreign = admin.is_made_to_post(&at("/menu/publish"), &[]).await;
    assert_eq!(foreign.status, 403);
}
