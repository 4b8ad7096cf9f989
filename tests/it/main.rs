//! The integration tests: one binary that mirrors the doors. Everything is seen from outside, through a real server on a
//! real port, a database of its own and the simulator of WeChat.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that does not find what it needs has failed"
)]

mod kit;

mod story;
mod tidy;
