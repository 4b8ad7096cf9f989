//! The 25 requests that WeChat's own servers sent to somebody in 2022, posted again byte for byte.

use daogou_schema::{account, inbound};
use sea_orm::EntityTrait;
use serde_json::Value;

use super::{STORES, assert_taken, settled, stored};
use crate::kit::wire::{Posted, post_to};
use crate::kit::{Server, Session, Store, TestApp, fixtures, with};

/// A process has one account in its environment; these follow each other on one store.
const TURNS: [(&str, &str); 3] = [
    ("plain", "appid_plain"),
    ("compatible", "appid_encrypted"),
    ("secure", "appid_encrypted"),
];

struct Captured(Value);

impl Captured {
    fn read() -> Option<Self> {
        let file = fixtures("the captured requests")?.join("captured-requests.json");
        let text = std::fs::read_to_string(file).expect("the captured requests");
        let captured = Self(serde_json::from_str(&text).expect("JSON"));
        assert_eq!(captured.0["requests"].as_array().map(Vec::len), Some(25));
        Some(captured)
    }

    fn text(&self, name: &str) -> &str {
        self.0[name].as_str().expect("a text")
    }

    /// The requests of an account in that mode.
    fn requests(&self, mode: &str) -> impl Iterator<Item = &Value> {
        let all = self.0["requests"].as_array().expect("requests");
        all.iter().filter(move |request| mode_of(request) == mode)
    }
}

fn mode_of(request: &Value) -> &'static str {
    match request["name"].as_str().expect("a name") {
        name if name.starts_with("compat_") => "compatible",
        name if name.starts_with("secure_") => "secure",
        _ => "plain",
    }
}

/// The query in the order of WeChat's servers.
fn query(request: &Value) -> Vec<(&'static str, String)> {
    let names = [
        "signature",
        "echostr",
        "timestamp",
        "nonce",
        "openid",
        "encrypt_type",
        "msg_signature",
    ];
    let given = names
        .into_iter()
        .filter_map(|name| Some((name, request[name].as_str()?)));
    given
        .map(|(name, value)| (name, value.to_owned()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn all_25_captured_requests_are_accepted_and_stored_once_on_every_database() {
    let Some(captured) = Captured::read() else {
        return;
    };
    for store in STORES {
        Box::pin(tell(store, &captured)).await;
    }
}

async fn tell(store: Store, captured: &Captured) {
    let Some(mut app) = TestApp::on(store, Session::Embedded).await else {
        return;
    };
    app.stop().await;
    let db = app.database().await;
    let mut expected = Vec::new();
    for (mode, appid) in TURNS {
        let server = serve(&app, captured, mode, appid).await;
        let callback = server.callback(captured.text(appid));
        let answers = post_all(&app, captured, mode, &callback).await;
        let again = post_all(&app, captured, mode, &callback).await;
        assert_eq!(answers, again, "{store:?}: a retry reads the same answers");
        for request in captured.requests(mode) {
            let raw = request["plaintext"].as_str().or(request["body"].as_str());
            expected.push((captured.text(appid), raw.expect("a body").to_owned()));
        }
        if mode == "compatible" {
            // The account of the first turn is still served although the environment names another.
            let plain = server.callback(captured.text("appid_plain"));
            assert_eq!(post_all(&app, captured, "plain", &plain).await.len(), 20);
        }
        settled(&db).await;
        server.stop().await;
    }
    let accounts = account::Entity::find().all(&db).await.expect("accounts");
    let appid_of = |row: &inbound::Model| {
        let account = accounts.iter().find(|a| a.id == row.account_id);
        account.expect("an account").appid.as_str()
    };
    let rows = stored(&db).await;
    let kept: Vec<_> = rows
        .iter()
        .map(|row| (appid_of(row), row.raw.clone().unwrap_or_default()))
        .collect();
    assert_eq!(kept, expected, "{store:?}");
    let unfinished = rows.iter().find(|r| r.state != inbound::State::Done);
    assert_eq!(unfinished, None, "{store:?}");
}

async fn serve(app: &TestApp, captured: &Captured, mode: &str, appid: &str) -> Server {
    let changes = [
        ("WECHAT_APPID", captured.text(appid)),
        ("WECHAT_TOKEN", captured.text("token")),
        ("WECHAT_ENCODING_AES_KEY", captured.text("encoding_aes_key")),
        ("WECHAT_MODE", mode),
        ("WECHAT_ORIGINAL_ID", ""),
    ];
    Server::start(&with(app.environment(), &changes), &app.clock).await
}

async fn post_all(app: &TestApp, captured: &Captured, mode: &str, callback: &str) -> Vec<Posted> {
    let mut answers = Vec::new();
    for request in captured.requests(mode) {
        let body = request["body"].as_str().expect("a body").to_owned();
        let posted = post_to(&app.http, callback, &query(request), body).await;
        assert_taken(&posted, request["name"].as_str().expect("a name"));
        answers.push(posted);
    }
    answers
}

#[tokio::test(flavor = "multi_thread")]
async fn the_captured_verification_is_answered_with_its_echo_in_every_mode() {
    let Some(captured) = Captured::read() else {
        return;
    };
    let mut app = TestApp::start().await;
    app.stop().await;
    for (mode, appid) in TURNS {
        let server = serve(&app, &captured, mode, appid).await;
        let url = server.callback(captured.text(appid));
        let verification = &captured.0["url_verification"];
        let ask = async |pairs: &[(&str, String)]| {
            let answer = app
                .http
                .get(&url)
                .query(pairs)
                .send()
                .await
                .expect("an answer");
            (
                answer.status().as_u16(),
                answer.text().await.expect("a body"),
            )
        };
        let echo = verification["echostr"]
            .as_str()
            .expect("an echo")
            .to_owned();
        assert_eq!(ask(&query(verification)).await, (200, echo), "{mode}");
        let mut forged = query(verification);
        forged[0].1 = "37cc4891f809493628677ae2b592e63c938c0b04".into();
        assert_eq!(ask(&forged).await, (403, "refused".into()), "{mode}");
        assert_eq!(ask(&[]).await, (403, "refused".into()), "{mode}");
        server.stop().await;
    }
}
