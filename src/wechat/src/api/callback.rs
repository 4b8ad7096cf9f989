//! How the platform reaches this server (WeChat: network check): for diagnosis.

use serde::Deserialize;
use serde_json::json;

use crate::client::Client;
use crate::errors::CallError;

const CHECK: &str = "/cgi-bin/callback/check";
const CALLBACK_IPS: &str = "/cgi-bin/getcallbackip";

/// What the platform saw when it tried the configured address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct CallbackCheck {
    /// What its name resolves to.
    pub dns: Vec<DnsCheck>,
    /// How it answers.
    pub ping: Vec<PingCheck>,
}

/// One address of the server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct DnsCheck {
    /// The address.
    pub ip: String,
    /// Whose network it is in.
    pub real_operator: String,
}

/// One try.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct PingCheck {
    /// The address.
    pub ip: String,
    /// From which network.
    pub from_operator: String,
    /// `0%` or `100%`.
    pub package_loss: String,
    /// `23.079ms`.
    pub time: String,
}

#[derive(Deserialize)]
struct Addresses {
    ip_list: Vec<String>,
}

impl Client {
    /// Lets the platform try the configured address.
    ///
    /// # Errors
    /// See [`CallError`]; 40201: no address is configured.
    pub async fn callback_check(&self, token: &str) -> Result<CallbackCheck, CallError> {
        self.post(
            CHECK,
            token,
            &json!({ "action": "all", "check_operator": "DEFAULT" }),
        )
        .await
    }

    /// Where pushes come from.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn callback_ips(&self, token: &str) -> Result<Vec<String>, CallError> {
        let answer: Addresses = self.get(CALLBACK_IPS, &[("access_token", token)]).await?;
        Ok(answer.ip_list)
    }
}
