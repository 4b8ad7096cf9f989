//! A conversation as headquarters reads it.

use daogou_schema::message::Author;
use daogou_schema::{
    AccountId, GuideId, MediaId, MemberId, MessageId, PictureId, Timestamp, message,
};
use daogou_wechat::MediaKind;

use super::line::Line;
use super::queries;
use crate::context::Context;
use crate::error::Result;
use crate::media;
use crate::pictures;
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
    /// Its picture, voice or video.
    pub file: Option<Attached>,
}

/// How it stands with a line's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attached {
    /// It can be opened, as this.
    Here(media::Shape),
    /// WeChat has it, and it is being fetched.
    Coming,
    /// Nobody has it any more.
    Gone,
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
    let mut rows = queries::lines_before(ctx.db.reads(), account, member, before, count).await?;
    rows.reverse();
    said(ctx, &rows).await
}

/// What was said through this account after `after`, with `again` lines before it, oldest first; at most `count` new ones.
///
/// Ids do not grow in the order of commits, so a reader who has seen one line may have missed one before it: the last ones
/// come again, and whoever shows them knows them by their ids.
///
/// # Errors
/// When the store fails.
pub async fn transcript_from(
    ctx: &Context,
    account: AccountId,
    member: MemberId,
    after: MessageId,
    again: u64,
    count: u64,
) -> Result<Vec<Said>> {
    let db = ctx.db.reads();
    let next = Some(MessageId(after.0.saturating_add(1)));
    let mut rows = queries::lines_before(db, account, member, next, again).await?;
    rows.reverse();
    rows.extend(queries::lines_from(db, account, member, after, count).await?);
    said(ctx, &rows).await
}

async fn said(ctx: &Context, rows: &[message::Model]) -> Result<Vec<Said>> {
    let lines: Vec<_> = rows.iter().map(|row| Line::read(&row.content)).collect();
    let named: Vec<_> = lines.iter().filter_map(Line::file).collect();
    let files = match named.is_empty() {
        true => Vec::new(),
        false => media::those(ctx, &named).await?,
    };
    let named: Vec<_> = lines.iter().filter_map(Line::picture).collect();
    let ours = match named.is_empty() {
        true => Vec::new(),
        false => pictures::those(ctx, &named).await?,
    };
    let shown = |id: PictureId| match ours.iter().find(|row| row.id == id) {
        Some(row) => Attached::Here(pictures::shape(row.kind)),
        None => Attached::Gone,
    };
    let now = Timestamp::from(ctx.clock.now());
    let attached = |id: MediaId| match files.iter().find(|file| file.id == id) {
        None => Attached::Gone,
        Some(file) => match media::shape(file) {
            Some(shape) => Attached::Here(shape),
            None if file.given_up || file.usable_until <= now => Attached::Gone,
            None => Attached::Coming,
        },
    };
    let said = rows.iter().zip(&lines).map(|(row, line)| Said {
        id: row.id,
        at: row.at,
        author: row.author,
        guide: row.guide_id,
        text: line.in_words(),
        file: line.file().map(attached).or(line.picture().map(shown)),
    });
    Ok(said.collect())
}

/// The file of a line of hers: what it is, and its content; none when it is not hers, has none, or none is left.
///
/// # Errors
/// When the store or the disk fails.
pub async fn file_of(
    ctx: &Context,
    account: AccountId,
    member: MemberId,
    line: MessageId,
) -> Result<Option<(media::Shape, Vec<u8>)>> {
    let row: Option<message::Model> = queries::line(ctx.db.reads(), account, member, line).await?;
    let Some(line) = row.map(|row| Line::read(&row.content)) else {
        return Ok(None);
    };
    if let Some(id) = line.picture() {
        return pictures::content(ctx, account, id).await;
    }
    let Some(id) = line.file() else {
        return Ok(None);
    };
    let Some(row) = media::those(ctx, &[id]).await?.pop() else {
        return Ok(None);
    };
    let bytes = media::read(ctx, &row).await?;
    Ok(media::shape(&row).zip(bytes))
}

/// Who serves her conversation now, and whether she waits for an answer; none when she has none.
///
/// # Errors
/// When the store fails.
pub async fn served_by(ctx: &Context, member: MemberId) -> Result<Option<(Option<GuideId>, bool)>> {
    let found = queries::of_member(ctx.db.reads(), member).await?;
    Ok(found.map(|talk| (talk.guide_id, talk.unanswered)))
}

/// What a stored line says in letters: text, what was heard of a voice, titles; empty where there are none.
pub fn spoken(content: &serde_json::Value) -> String {
    Line::read(content).spoken()
}

/// What these lines say, in words.
///
/// # Errors
/// When the store fails.
pub async fn texts_of(ctx: &Context, lines: &[MessageId]) -> Result<Vec<(MessageId, String)>> {
    let rows = queries::lines_of(ctx.db.reads(), lines).await?;
    let text = |row: &message::Model| (row.id, Line::read(&row.content).in_words());
    Ok(rows.iter().map(text).collect())
}

/// The line that many lines of hers after one: what stands before it shows that one with what followed.
///
/// # Errors
/// When the store fails.
pub async fn beyond(
    ctx: &Context,
    member: MemberId,
    line: MessageId,
    many: u64,
) -> Result<MessageId> {
    let after = queries::lines_after(ctx.db.reads(), member, line, many).await?;
    Ok(MessageId(after.last().unwrap_or(&line).0 + 1))
}

impl Line {
    /// What it says in letters.
    pub(super) fn spoken(&self) -> String {
        match self {
            Self::Text { text } => text.clone(),
            Self::Voice { heard, .. } => heard.clone().unwrap_or_default(),
            Self::Image { .. } | Self::Picture { .. } | Self::Video { .. } => String::new(),
            Self::Location { label, .. } => label.clone(),
            Self::Link {
                title, description, ..
            } => format!("{title} {description}"),
            Self::Card { title, .. } | Self::Other { title } => title.clone(),
        }
    }

    /// Its picture, voice or video.
    fn file(&self) -> Option<MediaId> {
        match self {
            Self::Image { media } | Self::Voice { media, .. } | Self::Video { media, .. } => {
                Some(*media)
            }
            _ => None,
        }
    }

    pub(super) fn in_words(&self) -> String {
        match self {
            Self::Text { text } => text.clone(),
            Self::Image { .. } | Self::Picture { .. } => media_word(MediaKind::Image).into(),
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
