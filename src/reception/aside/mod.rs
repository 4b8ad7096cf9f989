//! Pushes that a person has to look at: set aside because handling them failed, or unreadable.

mod queries;

use daogou_schema::{AccountId, InboundId};

use crate::context::Context;
use crate::error::Result;

pub use queries::{Listed, last_pushes, list_pushes};

/// Has pushes that were set aside handled again, all of them without `ids`; says how many they are. The next sweep of a
/// running server takes them up.
///
/// # Errors
/// When the store fails.
pub async fn retry(ctx: &Context, account: AccountId, ids: Option<Vec<InboundId>>) -> Result<u64> {
    ctx.db
        .write((account, ids), |txn, (account, ids)| {
            Box::pin(queries::put_back(txn, *account, ids.as_deref()))
        })
        .await
}
