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
