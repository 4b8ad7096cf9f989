//! Posting to the webhook as WeChat does, byte for byte.

use reqwest::StatusCode;

use super::{Push, TestApp};

/// An answer of the callback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    pub status: StatusCode,
    pub body: String,
}

/// Posts a push to its account's callback at `app`.
pub async fn push(app: &TestApp, push: &Push) -> Posted {
    push_to(&app.http, &app.callback(), push).await
}

/// Posts a push to `callback`.
pub async fn push_to(http: &reqwest::Client, callback: &str, push: &Push) -> Posted {
    post_to(http, callback, &push.query, push.body.clone()).await
}

/// Posts `body` with the query `pairs` to `callback`, with the headers of WeChat's own servers.
pub async fn post_to(
    http: &reqwest::Client,
    callback: &str,
    pairs: &[(&str, impl AsRef<str>)],
    body: impl Into<reqwest::Body>,
) -> Posted {
    let pairs: Vec<_> = pairs.iter().map(|(k, v)| (*k, v.as_ref())).collect();
    let request = http
        .post(callback)
        .query(&pairs)
        .header("User-Agent", "Mozilla/4.0")
        .header("Accept", "*/*")
        .header("Pragma", "no-cache")
        .header("Content-Type", "text/xml")
        .body(body);
    let answer = request.send().await.expect("an answer");
    Posted {
        status: answer.status(),
        body: answer.text().await.expect("a body"),
    }
}
