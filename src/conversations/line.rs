//! One line of a conversation, whoever wrote it, and how it is sent on.

use daogou_schema::{MediaId, PictureId};
use daogou_wechat::text::{TEXT_BYTES_MAX, split};
use daogou_wechat::{Content, MediaKind, Message};
use minijinja::context;
use serde::{Deserialize, Serialize};

use super::shown::{harmless, without_links};
use crate::accounts::Visit;
use crate::db::Txn;
use crate::error::{Error, Result};
use crate::media;
use crate::outbound::{Body, Parcel};
use crate::texts::{Texts, media_word};

/// Room that a relayed line leaves for the name in front of it.
const LABEL_BYTES_MAX: usize = 128;

/// What was said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Line {
    /// Text.
    Text {
        /// The text.
        text: String,
    },
    /// A picture.
    Image {
        /// Its file.
        media: MediaId,
    },
    /// A picture of ours, which a guide or headquarters chose.
    Picture {
        /// Which one.
        picture: PictureId,
    },
    /// A voice message.
    Voice {
        /// Its file.
        media: MediaId,
        /// What speech recognition heard.
        heard: Option<String>,
    },
    /// A video.
    Video {
        /// Its file.
        media: MediaId,
        /// Its still picture.
        thumb: Option<MediaId>,
    },
    /// A place.
    Location {
        /// Decimal degrees.
        latitude: String,
        /// Decimal degrees.
        longitude: String,
        /// Its name; may be empty.
        label: String,
    },
    /// A shared article or page.
    Link {
        /// Its title.
        title: String,
        /// Shown under the title.
        description: String,
        /// Where it leads.
        url: String,
    },
    /// A mini-program card.
    Card {
        /// Its title.
        title: String,
        /// The mini-program.
        appid: String,
        /// Page with its query.
        page_path: String,
        /// Its picture.
        thumb: Option<MediaId>,
    },
    /// Something WeChat does not let us send on.
    Other {
        /// What it was.
        title: String,
    },
}

impl Line {
    /// Reads a message and notes its files, so that they are fetched while WeChat has them.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn hear_in(txn: &Txn, visit: &Visit, message: &Message) -> Result<Self> {
        let keep = async |media_id: &str, kind| {
            media::keep_in(txn, visit.account.id, media_id, kind, visit.now).await
        };
        let keep_some = async |media_id: &str, kind| match media_id {
            "" => Ok(None),
            id => keep(id, kind).await.map(Some),
        };
        Ok(match message {
            Message::Text { content, .. } => Self::Text {
                text: content.clone(),
            },
            Message::Image { media_id, .. } => Self::Image {
                media: keep(media_id, MediaKind::Image).await?,
            },
            Message::Voice {
                media_id,
                recognition,
                ..
            } => {
                let heard = recognition.clone().filter(|text| !text.trim().is_empty());
                Self::Voice {
                    media: keep(media_id, MediaKind::Voice).await?,
                    heard,
                }
            }
            Message::Video {
                media_id,
                thumb_media_id,
            }
            | Message::ShortVideo {
                media_id,
                thumb_media_id,
            } => Self::Video {
                media: keep(media_id, MediaKind::Video).await?,
                thumb: keep_some(thumb_media_id, MediaKind::Thumb).await?,
            },
            Message::Location {
                latitude,
                longitude,
                label,
                ..
            } => Self::Location {
                latitude: latitude.clone(),
                longitude: longitude.clone(),
                label: label.clone(),
            },
            Message::Link {
                title,
                description,
                url,
            } => Self::Link {
                title: title.clone(),
                description: description.clone(),
                url: url.clone(),
            },
            Message::MiniProgramPage {
                title,
                appid,
                page_path,
                thumb_media_id,
                ..
            } => Self::Card {
                title: title.clone(),
                appid: appid.clone(),
                page_path: page_path.clone(),
                thumb: keep_some(thumb_media_id, MediaKind::Thumb).await?,
            },
            Message::File { title, .. } => Self::Other {
                title: title.clone(),
            },
        })
    }

    /// As it is stored.
    pub(super) fn to_json(&self) -> Result<serde_json::Value> {
        serde_json::to_value(self)
            .map_err(|e| Error::Internal(format!("a line cannot be stored: {e}")))
    }

    /// What stands for a line that cannot be read.
    pub(super) fn unreadable() -> Self {
        Self::Text {
            text: "[无法显示的消息]".to_owned(),
        }
    }

    /// As it was stored.
    pub(super) fn from_json(value: &serde_json::Value) -> Result<Self> {
        Self::deserialize(value)
            .map_err(|_quotes_it| Error::Internal("a stored line cannot be read".into()))
    }

    /// The same; one that cannot be read must not hide the others.
    pub(super) fn read(value: &serde_json::Value) -> Self {
        Self::from_json(value).unwrap_or_else(|_quotes_it| Self::unreadable())
    }

    /// As messages for a guide, each saying who it is from. A file follows its label as a message of its own.
    pub(super) fn relayed(&self, texts: &Texts, who: &str) -> Result<Vec<Parcel>> {
        let bodies = self.bodies(texts, TEXT_BYTES_MAX - LABEL_BYTES_MAX, harmless)?;
        let mut parcels = Vec::new();
        for body in bodies {
            match (&body, self.label()) {
                (Body::Content(Content::Text { .. }), _) | (_, None) => {
                    parcels.push(Parcel::of(body).from(who))
                }
                (_, Some(label)) => {
                    parcels.push(Parcel::text(label).from(who).leading());
                    parcels.push(Parcel::of(body));
                }
            }
        }
        Ok(parcels)
    }

    /// As messages for a consumer, exactly as they were written.
    pub(super) fn answered(&self, texts: &Texts) -> Result<Vec<Parcel>> {
        Ok(self
            .bodies(texts, TEXT_BYTES_MAX, without_links)?
            .into_iter()
            .map(Parcel::of)
            .collect())
    }

    /// Whether it can be sent on at all.
    pub(super) fn can_be_sent_on(&self) -> bool {
        match self {
            Self::Other { .. } => false,
            Self::Text { text } => !text.trim().is_empty(),
            _ => true,
        }
    }

    /// Its picture of ours.
    pub(super) fn picture(&self) -> Option<PictureId> {
        match self {
            Self::Picture { picture } => Some(*picture),
            _ => None,
        }
    }

    fn bodies(
        &self,
        texts: &Texts,
        text_bytes_max: usize,
        made_safe: fn(&str) -> String,
    ) -> Result<Vec<Body>> {
        let text = |content: &str| -> Vec<Body> {
            let pieces = split(content, text_bytes_max);
            pieces
                .into_iter()
                .map(|content| Body::Content(Content::Text { content }))
                .collect()
        };
        Ok(match self {
            Self::Text { text: content } => text(&made_safe(content)),
            Self::Image { media } => vec![Body::Media {
                id: *media,
                kind: MediaKind::Image,
                thumb: None,
            }],
            Self::Picture { picture } => vec![Body::Picture { id: *picture }],
            Self::Voice { media, .. } => vec![Body::Media {
                id: *media,
                kind: MediaKind::Voice,
                thumb: None,
            }],
            Self::Video { media, thumb } => vec![Body::Media {
                id: *media,
                kind: MediaKind::Video,
                thumb: *thumb,
            }],
            Self::Location {
                latitude,
                longitude,
                label,
            } => {
                let label = made_safe(label);
                text(&texts.render("location", context! { latitude, longitude, label })?)
            }
            Self::Link {
                title,
                description,
                url,
            } => {
                vec![Body::Link {
                    title: title.clone(),
                    description: description.clone(),
                    url: url.clone(),
                }]
            }
            Self::Card {
                title,
                appid,
                page_path,
                thumb: Some(thumb),
            } => vec![Body::Card {
                title: title.clone(),
                appid: appid.clone(),
                page_path: page_path.clone(),
                thumb: *thumb,
            }],
            Self::Card {
                title, thumb: None, ..
            }
            | Self::Other { title } => {
                let title = made_safe(title);
                text(&texts.render("unsupported", context! { title })?)
            }
        })
    }

    /// What stands before a file or a card, so that the guide knows whose it is.
    fn label(&self) -> Option<String> {
        Some(match self {
            Self::Image { .. } | Self::Picture { .. } => media_word(MediaKind::Image).to_owned(),
            Self::Voice {
                heard: Some(heard), ..
            } => {
                let heard: String = heard.chars().take(200).collect();
                format!("{} {}", media_word(MediaKind::Voice), harmless(&heard))
            }
            Self::Voice { heard: None, .. } => media_word(MediaKind::Voice).to_owned(),
            Self::Video { .. } => media_word(MediaKind::Video).to_owned(),
            Self::Link { .. } => "[链接]".to_owned(),
            Self::Card { .. } => "[小程序]".to_owned(),
            Self::Text { .. } | Self::Location { .. } | Self::Other { .. } => return None,
        })
    }
}

/// The files of a stored line.
pub fn files_of(content: &serde_json::Value) -> Vec<MediaId> {
    let id = |key: &str| content.get(key)?.as_i64().map(MediaId);
    ["media", "thumb"].into_iter().filter_map(id).collect()
}

/// A line as the queries return it.
pub(super) struct Heard {
    pub id: daogou_schema::MessageId,
    pub line: Line,
}
