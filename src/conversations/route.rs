//! Who serves a member now: her guide, a stand-in, or nobody yet.

use daogou_schema::{MemberId, guide};

use crate::bindings;
use crate::db::Txn;
use crate::error::Result;
use crate::guides;

/// Where a line goes.
pub(super) enum Route {
    /// To her guide.
    Own(Box<guide::Model>),
    /// To a stand-in, because her guide cannot be reached.
    StandIn {
        guide: Box<guide::Model>,
        own: Box<guide::Model>,
    },
    /// Into the brand's pool.
    Pool { own: Option<Box<guide::Model>> },
}

impl Route {
    pub(super) fn guide(&self) -> Option<&guide::Model> {
        match self {
            Self::Own(guide) | Self::StandIn { guide, .. } => Some(guide),
            Self::Pool { .. } => None,
        }
    }
}

/// Decides where a member's next line goes.
pub(super) async fn route_in(txn: &Txn, member: MemberId) -> Result<Route> {
    let Some(own) = bindings::guide_of_in(txn, member).await?.map(Box::new) else {
        return Ok(Route::Pool { own: None });
    };
    if guides::is_available(&own) {
        return Ok(Route::Own(own));
    }
    Ok(match guides::stand_in_of(txn, &own).await? {
        Some(guide) => Route::StandIn {
            guide: Box::new(guide),
            own,
        },
        None => Route::Pool { own: Some(own) },
    })
}
