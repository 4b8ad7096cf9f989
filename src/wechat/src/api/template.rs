//! Template messages (WeChat: template messages): service notices to followers.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::client::Client;
use crate::errors::CallError;

const SEND: &str = "/cgi-bin/message/template/send";

/// A notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateMessage {
    /// To whom.
    pub to: String,
    /// By which template.
    pub template_id: String,
    /// Where a tap leads.
    pub url: Option<String>,
    /// Where a tap leads instead.
    pub miniprogram: Option<MiniProgramLink>,
    /// The same id to the same person within ten minutes is sent once.
    pub client_msg_id: Option<String>,
    /// Values by keyword (`thing1`, without `.DATA`). A value that breaks its type's rule is refused (47003), not cut.
    pub data: BTreeMap<String, String>,
}

/// A page of a mini-program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MiniProgramLink {
    /// The mini-program.
    pub appid: String,
    /// Page with its query.
    pub page_path: String,
}

impl TemplateMessage {
    fn to_wire(&self) -> Value {
        let data: Value = self
            .data
            .iter()
            .map(|(key, value)| (key.clone(), json!({ "value": value })))
            .collect();
        let page =
            |page: &MiniProgramLink| json!({ "appid": page.appid, "pagepath": page.page_path });
        let fields = [
            ("touser", Some(json!(self.to))),
            ("template_id", Some(json!(self.template_id))),
            ("url", self.url.as_ref().map(|url| json!(url))),
            ("miniprogram", self.miniprogram.as_ref().map(page)),
            (
                "client_msg_id",
                self.client_msg_id.as_ref().map(|id| json!(id)),
            ),
            ("data", Some(data)),
        ];
        fields
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
            .collect()
    }
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
        let sent: Sent = self.post(SEND, token, &message.to_wire()).await?;
        Ok(sent.msgid)
    }
}
