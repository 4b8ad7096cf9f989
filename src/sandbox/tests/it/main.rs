//! The simulator through its own HTTP, with a small account's server on the other side.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that panics is a test that fails"
)]

mod acts;
mod api;
mod chats;
mod control;
mod grants;
mod harness;
mod page;
mod pushes;
mod sends;
mod stage;
mod wire;
