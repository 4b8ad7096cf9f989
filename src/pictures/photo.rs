//! A guide's photo: seen on the console, on posters and by customers. Once she has left it is taken off some weeks later.

use daogou_schema::{GuideId, PictureId, Timestamp, guide};
use serde_json::json;

use super::keep;
use super::rules::No;
use crate::accounts::Account;
use crate::audit::{self, Act, By, Entry};
use crate::context::Context;
use crate::db::Txn;
use crate::error::{Error, Result};
use crate::guides;

/// Sets a guide's photo, or why it is not taken. `by` is none when she does it herself.
///
/// # Errors
/// When the guide is not the account's or has left, or the store or the disk fails.
pub async fn set(
    ctx: &Context,
    account: &Account,
    guide: GuideId,
    bytes: &[u8],
    by: Option<By>,
) -> Result<Result<PictureId, No>> {
    let picture = match keep(ctx, account.id, bytes).await? {
        Ok(picture) => picture,
        Err(no) => return Ok(Err(no)),
    };
    put(ctx, account, guide, Some(picture), by).await?;
    Ok(Ok(picture))
}

/// Takes a guide's photo off. `by` is none when she does it herself.
///
/// # Errors
/// When the guide is not the account's or has left, or the store fails.
pub async fn take_off(
    ctx: &Context,
    account: &Account,
    guide: GuideId,
    by: Option<By>,
) -> Result<()> {
    put(ctx, account, guide, None, by).await
}

async fn put(
    ctx: &Context,
    account: &Account,
    guide: GuideId,
    picture: Option<PictureId>,
    by: Option<By>,
) -> Result<()> {
    let now = Timestamp::from(ctx.clock.now());
    let args = (account.id, guide, picture, by, now);
    ctx.db
        .write(args, |txn, (account, id, picture, by, now)| {
            Box::pin(async move {
                let here = |row: &guide::Model| row.account_id == *account && row.left_at.is_none();
                let before = guides::locked_in(txn, *id).await?.filter(here);
                let before = before.ok_or_else(|| Error::NotFound("没有这位导购".to_owned()))?;
                guides::set_photo_in(txn, *id, *picture).await?;
                match by {
                    Some(by) => note(txn, *now, *by, &before, *picture).await,
                    None => Ok(()),
                }
            })
        })
        .await
}

async fn note(
    txn: &Txn,
    now: Timestamp,
    by: By,
    before: &guide::Model,
    picture: Option<PictureId>,
) -> Result<()> {
    let told = |photo: Option<PictureId>| Some(json!({ "photo": photo }));
    let entry = Entry {
        by,
        account: Some(before.account_id),
        act: Act::ChangeGuide,
        subject: audit::subject("guide", before.id),
        before: told(before.photo_id),
        after: told(picture),
    };
    audit::note_in(txn, now, entry).await
}
