//! A conversation as headquarters reads it.

use daogou_schema::message::Author;
use daogou_schema::{AccountId, GuideId, MemberId, MessageId, Timestamp};

use super::line::Line;
use super::queries;
use crate::context::Context;
use crate::error::Result;
use crate::texts::media_word;

/// One line of it.
#[derive(Clone, Debug)]
pub struct Said {
    /// Its id.
    pub id: MessageId,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub author: Author,
    /// The guide who wrote it, or to whom it was relayed.
    pub guide: Option<GuideId>,
    /// What, in words.
    pub text: String,
}

/// The newest `count` lines before `before` through this account, oldest first.
///
/// # Errors
/// When the store fails.
pub async fn transcript(
    ctx: &Context,
    account: AccountId,
    member: MemberId,
    before: Option<MessageId>,
    count: u64,
) -> Result<Vec<Said>> {
    let rows = queries::lines_before(ctx.db.reads(), account, member, before, count).await?;
    let said = rows.into_iter().rev().map(|row| Said {
        id: row.id,
        at: row.at,
        author: row.author,
        guide: row.guide_id,
        // One line that cannot be read must not hide the others.
        text: Line::from_json(&row.content)
            .unwrap_or_else(|_unreadable| Line::unreadable())
            .in_words(),
    });
    Ok(said.collect())
}

impl Line {
    fn in_words(&self) -> String {
        use daogou_wechat::MediaKind;
        match self {
            Self::Text { text } => text.clone(),
            Self::Image { .. } => media_word(MediaKind::Image).into(),
            Self::Voice {
                heard: Some(heard), ..
            } => format!("{} {heard}", media_word(MediaKind::Voice)),
            Self::Voice { heard: None, .. } => media_word(MediaKind::Voice).into(),
            Self::Video { .. } => media_word(MediaKind::Video).into(),
            Self::Location { label, .. } => format!("[位置] {label}"),
            Self::Link { title, url, .. } => format!("[链接] {title} {url}"),
            Self::Card { title, .. } => format!("[小程序] {title}"),
            Self::Other { title } => format!("[文件] {title}"),
        }
    }
}
