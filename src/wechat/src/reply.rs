//! Passive replies: what may be said in the answer to a push, within the platform's limits.

use crate::text::{TEXT_BYTES_MAX, cdata, strip_forbidden};

/// The most articles in one reply. In answer to a person's message the platform shows only the first; all of them in
/// answer to an event (WeChat: passive replies, since 2018-10-12).
pub const NEWS_ARTICLES_MAX: usize = 8;

/// A reply. Nothing else can be said passively: cards, menus and mini-program pages need a customer-service message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// Text; links as `<a href="…">`.
    Text {
        /// 1 to [`TEXT_BYTES_MAX`] bytes.
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
    /// A video that the platform has finished processing.
    Video {
        /// Temporary or permanent.
        media_id: String,
        /// Shown above it.
        title: Option<String>,
        /// Shown under it.
        description: Option<String>,
    },
    /// A piece of music.
    Music {
        /// Its title.
        title: Option<String>,
        /// Shown under the title.
        description: Option<String>,
        /// Where it is.
        music_url: Option<String>,
        /// Where it is in better quality, used on Wi-Fi.
        hq_music_url: Option<String>,
        /// Its picture.
        thumb_media_id: String,
    },
    /// Articles.
    News {
        /// 1 to [`NEWS_ARTICLES_MAX`].
        articles: Vec<Article>,
    },
    /// Hands the chat to WeChat's own customer service.
    TransferCustomerService {
        /// To this account; to whoever is free otherwise.
        kf_account: Option<String>,
    },
}

/// One article of a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Article {
    /// Its title.
    pub title: String,
    /// Shown under the title when it is the only one.
    pub description: String,
    /// Its picture, 360×200 the first and 200×200 the others.
    pub pic_url: String,
    /// Where it leads.
    pub url: String,
}

/// A reply that the platform would not show; the person would see a failure line instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplyFault {
    /// Nothing to say.
    #[error("the reply has no {0}")]
    Empty(&'static str),
    /// More than a text message takes.
    #[error("the text has {0} bytes, more than {TEXT_BYTES_MAX}")]
    TextTooLong(usize),
    /// More than a reply takes.
    #[error("the reply has {0} articles, more than {NEWS_ARTICLES_MAX}")]
    TooManyArticles(usize),
}

impl Reply {
    /// Writes the reply: `to` is the person's openid, `from` the account's original id (the push's two, swapped),
    /// `created_at` unix seconds. Characters that XML forbids are left out.
    ///
    /// # Errors
    /// When the reply breaks a limit.
    pub fn to_xml(&self, to: &str, from: &str, created_at: i64) -> Result<String, ReplyFault> {
        let content = self.content()?;
        Ok(format!(
            "<xml><ToUserName>{}</ToUserName><FromUserName>{}</FromUserName><CreateTime>{created_at}</CreateTime>\
             <MsgType><![CDATA[{}]]></MsgType>{content}</xml>",
            cdata(to),
            cdata(from),
            self.msg_type(),
        ))
    }

    fn msg_type(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Image { .. } => "image",
            Self::Voice { .. } => "voice",
            Self::Video { .. } => "video",
            Self::Music { .. } => "music",
            Self::News { .. } => "news",
            Self::TransferCustomerService { .. } => "transfer_customer_service",
        }
    }

    fn content(&self) -> Result<String, ReplyFault> {
        match self {
            Self::Text { content } => text(content),
            Self::Image { media_id } => Ok(format!("<Image>{}</Image>", media(media_id)?)),
            Self::Voice { media_id } => Ok(format!("<Voice>{}</Voice>", media(media_id)?)),
            Self::Video {
                media_id,
                title,
                description,
            } => Ok(format!(
                "<Video>{}{}{}</Video>",
                media(media_id)?,
                optional("Title", title.as_deref()),
                optional("Description", description.as_deref()),
            )),
            Self::Music {
                title,
                description,
                music_url,
                hq_music_url,
                thumb_media_id,
            } => Ok(format!(
                "<Music>{}{}{}{}{}</Music>",
                optional("Title", title.as_deref()),
                optional("Description", description.as_deref()),
                optional("MusicUrl", music_url.as_deref()),
                optional("HQMusicUrl", hq_music_url.as_deref()),
                element("ThumbMediaId", required(thumb_media_id, "thumb_media_id")?),
            )),
            Self::News { articles } => news(articles),
            Self::TransferCustomerService { kf_account } => Ok(kf_account
                .as_deref()
                .map(|account| format!("<TransInfo>{}</TransInfo>", element("KfAccount", account)))
                .unwrap_or_default()),
        }
    }
}

fn text(content: &str) -> Result<String, ReplyFault> {
    let content = strip_forbidden(content);
    required(&content, "text")?;
    if content.len() > TEXT_BYTES_MAX {
        return Err(ReplyFault::TextTooLong(content.len()));
    }
    Ok(element("Content", &content))
}

fn news(articles: &[Article]) -> Result<String, ReplyFault> {
    if articles.is_empty() {
        return Err(ReplyFault::Empty("article"));
    }
    if articles.len() > NEWS_ARTICLES_MAX {
        return Err(ReplyFault::TooManyArticles(articles.len()));
    }
    let items: String = articles
        .iter()
        .map(|article| {
            format!(
                "<item>{}{}{}{}</item>",
                element("Title", &article.title),
                element("Description", &article.description),
                element("PicUrl", &article.pic_url),
                element("Url", &article.url),
            )
        })
        .collect();
    Ok(format!(
        "<ArticleCount>{}</ArticleCount><Articles>{items}</Articles>",
        articles.len()
    ))
}

fn media(media_id: &str) -> Result<String, ReplyFault> {
    Ok(element("MediaId", required(media_id, "media_id")?))
}

fn required<'a>(value: &'a str, name: &'static str) -> Result<&'a str, ReplyFault> {
    if value.trim().is_empty() {
        Err(ReplyFault::Empty(name))
    } else {
        Ok(value)
    }
}

fn optional(name: &str, value: Option<&str>) -> String {
    value.map(|value| element(name, value)).unwrap_or_default()
}

fn element(name: &str, value: &str) -> String {
    format!("<{name}>{}</{name}>", cdata(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Node;

    fn read(reply: &Reply) -> Node {
        Node::from_xml(
            &reply
                .to_xml("oPerson", "gh_account", 1_700_000_000)
                .unwrap(),
        )
        .unwrap()
    }

    fn text(content: &str) -> Reply {
        Reply::Text {
            content: content.to_owned(),
        }
    }

    #[test]
    fn a_text_reply_is_written_as_the_platform_documents_it() {
        assert_eq!(
            text("你好")
                .to_xml("oPerson", "gh_account", 1_700_000_000)
                .unwrap(),
            "<xml><ToUserName><![CDATA[oPerson]]></ToUserName><FromUserName><![CDATA[gh_account]]></FromUserName>\
             <CreateTime>1700000000</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[你好]]></Content></xml>"
        );
    }

    #[test]
    fn what_a_person_wrote_cannot_break_out_of_its_section() {
        let node = read(&text("a]]></Content><b>\u{2}&<c>"));
        assert_eq!(node.verbatim("Content"), Some("a]]></Content><b>&<c>"));
        assert_eq!(node.children().count(), 5);
    }

    #[test]
    fn a_text_has_1_to_2048_bytes() {
        for empty in ["", " \n", "\u{2}"] {
            assert_eq!(
                text(empty).to_xml("o", "g", 1),
                Err(ReplyFault::Empty("text"))
            );
        }
        assert!(text(&"x".repeat(2048)).to_xml("o", "g", 1).is_ok());
        assert_eq!(
            text(&"导".repeat(683)).to_xml("o", "g", 1),
            Err(ReplyFault::TextTooLong(2049))
        );
    }

    #[test]
    fn media_replies_name_their_media_and_leave_out_what_is_not_there() {
        let media_id = || "M1".to_owned();
        let image = read(&Reply::Image {
            media_id: media_id(),
        });
        assert_eq!(
            image
                .child("Image")
                .and_then(|image| image.text_of("MediaId")),
            Some("M1")
        );
        let voice = read(&Reply::Voice {
            media_id: media_id(),
        });
        assert_eq!(
            voice
                .child("Voice")
                .and_then(|voice| voice.text_of("MediaId")),
            Some("M1")
        );
        let video = read(&Reply::Video {
            media_id: media_id(),
            title: Some("t".to_owned()),
            description: None,
        });
        let video = video.child("Video").unwrap();
        assert_eq!(
            (video.text_of("Title"), video.child("Description")),
            (Some("t"), None)
        );
        let music = read(&Reply::Music {
            title: None,
            description: None,
            music_url: Some("u".to_owned()),
            hq_music_url: None,
            thumb_media_id: media_id(),
        });
        let music = music.child("Music").unwrap();
        assert_eq!(
            (music.text_of("MusicUrl"), music.text_of("ThumbMediaId")),
            (Some("u"), Some("M1"))
        );
        assert_eq!(
            Reply::Image {
                media_id: String::new()
            }
            .to_xml("o", "g", 1),
            Err(ReplyFault::Empty("media_id"))
        );
    }

    #[test]
    fn news_has_1_to_8_articles() {
        let news = |count: usize| Reply::News {
            articles: (0..count)
                .map(|at| Article {
                    title: at.to_string(),
                    description: String::new(),
                    pic_url: "p".to_owned(),
                    url: "u".to_owned(),
                })
                .collect(),
        };
        let node = read(&news(8));
        assert_eq!(node.number_of("ArticleCount"), Some(8));
        assert_eq!(node.child("Articles").unwrap().all("item").count(), 8);
        assert_eq!(
            news(0).to_xml("o", "g", 1),
            Err(ReplyFault::Empty("article"))
        );
        assert_eq!(
            news(9).to_xml("o", "g", 1),
            Err(ReplyFault::TooManyArticles(9))
        );
    }

    #[test]
    fn a_transfer_names_an_account_or_nobody() {
        let to = |kf_account: Option<&str>| {
            read(&Reply::TransferCustomerService {
                kf_account: kf_account.map(str::to_owned),
            })
        };
        assert_eq!(
            to(None).text_of("MsgType"),
            Some("transfer_customer_service")
        );
        assert!(to(None).child("TransInfo").is_none());
        assert_eq!(
            to(Some("a@b"))
                .child("TransInfo")
                .and_then(|info| info.text_of("KfAccount")),
            Some("a@b")
        );
    }
}
