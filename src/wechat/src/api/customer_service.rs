//! Customer-service messages (WeChat: customer-service messages): what an account says outside the answer to a push.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Nothing;
use crate::client::Client;
use crate::errors::{CallError, Class};

const SEND: &str = "/cgi-bin/message/custom/send";
const TYPING: &str = "/cgi-bin/message/custom/typing";

/// What is said. Its JSON is this program's own, fit to be stored; the platform's is written by the call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Content {
    /// Text, at most [`crate::text::TEXT_BYTES_MAX`] bytes.
    Text {
        /// The text.
        content: String,
    },
    /// A picture.
    Image {
        /// Temporary or permanent.
        media_id: String,
    },
    /// A voice message.
    Voice {
        /// Temporary or permanent.
        media_id: String,
    },
    /// A video.
    Video {
        /// Temporary or permanent.
        media_id: String,
        /// The still picture.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        thumb_media_id: Option<String>,
        /// Shown above it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        title: Option<String>,
        /// Shown under it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<String>,
    },
    /// A piece of music.
    Music {
        /// Its title.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        title: Option<String>,
        /// Shown under the title.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<String>,
        /// Where it is.
        music_url: String,
        /// Where it is in better quality.
        hq_music_url: String,
        /// Its picture.
        thumb_media_id: String,
    },
    /// One article; the platform takes no more.
    News {
        /// Its title.
        title: String,
        /// Shown under the title.
        description: String,
        /// Where it leads.
        url: String,
        /// Its picture.
        pic_url: String,
    },
    /// A question with answers to tap. A tap comes back as a text with the item's id and opens no 48-hour window.
    MsgMenu {
        /// Above the items.
        head: String,
        /// The answers.
        items: Vec<MenuItem>,
        /// Below the items.
        tail: String,
    },
    /// A mini-program card.
    MiniProgramPage {
        /// Its title.
        title: String,
        /// A mini-program that is associated with the account.
        appid: String,
        /// Page with its query.
        page_path: String,
        /// Its picture, 520×416.
        thumb_media_id: String,
    },
    /// A link card; mini-programs only.
    Link {
        /// Its title.
        title: String,
        /// Shown under the title.
        description: String,
        /// Where it leads.
        url: String,
        /// Its picture.
        thumb_url: String,
    },
    /// A published article.
    MpNewsArticle {
        /// What the publication answered.
        article_id: String,
    },
    /// A card of the old card system.
    WxCard {
        /// The card.
        card_id: String,
    },
}

/// One answer of a [`Content::MsgMenu`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MenuItem {
    /// Comes back as `bizmsgmenuid`.
    pub id: String,
    /// What the person sees, taps, and appears to have written.
    pub content: String,
}

/// What else can be said about a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SendOptions {
    /// Shows this customer-service account's name and picture.
    pub kf_account: Option<String>,
    /// Shows a grey line saying that a machine wrote it.
    pub ai_generated: bool,
}

impl Content {
    /// The platform's name for it.
    pub fn msg_type(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Image { .. } => "image",
            Self::Voice { .. } => "voice",
            Self::Video { .. } => "video",
            Self::Music { .. } => "music",
            Self::News { .. } => "news",
            Self::MsgMenu { .. } => "msgmenu",
            Self::MiniProgramPage { .. } => "miniprogrampage",
            Self::Link { .. } => "link",
            Self::MpNewsArticle { .. } => "mpnewsarticle",
            Self::WxCard { .. } => "wxcard",
        }
    }

    fn to_wire(&self) -> Value {
        match self {
            Self::Text { content } => json!({ "content": content }),
            Self::Image { media_id } | Self::Voice { media_id } => json!({ "media_id": media_id }),
            Self::Video {
                media_id,
                thumb_media_id,
                title,
                description,
            } => present(&[
                ("media_id", Some(media_id)),
                ("thumb_media_id", thumb_media_id.as_ref()),
                ("title", title.as_ref()),
                ("description", description.as_ref()),
            ]),
            Self::Music {
                title,
                description,
                music_url,
                hq_music_url,
                thumb_media_id,
            } => present(&[
                ("title", title.as_ref()),
                ("description", description.as_ref()),
                ("musicurl", Some(music_url)),
                ("hqmusicurl", Some(hq_music_url)),
                ("thumb_media_id", Some(thumb_media_id)),
            ]),
            Self::News {
                title,
                description,
                url,
                pic_url,
            } => json!({
                "articles": [{ "title": title, "description": description, "url": url, "picurl": pic_url }],
            }),
            Self::MsgMenu { head, items, tail } => {
                json!({ "head_content": head, "list": items, "tail_content": tail })
            }
            Self::MiniProgramPage {
                title,
                appid,
                page_path,
                thumb_media_id,
            } => json!({
                "title": title, "appid": appid, "pagepath": page_path, "thumb_media_id": thumb_media_id,
            }),
            Self::Link {
                title,
                description,
                url,
                thumb_url,
            } => {
                json!({ "title": title, "description": description, "url": url, "thumb_url": thumb_url })
            }
            Self::MpNewsArticle { article_id } => json!({ "article_id": article_id }),
            Self::WxCard { card_id } => json!({ "card_id": card_id }),
        }
    }
}

/// An object of the values that are there.
fn present(fields: &[(&str, Option<&String>)]) -> Value {
    fields
        .iter()
        .filter_map(|(name, value)| value.map(|value| ((*name).to_owned(), json!(value))))
        .collect()
}

impl Client {
    /// Sends a message to a person. The platform answers no id and tells nothing about delivery.
    ///
    /// # Errors
    /// See [`CallError`]. 45015 and 45047 ([`Class::Window`]): the reply window is closed or used up.
    pub async fn send_message(
        &self,
        token: &str,
        to: &str,
        content: &Content,
    ) -> Result<(), CallError> {
        self.send_message_with(token, to, content, &SendOptions::default())
            .await
    }

    /// Sends a message to a person, with more said about it.
    ///
    /// # Errors
    /// See [`Client::send_message`].
    pub async fn send_message_with(
        &self,
        token: &str,
        to: &str,
        content: &Content,
        options: &SendOptions,
    ) -> Result<(), CallError> {
        let msg_type = content.msg_type();
        let mut body = json!({ "touser": to, "msgtype": msg_type, msg_type: content.to_wire() });
        if let Some(fields) = body.as_object_mut() {
            if let Some(account) = &options.kf_account {
                fields.insert("customservice".to_owned(), json!({ "kf_account": account }));
            }
            if options.ai_generated {
                fields.insert("aimsgcontext".to_owned(), json!({ "is_ai_msg": 1 }));
            }
        }
        self.post::<Nothing>(SEND, token, &body)
            .await
            .map(|Nothing {}| ())
    }

    /// Shows or hides "the other side is typing". Shown already, or no talk in the last 30 seconds, is no error.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn typing(&self, token: &str, to: &str, on: bool) -> Result<(), CallError> {
        let body = json!({ "touser": to, "command": if on { "Typing" } else { "CancelTyping" } });
        match self.post::<Nothing>(TYPING, token, &body).await {
            Ok(Nothing {}) => Ok(()),
            Err(fault) if fault.class() == Some(Class::Ignored) => Ok(()),
            Err(fault) => Err(fault),
        }
    }
}
