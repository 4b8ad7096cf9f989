//! Putting scripts away, and bringing them back.

use daogou_schema::{AccountId, ScriptId, Timestamp, guide, script};
use sea_orm::Set;

use super::saving::{Hand, No, note, theirs, told};
use super::{is_in_use, queries};
use crate::audit::{Act, By};
use crate::context::Context;
use crate::db::Txn;
use crate::error::Result;

/// Puts one of headquarters' scripts away: nobody finds it any more, and it can be brought back.
///
/// # Errors
/// When the store fails.
pub async fn archive(
    ctx: &Context,
    account: AccountId,
    id: ScriptId,
    by: By,
) -> Result<Result<(), No>> {
    put(ctx, account, id, Hand::Brand(by), true).await
}

/// Brings one of headquarters' scripts back.
///
/// # Errors
/// When the store fails.
pub async fn restore(
    ctx: &Context,
    account: AccountId,
    id: ScriptId,
    by: By,
) -> Result<Result<(), No>> {
    put(ctx, account, id, Hand::Brand(by), false).await
}

/// Puts one of a guide's own scripts away.
///
/// # Errors
/// When the store fails.
pub async fn archive_own(
    ctx: &Context,
    guide: &guide::Model,
    id: ScriptId,
) -> Result<Result<(), No>> {
    put(ctx, guide.account_id, id, Hand::Own(guide.id), true).await
}

async fn put(
    ctx: &Context,
    account: AccountId,
    id: ScriptId,
    hand: Hand,
    away: bool,
) -> Result<Result<(), No>> {
    let now = Timestamp::from(ctx.clock.now());
    let args = (account, id, hand, away, now);
    ctx.db
        .write(args, |txn, (account, id, hand, away, now)| {
            Box::pin(put_in(txn, (*account, *id), *hand, *away, *now))
        })
        .await
}

async fn put_in(
    txn: &Txn,
    (account, id): (AccountId, ScriptId),
    hand: Hand,
    away: bool,
    now: Timestamp,
) -> Result<Result<(), No>> {
    let Some(row) = theirs(txn, account, id, hand).await? else {
        return Ok(Err(No::Missing));
    };
    if is_in_use(&row) != away {
        return Ok(Ok(()));
    }
    let most = hand.most();
    if !away && queries::size(txn, account, hand.guide(), most).await? >= most.into() {
        return Ok(Err(No::Many(most)));
    }
    let archived_at = if away { now } else { Timestamp(0) };
    let change = script::ActiveModel {
        archived_at: Set(archived_at),
        ..Default::default()
    };
    queries::update(txn, id, change).await?;
    let (act, text) = match away {
        true => (Act::ArchiveScript, told(row)),
        false => (Act::RestoreScript, told(row)),
    };
    note(txn, now, hand, act, (account, id), (Some(text), None)).await?;
    Ok(Ok(()))
}
