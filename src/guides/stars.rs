//! How a guide knows own customers: by a number, and some by a star.

use daogou_schema::{GuideId, MemberId, Timestamp};

use super::{give_number_in, queries};
use crate::context::Context;
use crate::error::Result;

/// So many customers with a star are shown.
const STARRED_MAX: u64 = 200;

/// The numbers by which a guide calls these members, and whom of them she has starred.
///
/// # Errors
/// When the store fails.
pub async fn numbers_of(
    ctx: &Context,
    guide: GuideId,
    members: &[MemberId],
) -> Result<Vec<(MemberId, i32, bool)>> {
    let found = queries::numbers_among(ctx.db.reads(), guide, members).await?;
    let known = found
        .iter()
        .map(|row| (row.member_id, row.number, row.starred_at.is_some()));
    Ok(known.collect())
}

/// Whom a guide calls by this number.
///
/// # Errors
/// When the store fails.
pub async fn member_of_number(
    ctx: &Context,
    guide: GuideId,
    number: i32,
) -> Result<Option<MemberId>> {
    queries::member_of_number(ctx.db.reads(), guide, number).await
}

/// Whom a guide has starred, who was starred last first. They may be a colleague's by now.
///
/// # Errors
/// When the store fails.
pub async fn starred_by(ctx: &Context, guide: GuideId) -> Result<Vec<MemberId>> {
    queries::starred(ctx.db.reads(), guide, STARRED_MAX).await
}

/// Puts a guide's star on a customer, or takes it off.
///
/// # Errors
/// When the store fails.
pub async fn set_star(ctx: &Context, guide: GuideId, member: MemberId, on: bool) -> Result<()> {
    let now = Timestamp::from(ctx.clock.now());
    let args = (guide, member, on, now);
    let done = ctx.db.write(args, |txn, (guide, member, on, now)| {
        Box::pin(async move {
            let number = give_number_in(txn, *guide, *member, *now).await?;
            queries::set_star(txn, *guide, number, on.then_some(*now)).await
        })
    });
    done.await
}
