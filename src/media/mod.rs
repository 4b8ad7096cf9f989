//! Media: pictures, voices and videos that people sent, kept beyond WeChat's 3 days and sent on again.

pub mod copies;
mod fetch;
mod forget;
mod queries;
mod shown;

use chrono::TimeDelta;
use daogou_schema::{AccountId, MediaId, Timestamp, media};
use daogou_wechat::{CallError, MediaKind};

use crate::accounts::Account;
use crate::context::Context;
use crate::db::Txn;
use crate::error::Result;

pub use fetch::fetch_new;
pub use forget::{forget_in, remove_copies, those};
pub use shown::{Shape, Way, read, shape};

/// A media id lives 3 days; it is renewed this long before. (WeChat: temporary media.)
const LIFETIME: TimeDelta = TimeDelta::days(3);
const RENEW_BEFORE: TimeDelta = TimeDelta::hours(1);

/// Why a file cannot be sent.
#[derive(Debug)]
pub enum Lost {
    /// WeChat refused, or could not be reached.
    Call(CallError),
    /// The file was never fetched, or is gone from the disk, for good.
    Gone,
    /// Our own store or disk does not do its part now; later it will.
    Later,
}

/// Notes a file that came with a push; a worker fetches it.
///
/// # Errors
/// When the store fails.
pub async fn keep_in(
    txn: &Txn,
    account: AccountId,
    wechat_id: &str,
    kind: MediaKind,
    now: Timestamp,
) -> Result<MediaId> {
    queries::keep(
        txn,
        account,
        wechat_id,
        kind,
        now,
        now + (LIFETIME - RENEW_BEFORE),
    )
    .await
}

/// The media id that `account` can send now without asking anybody; none when it has to be renewed first.
///
/// # Errors
/// When the store fails.
pub async fn usable_in(
    txn: &Txn,
    account: AccountId,
    id: MediaId,
    now: Timestamp,
) -> Result<Option<String>> {
    let row = queries::get(txn.conn(), id).await?;
    Ok(row
        .filter(|m| is_usable(m, account, now))
        .map(|m| m.usable_id))
}

/// The media id that `account` can send: the one WeChat gave us while it lives, a new upload of our own copy when it
/// has expired, belongs to another account, or was just refused (`refused`).
///
/// # Errors
/// When there is no copy or WeChat does not take it.
pub async fn sendable(
    ctx: &Context,
    account: &Account,
    id: MediaId,
    refused: bool,
) -> Result<String, Lost> {
    let now = Timestamp::from(ctx.clock.now());
    let found = queries::get(ctx.db.reads(), id).await;
    let found = found.map_err(|error| later(id, &error))?;
    let row = found.ok_or(Lost::Gone)?;
    if !refused && is_usable(&row, account.id, now) {
        return Ok(row.usable_id);
    }
    let row = if row.file.is_none() {
        fetch::fetch(ctx, row).await?
    } else {
        row
    };
    upload(ctx, account, &row, now).await
}

async fn upload(
    ctx: &Context,
    account: &Account,
    row: &media::Model,
    now: Timestamp,
) -> Result<String, Lost> {
    let name = row.file.as_deref().ok_or(Lost::Gone)?;
    let kind = kind_of(row).ok_or(Lost::Gone)?;
    let mime = row
        .content_type
        .as_deref()
        .unwrap_or("application/octet-stream");
    let lent = copies::lend(ctx, account, name, (kind, mime), now).await?;
    if row.account_id == account.id {
        let args = (row.id, lent.media_id.clone(), lent.until);
        let saved = ctx.db.write(args, |txn, (id, usable, until)| {
            Box::pin(queries::set_usable(txn, *id, usable, *until))
        });
        if let Err(error) = saved.await {
            tracing::warn!(media.id = row.id.0, %error, "a new media id was not kept; it will be uploaded again");
        }
    }
    Ok(lent.media_id)
}

fn later(id: MediaId, error: &dyn std::fmt::Display) -> Lost {
    tracing::error!(media.id = id.0, %error, "a file cannot be had now");
    Lost::Later
}

fn is_usable(row: &media::Model, account: AccountId, now: Timestamp) -> bool {
    row.account_id == account && row.usable_until > now
}

fn kind_of(row: &media::Model) -> Option<MediaKind> {
    [
        MediaKind::Image,
        MediaKind::Voice,
        MediaKind::Video,
        MediaKind::Thumb,
    ]
    .into_iter()
    .find(|k| k.as_str() == row.kind)
}
