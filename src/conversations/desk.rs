//! The workbench: what a guide reads and writes on own pages, beside the chat of the official account. Both sides are one
//! conversation: what is written here goes the same way, and is spent from the same window.

use std::sync::Arc;

use chrono::TimeDelta;
use daogou_schema::{
    GuideId, MemberId, MessageId, PictureId, ScriptId, Timestamp, conversation, guide, guide_line,
};

use sha2::{Digest, Sha256};

use super::line::Line;
use super::say::{self, Written};
use super::{given, queries};
use crate::accounts::{Account, Visit};
use crate::bindings::pool::{self, Row, Scope};
use crate::context::Context;
use crate::db::Txn;
use crate::error::Result;
use crate::{guides, members, scripts};

/// The longest line that is taken from a page, in characters: more goes out in several messages.
pub const LINE_CHARS_MAX: usize = 2000;
/// The longest key of a page's line.
const KEY_BYTES_MAX: usize = 64;
/// For so long a line that is sent again is known: longer than a phone keeps what it could not send.
const KEYS_LIVE: TimeDelta = TimeDelta::days(7);
/// So far conversations that wait are counted.
pub const WAITING_MAX: u32 = 99;

/// What became of a line from a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// It was written, now or when it was sent the first time.
    Line(MessageId),
    /// It says what must not be said to customers: these words.
    Stopped(String),
    /// It is empty, or too long.
    Unsendable,
    /// She has never been here: there is nobody to write to.
    Nobody,
    /// The guide does not serve her, or not any more.
    NotYours,
}

/// What a guide writes from a page.
#[derive(Clone, Debug)]
pub enum Wanted<'a> {
    /// This text; by which script, if it is one.
    Text(&'a str, Option<ScriptId>),
    /// A picture of ours.
    Picture(PictureId),
}

/// Writes something of a guide's to a member. What comes again under the same `key` is written once.
///
/// # Errors
/// When the store fails.
pub async fn write(
    ctx: &Context,
    account: &Arc<Account>,
    guide: GuideId,
    member: MemberId,
    (key, wanted): (&str, Wanted<'_>),
) -> Result<Sent> {
    if key.is_empty() || key.len() > KEY_BYTES_MAX {
        return Ok(Sent::Unsendable);
    }
    let (line, script) = match wanted {
        Wanted::Text(text, script) => {
            let length = text.chars().count();
            if text.trim().is_empty() || length > LINE_CHARS_MAX {
                return Ok(Sent::Unsendable);
            }
            let text = text.trim_end().to_owned();
            (Line::Text { text }, script)
        }
        Wanted::Picture(picture) => (Line::Picture { picture }, None),
    };
    let args = Writing {
        visit: Visit::of_house(ctx, account),
        guide,
        member,
        key: key_of(key, member, &line)?,
        line,
        script,
    };
    ctx.db
        .write(args, |txn, writing| Box::pin(write_in(txn, writing)))
        .await
}

/// Stands for these words to this member: a page that was gone back to has the key of what was sent from it before.
fn key_of(key: &str, member: MemberId, line: &Line) -> Result<String> {
    let said = format!("{key}\n{member}\n{}", line.to_json()?);
    let digest = Sha256::digest(said.as_bytes());
    Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

struct Writing {
    visit: Visit,
    guide: GuideId,
    member: MemberId,
    key: String,
    line: Line,
    script: Option<ScriptId>,
}

async fn write_in(txn: &Txn, writing: &Writing) -> Result<Sent> {
    let Writing {
        visit,
        guide,
        member,
        key,
        line,
        script,
    } = writing;
    // Nobody gives her to somebody else meanwhile, and a second try of the same line waits for the first.
    given::lock_in(txn, &[*member]).await?;
    if let Some(before) = queries::line_by_key(txn, *guide, key).await? {
        return Ok(Sent::Line(before));
    }
    let Some(guide) = serving_in(txn, *guide, *member).await? else {
        return Ok(Sent::NotYours);
    };
    let id = match say::write_in(txn, visit, &guide, *member, line).await? {
        Written::Promised(id) | Written::Kept(id, _) => id,
        Written::Stopped(words) => return Ok(Sent::Stopped(words)),
        Written::Nobody => return Ok(Sent::Nobody),
    };
    // A script's picture goes with its words.
    if let Some(script) = script
        && let Some(used) = scripts::used_in(txn, *script, &guide).await?
        && let Some(picture) = used.picture_id
    {
        say::write_in(txn, visit, &guide, *member, &Line::Picture { picture }).await?;
    }
    let row = guide_line::Model {
        guide_id: guide.id,
        page_key: key.clone(),
        message_id: id,
        at: visit.now,
    };
    queries::insert_key(txn, row).await?;
    Ok(Sent::Line(id))
}

/// The guide, if she may write to a member now.
async fn serving_in(txn: &Txn, guide: GuideId, member: MemberId) -> Result<Option<guide::Model>> {
    let found = guides::get_in(txn, guide).await?;
    let Some(guide) = found.filter(|guide| guide.left_at.is_none()) else {
        return Ok(None);
    };
    let serves = super::guide_side::serves(txn, &guide, member).await?;
    Ok(serves.then_some(guide))
}

/// A member as the guide may see her: she is the guide's, or the guide stands in for hers; none otherwise.
///
/// # Errors
/// When the store fails.
pub async fn customer(
    ctx: &Context,
    guide: &guide::Model,
    member: MemberId,
) -> Result<Option<(Row, Option<conversation::Model>)>> {
    let everybody = Scope {
        account: guide.account_id,
        stores: None,
    };
    let Some(row) = pool::get(ctx, everybody, member).await? else {
        return Ok(None);
    };
    let talk = queries::of_member(ctx.db.reads(), member).await?;
    let bound = row.binding.as_ref().is_some_and(|b| b.guide_id == guide.id);
    let serves = talk.as_ref().is_some_and(|t| t.guide_id == Some(guide.id));
    Ok((bound || serves).then_some((row, talk)))
}

/// The guide has opened what a member wrote, up to `line`.
///
/// # Errors
/// When the store fails.
pub async fn seen(ctx: &Context, guide: GuideId, member: MemberId, line: MessageId) -> Result<()> {
    let noted = ctx
        .db
        .write((guide, member, line), |txn, (guide, member, line)| {
            Box::pin(async move {
                if queries::set_seen(txn, *guide, *member, *line).await? {
                    txn.shows(*guide);
                }
                Ok(())
            })
        });
    noted.await
}

/// A conversation in the list of the guide who serves it.
#[derive(Clone, Debug)]
pub struct Chat {
    /// Whose.
    pub member: MemberId,
    /// What she is called.
    pub name: Option<String>,
    /// The guide's number for her.
    pub number: Option<i32>,
    /// What she wrote last, in words; empty when it is not kept any more.
    pub text: String,
    /// When.
    pub at: Timestamp,
    /// Whether that has no answer.
    pub unanswered: bool,
    /// How much of it the guide has not opened.
    pub unread: i32,
    /// Until when the guide can write to her, and how many messages; none when that is over.
    pub window: Option<(Timestamp, i32)>,
    /// The guide stands in for somebody.
    pub stands_in: bool,
    /// The guide has starred her.
    pub starred: bool,
    /// Behind it the list goes on.
    pub place: (bool, MessageId),
}

/// The conversations that a guide serves, behind `after`: who waits first, and then who wrote last. Two questions to the
/// store.
///
/// # Errors
/// When the store fails.
pub async fn chats(
    ctx: &Context,
    guide: GuideId,
    after: Option<(bool, MessageId)>,
    count: u64,
) -> Result<Vec<Chat>> {
    let db = ctx.db.reads();
    let now = Timestamp::from(ctx.clock.now());
    let mut rows = queries::chats_of(db, guide, after, count).await?;
    // Those who wait are over: now those who have an answer.
    if let Some((true, _)) = after
        && rows.len() < usize::try_from(count).unwrap_or(usize::MAX)
    {
        let rest = Some((false, MessageId(i64::MAX)));
        rows.extend(queries::chats_of(db, guide, rest, count).await?);
    }
    let ids: Vec<_> = rows.iter().map(|row| row.last_line_id).collect();
    let mut lines = Vec::new();
    for piece in ids.chunks(64) {
        lines.extend(queries::lines_of(db, piece).await?);
    }
    let text = |id: MessageId| {
        let line = lines.iter().find(|line| line.id == id)?;
        Some(Line::read(&line.content).in_words())
    };
    let open = |until: Option<Timestamp>, left: Option<i32>| match (until, left) {
        (Some(until), Some(left)) if until > now && left > 0 => Some((until, left)),
        _ => None,
    };
    Ok(rows
        .into_iter()
        .map(|row| Chat {
            member: row.member_id,
            text: text(row.last_line_id).unwrap_or_default(),
            name: row.name,
            number: row.number,
            at: row.last_member_at.unwrap_or(Timestamp(0)),
            unanswered: row.unanswered,
            unread: row.unread.unwrap_or(0),
            window: open(row.until, row.remaining),
            stands_in: row.bound_to != Some(guide),
            starred: row.starred_at.is_some(),
            place: (row.unanswered, row.last_line_id),
        })
        .collect())
}

/// How many conversations of a guide wait for an answer, up to [`WAITING_MAX`].
///
/// # Errors
/// When the store fails.
pub async fn waiting(ctx: &Context, guide: GuideId) -> Result<u32> {
    queries::unanswered_count(ctx.db.reads(), guide, WAITING_MAX).await
}

/// What coming or going did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Duty {
    /// The guide takes customers now, and so many lines that waited for nobody else.
    On {
        /// How many.
        brought: usize,
    },
    /// The guide takes none; who stands in.
    Off {
        /// A name; none when nobody is there.
        stand_in: Option<String>,
    },
    /// Nobody can be relayed to her: her WeChat is not linked.
    Unlinked,
}

/// The guide comes on duty, or goes.
///
/// # Errors
/// When the store fails.
pub async fn set_duty(
    ctx: &Context,
    account: &Arc<Account>,
    guide: GuideId,
    on: bool,
) -> Result<Duty> {
    let args = (Visit::of_house(ctx, account), guide, on);
    ctx.db
        .write(args, |txn, (visit, guide, on)| {
            Box::pin(set_duty_in(txn, visit, *guide, *on))
        })
        .await
}

async fn set_duty_in(txn: &Txn, visit: &Visit, id: GuideId, on: bool) -> Result<Duty> {
    let Some(guide) = guides::locked_in(txn, id).await? else {
        return Ok(Duty::Unlinked);
    };
    if on && (guide.openid.is_none() || guide.left_at.is_some()) {
        return Ok(Duty::Unlinked);
    }
    guides::set_duty_in(txn, id, on).await?;
    txn.shows(id);
    if on {
        let brought = say::pass_on_waiting_in(txn, visit, &guide).await?;
        return Ok(Duty::On { brought });
    }
    let stand_in = guides::stand_in_of(txn, &guide).await?;
    Ok(Duty::Off {
        stand_in: stand_in.map(|guide| guide.name),
    })
}

/// The guide says who stands in for her; nobody in particular with none. False when it is nobody of her store.
///
/// # Errors
/// When the store fails.
pub async fn name_stand_in(
    ctx: &Context,
    guide: &guide::Model,
    stand_in: Option<GuideId>,
) -> Result<bool> {
    let args = (guide.id, stand_in);
    let named = ctx.db.write(args, |txn, (id, stand_in)| {
        Box::pin(async move {
            let Some(guide) = guides::locked_in(txn, *id).await? else {
                return Ok(false);
            };
            if let Some(other) = stand_in {
                let other = guides::get_in(txn, *other).await?;
                let fits = |other: guide::Model| {
                    other.id != guide.id
                        && other.store_id == guide.store_id
                        && other.left_at.is_none()
                };
                if !other.is_some_and(fits) {
                    return Ok(false);
                }
            }
            guides::name_stand_in_in(txn, *id, *stand_in).await?;
            Ok(true)
        })
    });
    named.await
}

/// The guide notes how a customer is called. False when it is no name.
///
/// # Errors
/// When the store fails.
pub async fn name_customer(ctx: &Context, member: MemberId, name: &str) -> Result<bool> {
    let name = name.trim().to_owned();
    if !members::is_name(&name) {
        return Ok(false);
    }
    let named = ctx.db.write((member, name), |txn, (member, name)| {
        Box::pin(members::set_name_in(txn, *member, name))
    });
    named.await?;
    Ok(true)
}

/// Forgets the keys of lines that no phone will send again.
///
/// # Errors
/// When the store fails.
pub async fn forget_old_keys(ctx: &Context) -> Result<()> {
    let before = Timestamp::from(ctx.clock.now()) - KEYS_LIVE;
    ctx.db
        .write(before, |txn, before| {
            Box::pin(async move { queries::forget_keys_before(txn, *before).await.map(drop) })
        })
        .await
}
