//! Posting to the webhook as WeChat does, byte for byte.

use reqwest::StatusCode;

use super::TestApp;

/// A request to the callback.
pub struct Posted {
    pub status: StatusCode,
    pub body: String,
}

/// Posts `body` with the query `pairs` to the callback of `appid`.
pub async fn post(
    app: &TestApp,
    appid: &str,
    pairs: &[(&str, &str)],
    body: impl Into<reqwest::Body>,
) -> Posted {
    let request = app
        .http
        .post(format!("{}/wechat/{appid}", app.server))
        .query(pairs)
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
