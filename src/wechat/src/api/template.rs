//! Template messages (WeChat: template messages): service notices to followers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, Serializer};

use crate::client::Client;
use crate::errors::CallError;

const SEND: &str = "/cgi-bin/message/template/send";

/// A notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TemplateMessage {
    /// To whom.
    #[serde(rename = "touser")]
    pub to: String,
    /// By which template.
    pub template_id: String,
    /// Where a tap leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Where a tap leads instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub miniprogram: Option<MiniProgramLink>,
    /// The same id to the same person within ten minutes is sent once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_msg_id: Option<String>,
    /// Values by keyword (`thing1`, without `.DATA`). A value that breaks its type's rule is refused (47003), not cut.
    #[serde(serialize_with = "as_values")]
    pub data: BTreeMap<String, String>,
}

/// A page of a mini-program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MiniProgramLink {
    /// The mini-program.
    pub appid: String,
    /// Page with its query.
    #[serde(rename = "pagepath")]
    pub page_path: String,
}

#[derive(Serialize)]
struct Value<'a> {
    value: &'a str,
}

fn as_values<S: Serializer>(data: &BTreeMap<String, String>, to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(data.iter().map(|(key, value)| (key, Value { value })))
}

#[derive(Deserialize)]
struct Sent {
    msgid: i64,
}

impl Client {
    /// Sends a notice and answers its `msgid`, by which `TEMPLATESENDJOBFINISH` tells later what became of it.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn send_template(
        &self,
        token: &str,
        message: &TemplateMessage,
    ) -> Result<i64, CallError> {
        let sent: Sent = self.post(SEND, token, message).await?;
        Ok(sent.msgid)
    }
}
