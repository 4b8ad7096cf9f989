//! Privacy in the store. An erasure reaches into every table: its statements stand together, so that one can see what goes.

pub(super) mod erase;
pub(super) mod export;
pub(super) mod leaving;
pub(super) mod left;
pub(super) mod orders;
pub(super) mod phones;
pub(super) mod questions;
