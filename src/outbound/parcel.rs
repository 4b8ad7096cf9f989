//! What a message carries, and how lines are merged into one message.

use daogou_schema::MediaId;
use daogou_wechat::text::TEXT_BYTES_MAX;
use daogou_wechat::{Content, MediaKind};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// What a row of `outbound` carries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parcel {
    /// Who it is from, for a line relayed to a guide: `王女士 #12`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    /// The next parcel belongs to this one (the label before a picture): both go or both wait.
    #[serde(default)]
    pub leads: bool,
    /// The content.
    pub body: Body,
}

/// The content of a parcel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// Ready to be sent.
    Content(Content),
    /// A stored file; its media id is looked up, and renewed when expired, at the time of sending.
    Media {
        /// Which file.
        id: MediaId,
        /// What kind.
        kind: MediaKind,
        /// A video's still picture.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        thumb: Option<MediaId>,
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
        thumb: MediaId,
    },
}

impl Parcel {
    /// A text of our own.
    pub fn text(content: impl Into<String>) -> Self {
        Self {
            who: None,
            leads: false,
            body: Body::Content(Content::Text {
                content: content.into(),
            }),
        }
    }

    /// Anything else.
    pub fn of(body: Body) -> Self {
        Self {
            who: None,
            leads: false,
            body,
        }
    }

    /// The same, as a line from `who`.
    pub fn from(mut self, who: &str) -> Self {
        self.who = Some(who.to_owned());
        self
    }

    /// The same, with the next parcel belonging to it.
    pub fn leading(mut self) -> Self {
        self.leads = true;
        self
    }

    /// As it is stored.
    pub(super) fn to_json(&self) -> Result<serde_json::Value> {
        serde_json::to_value(self)
            .map_err(|e| Error::Internal(format!("a message cannot be stored: {e}")))
    }

    /// As it was stored.
    pub(super) fn from_json(value: &serde_json::Value) -> Result<Self> {
        Self::deserialize(value)
            .map_err(|e| Error::Internal(format!("a stored message cannot be read: {e}")))
    }

    fn as_text(&self) -> Option<&str> {
        match &self.body {
            Body::Content(Content::Text { content }) => Some(content),
            _ => None,
        }
    }
}

/// Several parcels as one message.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Merged {
    /// The message.
    pub body: Body,
    /// How many parcels it takes, from the first.
    pub count: usize,
}

/// Merges the leading texts of `parcels` into one message within WeChat's limit, naming each person once per run of
/// her lines; anything else goes alone. None when there is nothing to send.
pub(super) fn merge(parcels: &[Parcel]) -> Option<Merged> {
    let first = parcels.first()?;
    if first.as_text().is_none() {
        return Some(Merged {
            body: first.body.clone(),
            count: 1,
        });
    }
    let mut text = String::new();
    let mut count = 0;
    let mut who: Option<&str> = None;
    for parcel in parcels {
        let Some(line) = parcel.as_text() else { break };
        let line = labelled(parcel.who.as_deref(), who, line);
        let gap = if count == 0 { "" } else { "\n" };
        if count > 0 && text.len() + gap.len() + line.len() > TEXT_BYTES_MAX {
            break;
        }
        text.push_str(gap);
        text.push_str(&line);
        who = parcel.who.as_deref();
        count += 1;
        if parcel.leads {
            break;
        }
    }
    Some(Merged {
        body: Body::Content(Content::Text { content: text }),
        count,
    })
}

fn labelled(who: Option<&str>, before: Option<&str>, line: &str) -> String {
    match who {
        Some(who) if before != Some(who) => format!("【{who}】{line}"),
        _ => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(merged: &Merged) -> &str {
        match &merged.body {
            Body::Content(Content::Text { content }) => content,
            other => panic!("not a text: {other:?}"),
        }
    }

    #[test]
    fn lines_of_one_person_are_named_once() {
        let parcels = [
            Parcel::text("在吗").from("王女士 #12"),
            Parcel::text("防水吗").from("王女士 #12"),
            Parcel::text("你好").from("李先生 #7"),
        ];
        let merged = merge(&parcels).unwrap();
        assert_eq!(
            text_of(&merged),
            "【王女士 #12】在吗\n防水吗\n【李先生 #7】你好"
        );
        assert_eq!(merged.count, 3);
    }

    #[test]
    fn a_label_is_not_merged_with_what_follows_its_picture() {
        let picture = Parcel::of(Body::Media {
            id: MediaId(1),
            kind: MediaKind::Image,
            thumb: None,
        });
        let parcels = [
            Parcel::text("[图片]").from("李先生 #7").leading(),
            picture.clone(),
            Parcel::text("好").from("李先生 #7"),
        ];
        assert_eq!(merge(&parcels).unwrap().count, 1);
        let rest = merge(&parcels[1..]).unwrap();
        assert_eq!((rest.body, rest.count), (picture.body, 1));
    }

    #[test]
    fn merging_stops_at_the_text_limit_and_loses_nothing() {
        let long = Parcel::text("长".repeat(600)).from("王女士 #12");
        let merged = merge(&[long.clone(), long]).unwrap();
        assert_eq!(merged.count, 1);
        assert!(text_of(&merged).len() <= TEXT_BYTES_MAX);
    }
}
