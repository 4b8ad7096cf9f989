//! An account that is there: its keys, its name, the self-test.

use chrono::TimeDelta;
use serde_json::json;

use super::{SECOND, SECRET, adds, shown, tells_wechat};
use crate::console::at;
use crate::kit::{Desk, PASSWORD, Sender, Session, Store, TestApp};

/// A line in the second account's chat; what the callback answers.
async fn writes(app: &TestApp, keys: &Sender, id: u32) -> u16 {
    writes_as(app, keys, "secure", id).await
}

/// The same, sent as in this mode.
async fn writes_as(app: &TestApp, keys: &Sender, mode: &str, id: u32) -> u16 {
    let content = format!(
        "<xml><ToUserName>gh_abcdef012345</ToUserName><FromUserName>oSomebody</FromUserName><CreateTime>1786759500\
         </CreateTime><MsgType>text</MsgType><Content>在吗</Content><MsgId>{id}</MsgId></xml>"
    );
    let push = keys.push(mode, content);
    let url = format!("{}/wechat/{SECOND}", app.server);
    let sent = app.http.post(url).query(&push.query).body(push.body);
    sent.send().await.expect("an answer").status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keys_before_a_change_are_accepted_for_a_day_unless_they_leaked() {
    let app = TestApp::start().await;
    let desk = Desk::admin(&app, "he").await;
    let old = adds(&desk).await;
    assert_eq!(writes(&app, &old, 1).await, 200);
    let change = "/console/accounts/2/keys";
    let drawn = [("mode", "secure"), ("keys", "drawn")];
    let page = desk.sends(change, &drawn).await;
    let new = shown(&page.text);
    assert_ne!((&new.token, &new.aes_key), (&old.token, &old.aes_key));
    assert_eq!(writes(&app, &old, 2).await, 200, "WeChat is not told yet");
    // Drawn once more before WeChat was told: WeChat still has the first.
    let newer = shown(&desk.sends(change, &drawn).await.text);
    assert_eq!(writes(&app, &old, 4).await, 200);
    assert_eq!(writes(&app, &new, 5).await, 403, "nobody has it");
    assert_eq!(writes(&app, &newer, 6).await, 200);
    assert!(
        desk.opens("/console/accounts/2")
            .await
            .text
            .contains("正在更换")
    );
    app.pass(TimeDelta::hours(24));
    assert_eq!(writes(&app, &old, 7).await, 403);
    assert_eq!(writes(&app, &newer, 8).await, 200);

    // Only the token: what the key opens is told apart by who signed it.
    let desk = {
        let right = [("login", "he"), ("password", PASSWORD)];
        desk.posts("/console/sign-in", &right).await;
        desk
    };
    let typed = [
        ("mode", "secure"),
        ("keys", "typed"),
        ("token", "Daogou2026"),
        ("aes_key", newer.aes_key.as_str()),
    ];
    assert_eq!(desk.sends(change, &typed).await.status, 200);
    assert_eq!(writes(&app, &newer, 9).await, 200);
    desk.sends("/console/accounts/2/changed-over", &[]).await;
    assert_eq!(writes(&app, &newer, 10).await, 403);

    let leaked = [("mode", "secure"), ("keys", "drawn"), ("leaked", "yes")];
    let typed = Sender {
        token: "Daogou2026".into(),
        ..newer
    };
    assert_eq!(writes(&app, &typed, 11).await, 200);
    let last = shown(&desk.sends(change, &leaked).await.text);
    assert_eq!(writes(&app, &typed, 12).await, 403);
    assert_eq!(writes(&app, &last, 13).await, 200);
    let log = desk.opens("/console/audit").await.text;
    assert!(
        log.contains("修改公众号") && log.contains("不再接受"),
        "{log}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_change_keeps_the_pair_that_wechat_has_by_now() {
    let app = TestApp::start().await;
    let desk = Desk::admin(&app, "he").await;
    let old = adds(&desk).await;
    let change = "/console/accounts/2/keys";
    let drawn = [("mode", "secure"), ("keys", "drawn")];
    let new = shown(&desk.sends(change, &drawn).await.text);
    app.pass(TimeDelta::seconds(1));
    assert_eq!(writes(&app, &new, 1).await, 200, "WeChat is told");
    let newer = shown(&desk.sends(change, &drawn).await.text);
    assert_eq!(writes(&app, &new, 2).await, 200, "not told the newer one");
    assert_eq!(writes(&app, &newer, 3).await, 200);
    assert_eq!(writes(&app, &old, 4).await, 403, "WeChat has it no more");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_mode_is_changed_in_a_way_that_loses_messages() {
    let app = TestApp::start().await;
    let desk = Desk::admin(&app, "he").await;
    let secure = adds(&desk).await;
    let change = "/console/accounts/2/keys";
    let refused = desk
        .sends(change, &[("mode", "plain"), ("keys", "drawn")])
        .await;
    assert!(refused.status == 400 && refused.text.contains("先在微信后台改为兼容模式"));
    assert_eq!(writes(&app, &secure, 1).await, 200, "nothing was changed");
    let typed = [
        ("mode", "plain"),
        ("keys", "typed"),
        ("token", secure.token.as_str()),
        ("leaked", "yes"),
    ];
    assert_eq!(desk.sends(change, &typed).await.status, 200);
    // What is only encrypted cannot be read any more: WeChat must not think that it was taken.
    assert_eq!(writes(&app, &secure, 2).await, 403);
    assert_eq!(writes_as(&app, &secure, "compatible", 3).await, 200);
    assert_eq!(writes_as(&app, &secure, "plain", 4).await, 200);
    let back = desk
        .sends(change, &[("mode", "secure"), ("keys", "drawn")])
        .await;
    assert_eq!(back.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_environments_account_is_changed_there_but_for_its_name() {
    let mut app = TestApp::start().await;
    let desk = Desk::admin(&app, "he").await;
    let page = desk.opens("/console/accounts/1").await.text;
    assert!(page.contains("由服务器的 .env 设置") && !page.contains("更换 AppSecret"));
    let refused = desk
        .sends("/console/accounts/1/secret", &[("secret", SECRET)])
        .await;
    assert_eq!(refused.status, 409, "{}", refused.text);
    let named = desk
        .sends("/console/accounts/1/name", &[("name", "云上旗舰店")])
        .await;
    assert_eq!(named.status, 303);
    app.restart().await;
    let cookie = desk.forgets_the_cookie();
    let desk = Desk::stranger(&app);
    desk.has_the_cookie(cookie);
    assert!(desk.opens(&at("")).await.text.contains("云上旗舰店"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_self_test_says_what_is_wrong_and_what_to_do() {
    let app = TestApp::on_running_clock(Store::Sqlite, Session::Embedded).await;
    let mut app = app.expect("SQLite is there");
    let server = app.server.clone();
    app.set("DAOGOU_PUBLIC_URL", &server);
    app.set("DAOGOU_LISTEN", server.trim_start_matches("http://"));
    app.restart().await;
    let desk = Desk::admin(&app, "he").await;
    let keys = adds(&desk).await;
    let check = "/console/accounts/2/check";
    // WeChat knows nothing of it yet.
    let page = desk.sends(check, &[]).await.text;
    assert!(page.contains("没有这个 AppID"), "{page}");
    tells_wechat(&app, &keys, &app.server).await;
    let page = desk.sends(check, &[]).await.text;
    for told in [
        "微信认可 AppID 和 AppSecret",
        "答复正确，可以填到微信后台",
        "微信找得到",
        "安全模式，EncodingAESKey 已保存",
        "写入了一行又删掉",
    ] {
        assert!(page.contains(told), "{told}: {page}");
    }
    assert!(!page.contains("check--bad"), "{page}");
    let wrong = [("secret", "ffffffffffffffffffffffffffffffff")];
    desk.sends("/console/accounts/2/secret", &wrong).await;
    let page = desk.sends(check, &[]).await.text;
    assert!(page.contains("AppSecret 不是这个账号的") && page.contains("40125"));
    desk.sends("/console/accounts/2/secret", &[("secret", SECRET)])
        .await;
    let account = json!({
        "appid": SECOND, "secret": SECRET, "token": keys.token, "encoding_aes_key": keys.aes_key, "mode": "secure",
        "callback_url": format!("{}/wechat/{SECOND}", app.server), "ip_whitelist": ["203.0.113.7"],
    });
    app.control("/sandbox/v1/accounts", account).await;
    let page = desk.sends(check, &[]).await.text;
    assert!(page.contains("请把 127.0.0.1 加到"), "{page}");
}
