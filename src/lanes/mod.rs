//! Lanes: one holder at a time handles a person's pushes, or sends to her, over all nodes. A lane dies with its lease;
//! whoever takes it then gets a higher fence, and what the old holder still wants to settle is refused.

mod holders;
mod queries;

use std::sync::Arc;

use daogou_schema::Address;
use daogou_schema::lane::Way;

pub use holders::Holders;
pub use queries::{
    find_free, find_senders, forget, free_all, is_held, lock_all, release, renew, take,
    wait_for_sender,
};

/// A held lane.
#[derive(Clone, Debug)]
pub struct Hold {
    /// Whose.
    pub person: Address,
    /// Which.
    pub way: Way,
    /// Who holds it.
    pub owner: Arc<str>,
    /// The holder's number.
    pub fence: i64,
}
