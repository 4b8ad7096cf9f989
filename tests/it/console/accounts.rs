//! Accounts from the console: adding one, and what is never shown again.

mod changes;

use chrono::TimeDelta;
use daogou_schema::account;
use sea_orm::EntityTrait;
use serde_json::json;

use super::at;
use crate::kit::{APPID, Backend, Desk, Phone, Sender, Server, Session, Store, TestApp, path_of};

const SECOND: &str = "wxabcdef0123456789";
const SECRET: &str = "fedcba9876543210fedcba9876543210";
const TYPED: &str = "ZYXWVUTSRQPONMLKJIHGFEDCBAzyxwvutsrqponmlkj";

/// What the first form says of the second account.
const FIRST: [(&str, &str); 4] = [
    ("kind", "service"),
    ("name", "知微女装"),
    ("appid", SECOND),
    ("secret", SECRET),
];

/// Goes through the first form; what the second one carries from it.
async fn draft(desk: &Desk) -> String {
    let page = desk.sends("/console/accounts/new", &FIRST).await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(!page.text.contains(SECRET), "the secret is in the page");
    value_of(&page.text, "draft").expect("a draft")
}

/// The value of a field.
fn value_of(page: &str, name: &str) -> Option<String> {
    let (_, behind) = page.split_once(&format!("name=\"{name}\" value=\""))?;
    behind.split('"').next().map(str::to_owned)
}

/// What stands in a field to be copied.
fn copied(page: &str, id: &str) -> Option<String> {
    let (_, behind) = page.split_once(&format!("id=\"c-{id}\" value=\""))?;
    behind.split('"').next().map(str::to_owned)
}

/// Adds the second account with what the server drew; its token and key.
async fn adds(desk: &Desk) -> Sender {
    let draft = draft(desk).await;
    let fields = [("draft", &*draft), ("mode", "secure"), ("keys", "drawn")];
    let page = desk.sends("/console/accounts", &fields).await;
    assert_eq!(page.status, 200, "{}", page.text);
    shown(&page.text)
}

fn shown(page: &str) -> Sender {
    Sender {
        appid: SECOND.into(),
        token: copied(page, "token").expect("a token"),
        aes_key: copied(page, "aes_key").expect("a key"),
    }
}

/// Tells WeChat what the console showed.
async fn tells_wechat(app: &TestApp, keys: &Sender, server: &str) {
    let account = json!({
        "appid": SECOND, "secret": SECRET, "original_id": "gh_abcdef012345", "token": keys.token,
        "encoding_aes_key": keys.aes_key, "mode": "secure", "kind": "service",
        "callback_url": format!("{server}/wechat/{SECOND}"),
    });
    app.control("/sandbox/v1/accounts", account).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_account_binds_at_once_and_on_every_node() {
    for (store, session) in [
        (Store::Sqlite, Session::Embedded),
        (Store::Postgres, Session::Redis),
        (Store::MariaDb, Session::Redis),
    ] {
        let Some(app) = TestApp::on(store, session).await else {
            continue;
        };
        let other = match session {
            Session::Redis => Some(Server::start(&app.environment(), &app.clock).await),
            Session::Embedded => None,
        };
        let desk = Desk::admin(&app, "he").await;
        let keys = adds(&desk).await;
        // The node that does not know of it takes the pushes.
        let server = other.as_ref().map_or(app.server.as_str(), |node| &node.url);
        tells_wechat(&app, &keys, server).await;
        let verify = format!("/sandbox/v1/accounts/{SECOND}/verify");
        let verified = app.control(&verify, json!({})).await;
        assert_eq!(verified["ok"], true, "{verified}");

        let here = |page: &str| format!("/console/{SECOND}{page}");
        desk.sends(&here("/stores"), &[("name", "杭州城西店")])
            .await;
        let guide = [("name", "吴桐"), ("store", "1"), ("welcome", "")];
        let added = desk.sends(&here("/guides"), &guide).await;
        assert_eq!(added.to, Some(here("/guides/1")), "{}", added.text);
        let listed = ["guide", "list", "--account", SECOND, "--json"];
        let scene = app.daogou_json(&listed)["guides"][0]["scene"].clone();
        let wang: Phone = app.person("王女士").await.at(SECOND);
        wang.scans(scene.as_str().expect("a scene")).await;
        wang.sees("吴桐").await;
        assert!(desk.opens(&here("/members")).await.text.contains("吴桐"));
        // The header tells the two apart by name.
        let page = desk.opens(&at("")).await;
        assert!(page.text.contains("知微女装") && page.text.contains(SECOND));
        let list = desk.opens("/console/accounts").await.text;
        assert!(list.contains("知微女装"), "{list}");
        assert_eq!(
            list.matches("7 天内没有").count(),
            1,
            "only the first: {list}"
        );
        if let Some(node) = other {
            node.stop().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_secret_is_shown_once_or_never() {
    let app = TestApp::start().await;
    let desk = Desk::admin(&app, "he").await;
    let keys = adds(&desk).await;
    let secrets = [SECRET, &keys.token, &keys.aes_key];
    for page in [
        "/console/accounts",
        "/console/accounts/2",
        "/console/audit",
        "/console/audit.csv",
    ] {
        let shown = desk.opens(page).await.text;
        assert!(
            shown.contains(SECOND) || shown.contains("知微女装"),
            "{page}"
        );
        for secret in secrets {
            assert!(!shown.contains(secret), "{page} tells a secret");
        }
    }
    let checked = desk.sends("/console/accounts/2/check", &[]).await;
    let rows = account::Entity::find().all(&app.database().await).await;
    let row = rows.expect("accounts").pop().expect("the second");
    let kept = [row.secret, row.token, row.aes_key.expect("a key")];
    for (secret, kept) in secrets.iter().zip(kept) {
        assert!(!checked.text.contains(secret), "the self-test tells one");
        let clear = kept
            .windows(8)
            .any(|part| secret.as_bytes().windows(8).any(|s| s == part));
        assert!(!clear, "the store holds one in clear");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_copied_wrongly_is_named_beside_its_field() {
    let app = TestApp::start().await;
    let desk = Desk::admin(&app, "he").await;
    let long = "a".repeat(500);
    for (field, value, why) in [
        ("appid", "", "请填写 AppID"),
        ("appid", "gh_0123456789ab", "原始 ID"),
        ("appid", "wx0123456789 abcdef", "不要带空格"),
        ("appid", "wx<script>alert(1)", "不要带空格"),
        ("appid", "wx\u{0}123456789abcde", "不要带空格"),
        ("appid", APPID, "已经添加过了"),
        ("secret", "short", "32 位"),
        ("secret", &long, "32 位"),
        ("name", "", "请填写名称"),
        ("name", "一\u{1}二", "不能显示"),
        ("name", &long, "最多 30 个字"),
        ("kind", "shop", "请选择服务号或小程序"),
    ] {
        let mut fields = FIRST.to_vec();
        fields.retain(|(name, _)| *name != field);
        fields.push((field, value));
        let page = desk.sends("/console/accounts/new", &fields).await;
        assert_eq!(page.status, 400, "{field} {value}");
        assert!(page.text.contains(why), "{field} {value}");
        assert!(!page.text.contains("<script>alert"), "{field} {value}");
        assert!(!page.text.contains(SECRET));
    }
    let draft = draft(&desk).await;
    for (field, value, why) in [
        ("token", "a b", "3 到 32"),
        ("token", "", "3 到 32"),
        ("aes_key", "tooshort", "43 个字母和数字"),
        (
            "aes_key",
            "+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+",
            "只有字母和数字",
        ),
        ("aes_key", "", "都需要 EncodingAESKey"),
        ("mode", "none", "请选择消息加密方式"),
        ("draft", "", "从第一步重新填写"),
        ("draft", "AAAA", "从第一步重新填写"),
    ] {
        let mut fields = vec![
            ("draft", &*draft),
            ("mode", "secure"),
            ("keys", "typed"),
            ("token", "Daogou2026"),
            ("aes_key", TYPED),
        ];
        fields.retain(|(name, _)| *name != field);
        fields.push((field, value));
        let page = desk.sends("/console/accounts", &fields).await;
        assert_eq!(page.status, 400, "{field} {value}");
        assert!(page.text.contains(why), "{field} {value}: {}", page.text);
    }
    // Nobody else's draft, and none that is old.
    let other = desk.invites(&app, "zhou", "hq_admin", "").await;
    let fields = [("draft", &*draft), ("mode", "secure"), ("keys", "drawn")];
    assert_eq!(other.sends("/console/accounts", &fields).await.status, 400);
    app.pass(TimeDelta::minutes(61));
    assert_eq!(desk.sends("/console/accounts", &fields).await.status, 400);
    assert_eq!(desk.opens("/console/accounts/2").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_administrators_add_the_same_account_once() {
    for store in [Store::Sqlite, Store::Postgres, Store::MariaDb] {
        let Some(app) = TestApp::on(store, Session::Embedded).await else {
            continue;
        };
        let he = Desk::admin(&app, "he").await;
        let zhou = he.invites(&app, "zhou", "hq_admin", "").await;
        let (hers, his) = (draft(&he).await, draft(&zhou).await);
        let fields = |draft| [("draft", draft), ("mode", "secure"), ("keys", "drawn")];
        let (hers, his) = (fields(hers.as_str()), fields(his.as_str()));
        let (one, two) = tokio::join!(
            he.sends("/console/accounts", &hers),
            zhou.sends("/console/accounts", &his)
        );
        let mut ends = [one.status.as_u16(), two.status.as_u16()];
        ends.sort_unstable();
        assert_eq!(ends, [200, 400], "{store:?}");
        let told = [one.text, two.text].concat();
        assert!(told.contains("已经添加过了"), "{store:?}");
        let list = he.opens("/console/accounts").await.text;
        let line = format!("who__line\">{SECOND}");
        assert_eq!(list.matches(&line).count(), 1, "{store:?}");
        assert_eq!(he.opens("/console/accounts/2").await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_installation_leads_into_the_wizard() {
    let mut app = TestApp::start().await;
    app.stop().await;
    let empty = app.folder().join("empty");
    std::fs::create_dir_all(&empty).expect("a folder");
    let backend = Backend::new(&empty, Store::Sqlite, Session::Embedded).await;
    app.backend = backend.expect("SQLite");
    for key in [
        "WECHAT_APPID",
        "WECHAT_APP_SECRET",
        "WECHAT_TOKEN",
        "WECHAT_ENCODING_AES_KEY",
        "WECHAT_ORIGINAL_ID",
    ] {
        app.set(key, "");
    }
    let said = super::sign_in::said_by_a_server(&app);
    app.restart().await;
    let link = path_of(said.lines().last().expect("a link"), "/console/");
    let desk = Desk::stranger(&app);
    desk.takes_up(&link, "he").await;
    let first = desk.opens("/console").await;
    assert_eq!(first.to.as_deref(), Some("/console/accounts/new"));
    let operator = desk.invites(&app, "zhou", "hq_operator", "").await;
    assert!(
        operator
            .opens("/console")
            .await
            .text
            .contains("还没有公众号")
    );
    adds(&desk).await;
    let first = desk.opens("/console").await;
    assert_eq!(first.to, Some(format!("/console/{SECOND}")));
}
