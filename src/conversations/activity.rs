//! How lively it is: who wrote lately, and who waits without a guide. Counted so far as pages show it.

use daogou_schema::{AccountId, GuideId, Timestamp};

use super::queries;
use crate::bindings::pool::COUNTED_MAX;
use crate::context::Context;
use crate::error::Result;

/// How many members wrote since `since`, served by one of `guides` or by anybody; at most [`COUNTED_MAX`].
///
/// # Errors
/// When the store fails.
pub async fn active(
    ctx: &Context,
    account: AccountId,
    guides: Option<&[GuideId]>,
    since: Timestamp,
) -> Result<u32> {
    queries::active(ctx.db.reads(), account, guides, since, COUNTED_MAX).await
}

/// How many members without a guide wait for an answer; at most [`COUNTED_MAX`].
///
/// # Errors
/// When the store fails.
pub async fn waiting_in_pool(ctx: &Context, account: AccountId) -> Result<u32> {
    queries::waiting_in_pool(ctx.db.reads(), account, COUNTED_MAX).await
}
