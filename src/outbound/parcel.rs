//! What a message carries, and how lines are merged into one message.

use daogou_schema::{MediaId, PictureId};
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
    /// A picture of ours; it is uploaded, or uploaded again, at the time of sending when that is needed.
    Picture {
        /// Which one.
        id: PictureId,
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

impl Body {
    /// Whether it is a text, which merges with others and needs no label in front of it.
    pub(super) fn is_text(&self) -> bool {
        matches!(self, Self::Content(Content::Text { .. }))
    }
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
            .map_err(|_quotes_it| Error::Internal("a stored message cannot be read".into()))
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

/// Merges the leading texts of `parcels` into one message within WeChat's limit, the lines of one person together under
/// her name; anything else goes alone. None when there is nothing to send.
pub(super) fn merge(parcels: &[Parcel]) -> Option<Merged> {
    let first = parcels.first()?;
    if first.as_text().is_none() {
        return Some(Merged {
            body: first.body.clone(),
            count: 1,
        });
    }
    let mut lines: Vec<Line<'_>> = Vec::new();
    let mut content = String::new();
    for parcel in parcels {
        let Some(text) = parcel.as_text() else { break };
        lines.push(Line {
            who: parcel.who.as_deref(),
            text,
            leads: parcel.leads,
        });
        let longer = by_person(&lines);
        if lines.len() > 1 && longer.len() > TEXT_BYTES_MAX {
            lines.pop();
            break;
        }
        content = longer;
        if parcel.leads {
            break;
        }
    }
    Some(Merged {
        count: lines.len(),
        body: Body::Content(Content::Text { content }),
    })
}

struct Line<'a> {
    who: Option<&'a str>,
    text: &'a str,
    leads: bool,
}

/// The lines of each person together, in the order in which people began. The house's own words stay where they are,
/// and whoever's picture follows comes last.
fn by_person(lines: &[Line<'_>]) -> String {
    let mut groups: Vec<(Option<&str>, Vec<&str>)> = Vec::new();
    for line in lines {
        let after_house = groups.iter().rposition(|(who, _)| who.is_none());
        let after_house = after_house.map_or(0, |at| at + 1);
        let hers = groups
            .iter()
            .rposition(|(who, _)| *who == line.who)
            .filter(|at| *at >= after_house);
        let mut group = match hers {
            Some(at) if line.leads => groups.remove(at),
            Some(at) => {
                if let Some((_, texts)) = groups.get_mut(at) {
                    texts.push(line.text);
                }
                continue;
            }
            None => (line.who, Vec::new()),
        };
        group.1.push(line.text);
        groups.push(group);
    }
    let texts = groups.into_iter().map(|(who, texts)| {
        let text = texts.join("\n");
        match who {
            Some(who) => format!("【{who}】{text}"),
            None => text,
        }
    });
    texts.collect::<Vec<_>>().join("\n")
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
            Parcel::text("急").from("王女士 #12"),
            Parcel::text("王女士 #12 取消了关注"),
            Parcel::text("老人会用吗").from("李先生 #7"),
        ];
        let merged = merge(&parcels).unwrap();
        assert_eq!(
            text_of(&merged),
            "【王女士 #12】在吗\n防水吗\n急\n【李先生 #7】你好\n王女士 #12 取消了关注\n【李先生 #7】老人会用吗"
        );
        assert_eq!(merged.count, 6);
    }

    #[test]
    fn whose_picture_follows_is_named_last() {
        let parcels = [
            Parcel::text("在吗").from("李先生 #7"),
            Parcel::text("你好").from("王女士 #12"),
            Parcel::text("[图片]").from("李先生 #7").leading(),
        ];
        let merged = merge(&parcels).unwrap();
        assert_eq!(
            text_of(&merged),
            "【王女士 #12】你好\n【李先生 #7】在吗\n[图片]"
        );
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
