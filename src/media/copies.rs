//! Our own copies of files, under DAOGOU_MEDIA_DIR, and how WeChat gets them.

use std::io::ErrorKind;

use daogou_schema::Timestamp;
use daogou_wechat::MediaKind;

use super::{LIFETIME, Lost, RENEW_BEFORE};
use crate::accounts::{self, Account};
use crate::context::Context;
use crate::error::{Error, Result};

/// Writes beside and renames: a crash leaves no half file under a name that is noted.
///
/// # Errors
/// When the disk fails.
pub async fn store(ctx: &Context, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    let path = ctx.config.media_dir.join(name);
    let part = path.with_extension("part");
    if let Some(folder) = path.parent() {
        tokio::fs::create_dir_all(folder).await?;
    }
    tokio::fs::write(&part, bytes).await?;
    tokio::fs::rename(&part, &path).await
}

/// A copy; none when there is none.
///
/// # Errors
/// When the disk fails.
pub async fn read(ctx: &Context, name: &str) -> Result<Option<Vec<u8>>> {
    match tokio::fs::read(ctx.config.media_dir.join(name)).await {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::Internal(format!(
            "{name} under DAOGOU_MEDIA_DIR cannot be read: {error}"
        ))),
    }
}

/// Removes a copy, if there is one.
///
/// # Errors
/// When it cannot be removed.
pub async fn remove(ctx: &Context, name: &str) -> Result<()> {
    match tokio::fs::remove_file(ctx.config.media_dir.join(name)).await {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::Internal(format!(
            "{name} under DAOGOU_MEDIA_DIR cannot be removed: {error}"
        ))),
        _ => Ok(()),
    }
}

/// What WeChat calls a copy for a while.
#[derive(Clone, Debug)]
pub struct Lent {
    /// Its media id.
    pub media_id: String,
    /// Until when it is used; WeChat forgets it a little later.
    pub until: Timestamp,
}

/// Uploads a copy to WeChat, which keeps it for three days.
///
/// # Errors
/// When there is no copy or WeChat does not take it.
pub async fn lend(
    ctx: &Context,
    account: &Account,
    name: &str,
    (kind, mime): (MediaKind, &str),
    now: Timestamp,
) -> Result<Lent, Lost> {
    let bytes = read(ctx, name).await.map_err(|error| {
        tracing::error!(%error, "a file cannot be had now");
        Lost::Later
    })?;
    let bytes = bytes.ok_or(Lost::Gone)?;
    // The platform judges by the ending.
    let file_name = name.rsplit('/').next().unwrap_or(name);
    let send = |token: String| {
        let bytes = bytes.clone();
        async move {
            ctx.wechat
                .upload_media(&token, kind, file_name, mime, bytes)
                .await
        }
    };
    let uploaded = accounts::call(ctx, account, send)
        .await
        .map_err(Lost::Call)?;
    Ok(Lent {
        media_id: uploaded.media_id,
        until: now + (LIFETIME - RENEW_BEFORE),
    })
}
