//! The check of a callback address that the console does when it is entered.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::prepare::{nonce, with_query};
use crate::Inner;
use crate::wire::cipher::signature;

/// Asks the account's server to echo a number. `None`: there is no such account or it has no callback.
pub(crate) async fn verify(inner: &Arc<Inner>, appid: &str) -> Option<Value> {
    let (url, echo) = {
        let world = inner.world();
        let settings = &world.accounts.get(appid)?.settings;
        let (timestamp, nonce) = (world.now().to_string(), nonce(&world));
        let echo =
            (1_000_000_000_000_000_000 + world.chance.below(8_000_000_000_000_000_000)).to_string();
        let query = [
            (
                "signature",
                signature(&[&settings.token, &timestamp, &nonce]),
            ),
            ("timestamp", timestamp),
            ("nonce", nonce),
            ("echostr", echo.clone()),
        ];
        (with_query(settings.callback()?, &query), echo)
    };
    let asked = inner
        .http
        .get(url)
        .timeout(Duration::from_secs(5))
        .header("User-Agent", "Mozilla/4.0")
        .send()
        .await;
    let Ok(response) = asked else {
        return Some(json!({"ok": false, "http_status": null, "body_matches": false}));
    };
    let status = response.status().as_u16();
    let matches = response
        .bytes()
        .await
        .is_ok_and(|body| body == echo.as_bytes());
    Some(json!({"ok": status == 200 && matches, "http_status": status, "body_matches": matches}))
}
