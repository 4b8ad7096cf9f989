//! Removing pictures that nothing uses any more: no guide, no script, no line of a conversation. First nobody finds the picture any more,
//! then its copy goes, then its row, so that whoever dies in between leaves a row by which the next one finds the rest.

use chrono::TimeDelta;
use daogou_schema::picture::Model;
use daogou_schema::{MessageId, PictureId, Timestamp};

use super::queries;
use crate::context::Context;
use crate::db::Txn;
use crate::error::Result;
use crate::guides;
use crate::media::copies;

/// How long a picture is kept that nothing uses, and a guide's photo after she left.
const UNUSED_FOR: TimeDelta = TimeDelta::days(30);
/// How many pictures are looked at in one round.
const ROUND: u64 = 50;
/// So long ago that it is looked at next; before every moment, and after those that are being removed.
const LONG_AGO: Timestamp = Timestamp(1);

/// Looks at pictures that nobody was known to use for a while, removes those that nobody uses, and says at how many it looked.
///
/// # Errors
/// When the store or the disk fails.
pub async fn forget_unused(ctx: &Context) -> Result<usize> {
    let now = Timestamp::from(ctx.clock.now());
    let idle = queries::idle(ctx.db.reads(), now - UNUSED_FOR, ROUND).await?;
    for row in &idle {
        let unused = ctx.db.write((row.id, now), |txn, (id, now)| {
            Box::pin(condemn_in(txn, *id, *now))
        });
        if unused.await? {
            remove(ctx, row).await?;
        }
    }
    Ok(idle.len())
}

/// Takes a picture out of sight, unless somebody uses it.
async fn condemn_in(txn: &Txn, id: PictureId, now: Timestamp) -> Result<bool> {
    let row = queries::locked(txn, id).await?;
    let before = now - UNUSED_FOR;
    if row.is_none_or(|row| row.used_at >= before) {
        return Ok(false);
    }
    let used = queries::is_in_lines(txn, id).await?
        || queries::is_in_scripts(txn, id).await?
        || guides::keep_photo_in(txn, id, before).await?;
    match used {
        true => queries::set_used(txn, &[id], now).await?,
        false => queries::condemn(txn, id).await?,
    }
    Ok(!used)
}

async fn remove(ctx: &Context, row: &Model) -> Result<()> {
    copies::remove(ctx, &row.file).await?;
    ctx.db
        .write(row.id, |txn, id| Box::pin(queries::delete(txn, *id)))
        .await
}

/// These lines are forgotten: what else uses their pictures is looked at in the next round.
///
/// # Errors
/// When the store fails.
pub async fn let_go_in(txn: &Txn, lines: &[MessageId]) -> Result<()> {
    let pictures = queries::take_out_of_lines(txn, lines).await?;
    if !pictures.is_empty() {
        queries::set_used(txn, &pictures, LONG_AGO).await?;
    }
    Ok(())
}
