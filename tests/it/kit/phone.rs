//! A person's phone in the simulated WeChat.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use super::TestApp;
use super::app::APPID;

/// How long a phone waits for something to appear: far more than it takes, so that a slow machine fails nothing.
const PATIENCE: Duration = Duration::from_secs(20);
const LOOK_EVERY: Duration = Duration::from_millis(15);

pub struct Phone {
    pub id: String,
    pub name: String,
    pub openid: String,
    appid: String,
    openids: Value,
    sandbox: String,
    http: reqwest::Client,
    seen: AtomicU64,
}

/// A guide with codes and a phone.
pub struct Guide {
    pub id: i64,
    pub scene: String,
    pub link_scene: String,
    pub phone: Phone,
}

impl Phone {
    pub(super) fn new(app: &TestApp, made: &Value) -> Self {
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        Self {
            id: text(&made["id"]),
            name: text(&made["name"]),
            openid: text(&made["openids"][APPID]),
            appid: APPID.to_owned(),
            openids: made["openids"].clone(),
            sandbox: app.sandbox.clone(),
            http: app.http.clone(),
            seen: AtomicU64::new(0),
        }
    }

    /// The same person in the chat with another account, which must have been there when the person was made.
    pub fn at(&self, appid: &str) -> Self {
        Self {
            id: self.id.clone(),
            name: self.name.clone(),
            openid: self.openids[appid].as_str().expect("an openid").to_owned(),
            appid: appid.to_owned(),
            openids: self.openids.clone(),
            sandbox: self.sandbox.clone(),
            http: self.http.clone(),
            seen: AtomicU64::new(0),
        }
    }

    /// Acts, and says how WeChat's push went.
    pub async fn act(&self, act: Value) -> Value {
        let mut act = act;
        act["appid"] = json!(self.appid);
        let url = format!("{}/sandbox/v1/people/{}/acts", self.sandbox, self.id);
        let answer = self
            .http
            .post(url)
            .json(&act)
            .timeout(Duration::from_secs(30))
            .send()
            .await
            .expect("an answer");
        let status = answer.status();
        let answer: Value = answer.json().await.expect("JSON");
        assert!(status.is_success(), "{} cannot {act}: {answer}", self.name);
        answer
    }

    /// Acts, and the push must have been taken.
    pub async fn does(&self, act: Value) -> Value {
        let answer = self.act(act.clone()).await;
        assert_eq!(
            answer["http_status"], 200,
            "the push of {act} went wrong: {answer}"
        );
        answer
    }

    pub async fn scans(&self, scene: &str) -> Value {
        self.does(json!({ "act": "scan", "scene": scene })).await
    }

    pub async fn says(&self, text: &str) -> Value {
        self.does(json!({ "act": "send", "msgtype": "text", "text": text }))
            .await
    }

    pub async fn sends(&self, msgtype: &str) -> Value {
        self.does(json!({ "act": "send", "msgtype": msgtype }))
            .await
    }

    pub async fn taps(&self, key: &str) -> Value {
        self.does(json!({ "act": "tap", "key": key })).await
    }

    /// Everything this phone shows.
    pub async fn chat(&self) -> Vec<Value> {
        self.items_after(0).await
    }

    async fn items_after(&self, seq: u64) -> Vec<Value> {
        let url = format!(
            "{}/sandbox/v1/people/{}/chat?appid={}&after={seq}",
            self.sandbox, self.id, self.appid
        );
        let answer: Value = self
            .http
            .get(url)
            .send()
            .await
            .expect("an answer")
            .json()
            .await
            .expect("JSON");
        answer["items"].as_array().expect("items").clone()
    }

    /// Waits for the next item from the account whose text contains `text`, passes over what came before it, and
    /// returns it.
    pub async fn sees(&self, text: &str) -> Value {
        self.waits_for(&format!("a text with {text:?}"), |item| {
            text_of(item).contains(text)
        })
        .await
    }

    /// The same for an item of another type.
    pub async fn sees_a(&self, msgtype: &str) -> Value {
        self.waits_for(&format!("a {msgtype}"), |item| item["msgtype"] == msgtype)
            .await
    }

    /// The same for the next item that is `wanted`; `what` names it.
    pub async fn waits_for(&self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let looking = async {
            let mut looks = tokio::time::interval(LOOK_EVERY);
            loop {
                looks.tick().await;
                let items = self.items_after(self.seen.load(Ordering::Relaxed)).await;
                if let Some(item) = items
                    .iter()
                    .find(|item| item["from"] != "person" && wanted(item))
                {
                    self.seen
                        .store(item["seq"].as_u64().expect("a number"), Ordering::Relaxed);
                    return item.clone();
                }
            }
        };
        match tokio::time::timeout(PATIENCE, looking).await {
            Ok(item) => item,
            Err(_) => panic!(
                "{} does not see {what}; the phone shows {:#?}",
                self.name,
                self.texts().await
            ),
        }
    }

    /// The texts from the account, in order.
    pub async fn texts(&self) -> Vec<String> {
        let items = self.chat().await;
        items
            .iter()
            .filter(|item| item["from"] != "person")
            .map(text_of)
            .collect()
    }

    /// The items from the account, in order.
    pub async fn items(&self) -> Vec<Value> {
        let items = self.chat().await;
        items
            .into_iter()
            .filter(|item| item["from"] != "person")
            .collect()
    }

    /// How many items from the account contain `text`.
    pub async fn count(&self, text: &str) -> usize {
        self.texts()
            .await
            .iter()
            .filter(|t| t.contains(text))
            .count()
    }
}

pub fn text_of(item: &Value) -> String {
    let field = |key: &str| item[key].as_str().map(str::to_owned);
    field("text")
        .or_else(|| field("content"))
        .unwrap_or_else(|| format!("[{}]", item["msgtype"].as_str().unwrap_or("?")))
}
