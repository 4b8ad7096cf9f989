//! Who opens a page (WeChat: web page authorisation).

use std::fmt;

use reqwest::Url;
use serde::{Deserialize, Deserializer};

use crate::client::Client;
use crate::errors::CallError;

const AUTHORIZE: &str = "/connect/oauth2/authorize";
const EXCHANGE: &str = "/sns/oauth2/access_token";

/// How much a page asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// `snsapi_base`: the openid, without a question.
    Base,
    /// `snsapi_userinfo`: also name and picture, with a question.
    UserInfo,
}

/// Who opened the page.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct OAuthToken {
    /// The person within this account.
    pub openid: String,
    /// The person across accounts; only with [`Scope::UserInfo`].
    pub unionid: Option<String>,
    /// True on a snapshot page: openid and unionid are invented. Never make an account of them.
    #[serde(default, rename = "is_snapshotuser", deserialize_with = "one_is_true")]
    pub is_snapshot: bool,
    /// For the person's name and picture; not the account's token.
    pub access_token: String,
    /// Seconds.
    pub expires_in: i64,
    /// Valid for 30 days.
    pub refresh_token: Option<String>,
    /// What the person agreed to.
    pub scope: Option<String>,
}

impl fmt::Debug for OAuthToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuthToken")
            .field("is_snapshot", &self.is_snapshot)
            .field("scope", &self.scope)
            .field("expires_in", &self.expires_in)
            .finish_non_exhaustive()
    }
}

fn one_is_true<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    let value = serde_json::Value::deserialize(from)?;
    Ok(value == 1 || value == "1" || value == true)
}

impl Client {
    /// Where to send a person who is to be recognised. Some clients check the order of the parameters. `redirect` must be
    /// on the registered host, `state` at most 128 letters and digits.
    pub fn authorize_url(&self, appid: &str, redirect: &str, scope: Scope, state: &str) -> String {
        let address = format!("{}{AUTHORIZE}", self.hosts().open);
        let scope = match scope {
            Scope::Base => "snsapi_base",
            Scope::UserInfo => "snsapi_userinfo",
        };
        let query = [
            ("appid", appid),
            ("redirect_uri", redirect),
            ("response_type", "code"),
            ("scope", scope),
            ("state", state),
        ];
        match Url::parse_with_params(&address, query) {
            Ok(url) => format!("{url}#wechat_redirect"),
            // Not an address at all: the call, or the browser, will say so.
            Err(_) => address,
        }
    }

    /// Turns the code of the redirect into a person. A code works once, for five minutes; clients may load the redirect
    /// twice, so a used code (40163) is no reason for an error page.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn exchange_code(
        &self,
        appid: &str,
        secret: &str,
        code: &str,
    ) -> Result<OAuthToken, CallError> {
        let query = [
            ("appid", appid),
            ("secret", secret),
            ("code", code),
            ("grant_type", "authorization_code"),
        ];
        self.get(EXCHANGE, &query).await
    }
}
