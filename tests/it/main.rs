//! The integration tests: one binary that mirrors the doors. Everything is seen from outside, through a real server on a
//! real port, a database of its own and the simulator of WeChat.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that does not find what it needs has failed"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "tests learn from their environment where the servers are"
)]

mod kit;

mod attacks;
mod backup;
mod binding;
mod commands;
mod console;
mod crash;
mod crowd;
mod doctor;
mod metrics;
mod nodes;
mod page;
mod pictures;
mod plans;
mod privacy;
mod relay;
mod retention;
mod stopping;
mod story;
mod tidy;
mod webhook;
mod wechatpy;
mod windows;
mod words;
mod workbench;
