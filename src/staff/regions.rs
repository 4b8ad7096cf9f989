//! The regions of dealers.

use daogou_schema::staff::Role;
use daogou_schema::{RegionId, StaffId, Timestamp};

use super::{note, queries, rules, said};
use crate::audit::{self, Act, By};
use crate::context::Context;
use crate::db::Txn;
use crate::error::Result;

/// A dealer has these regions from now on: from her next page on. Says whether there is such a dealer, and between one and
/// [`rules::REGIONS_MAX`] regions.
///
/// # Errors
/// When the store fails.
pub async fn set_regions(
    ctx: &Context,
    staff: StaffId,
    regions: Vec<RegionId>,
    by: By,
) -> Result<bool> {
    if !(1..=rules::REGIONS_MAX).contains(&regions.len()) {
        return Ok(false);
    }
    let args = (staff, regions, by, Timestamp::from(ctx.clock.now()));
    ctx.db
        .write(args, |txn, (staff, regions, by, now)| {
            Box::pin(set_in(txn, *staff, regions, *by, *now))
        })
        .await
}

async fn set_in(
    txn: &Txn,
    id: StaffId,
    regions: &[RegionId],
    by: By,
    now: Timestamp,
) -> Result<bool> {
    let found = queries::lock(txn, id).await?;
    let dealer = found.filter(|row| row.role == Role::Dealer && row.left_at.is_none());
    let Some(row) = dealer else {
        return Ok(false);
    };
    let kept = queries::kept(regions);
    queries::set_regions(txn, id, kept.as_deref()).await?;
    let told = |regions| said(&row.name, row.role, None, regions);
    let change = (told(row.regions.as_deref()), told(kept.as_deref()));
    let subject = audit::subject("staff", id);
    note(txn, now, by, Act::SetRegions, subject, change).await?;
    Ok(true)
}

/// Whether somebody who is there, or is invited, has this region.
///
/// # Errors
/// When the store fails.
pub async fn has_dealer_in(txn: &Txn, region: RegionId, now: Timestamp) -> Result<bool> {
    let has = |kept: Option<String>| rules::regions(kept.as_deref()).contains(&region);
    let kept = queries::kept_regions(txn, now).await?;
    Ok(kept.into_iter().any(has))
}
