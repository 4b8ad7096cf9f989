//! Which stores somebody of the staff may see: the one place that decides it. Every page and every verb of hers asks for
//! what this answers at that moment, so that a store that goes to another region is out of her sight with the next page.

use daogou_schema::staff::{Model, Role};
use daogou_schema::{AccountId, StoreId};

use super::regions;
use crate::context::Context;
use crate::error::Result;
use crate::staff::rules;

/// The stores of an account that somebody may see; none: all of them.
///
/// # Errors
/// When the store fails.
pub async fn stores_seen_by(
    ctx: &Context,
    account: AccountId,
    staff: &Model,
) -> Result<Option<Vec<StoreId>>> {
    Ok(match staff.role {
        Role::HqAdmin | Role::HqOperator => None,
        Role::StoreManager => Some(staff.store_id.into_iter().collect()),
        Role::Dealer => {
            let roots = rules::regions(staff.regions.as_deref());
            Some(regions::stores_below(ctx, account, &roots).await?)
        }
    })
}

/// The regions of an account that somebody may choose from.
///
/// # Errors
/// When the store fails.
pub async fn regions_seen_by(
    ctx: &Context,
    account: AccountId,
    staff: &Model,
) -> Result<regions::Tree> {
    Ok(match staff.role {
        Role::HqAdmin | Role::HqOperator => regions::tree(ctx, account).await?,
        Role::StoreManager => regions::Tree::default(),
        Role::Dealer => {
            let roots = rules::regions(staff.regions.as_deref());
            regions::tree(ctx, account).await?.only(&roots)
        }
    })
}
