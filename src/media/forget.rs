//! Forgetting files: first the copy on the disk, then the row, so that whoever dies in between leaves a row by which the
//! next one finds the rest.

use daogou_schema::{MediaId, media};

use super::{copies, queries};
use crate::context::Context;
use crate::db::Txn;
use crate::error::Result;

/// What a copy's name can end with; `part` is one that is being written.
const ENDINGS: [&str; 7] = ["jpg", "png", "gif", "mp3", "amr", "mp4", "part"];

/// The files with these ids.
///
/// # Errors
/// When the store fails.
pub async fn those(ctx: &Context, ids: &[MediaId]) -> Result<Vec<media::Model>> {
    queries::those(ctx.db.reads(), ids).await
}

/// Removes our copies from the disk.
///
/// # Errors
/// When one of them cannot be removed.
pub async fn remove_copies(ctx: &Context, rows: &[media::Model]) -> Result<()> {
    for row in rows {
        // One that was fetched and never noted goes too.
        for ending in ENDINGS {
            let name = format!("{}/{}.{ending}", row.account_id, row.id);
            copies::remove(ctx, &name).await?;
        }
    }
    Ok(())
}

/// Forgets files whose copies were removed and says how many; none, and nothing is done, when one of them has been fetched
/// since.
///
/// # Errors
/// When the store fails.
pub async fn forget_in(txn: &Txn, removed: &[media::Model]) -> Result<Option<u64>> {
    let ids: Vec<_> = removed.iter().map(|row| row.id).collect();
    let now = queries::locked(txn, &ids).await?;
    let same = |row: &media::Model| {
        let then = removed.iter().find(|then| then.id == row.id);
        then.is_some_and(|then| then.file == row.file)
    };
    if !now.iter().all(same) {
        return Ok(None);
    }
    queries::delete(txn, &ids).await.map(Some)
}
