//! Access tokens (WeChat: stable access token).

use std::fmt;

use reqwest::Method;
use serde::Deserialize;
use serde_json::json;

use crate::client::{Client, call, with_json};
use crate::errors::CallError;

const STABLE_TOKEN: &str = "/cgi-bin/stable_token";

/// What lets a caller in.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct AccessToken {
    /// Reserve 512 characters.
    #[serde(rename = "access_token")]
    pub token: String,
    /// Seconds; at most 7200. A repeated call answers the same token and what is left.
    pub expires_in: i64,
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken")
            .field("token", &"[hidden]")
            .field("expires_in", &self.expires_in)
            .finish()
    }
}

impl Client {
    /// Fetches the token. Without `force` it may be asked for by many at once: all get the same. `force` makes the present
    /// one invalid at once; at most 20 times a day, 30 seconds apart, and only after a leak.
    ///
    /// # Errors
    /// See [`CallError`]; a wrong secret or an address that is not on the list is the account's configuration.
    pub async fn stable_token(
        &self,
        appid: &str,
        secret: &str,
        force: bool,
    ) -> Result<AccessToken, CallError> {
        let body = json!({
            "grant_type": "client_credential", "appid": appid, "secret": secret, "force_refresh": force,
        });
        call(
            STABLE_TOKEN,
            with_json(self.request(Method::POST, STABLE_TOKEN, &[]), &body),
        )
        .await
    }
}
