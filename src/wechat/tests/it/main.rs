//! The platform's wire, tried from outside: other people's recordings, broken and hostile bodies, and a mocked platform.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that cannot go on fails its test"
)]

mod calls;
mod captured;
mod door;
mod failures;
mod fixtures;
mod hostile;
mod inbound;
mod menus;
mod platform;
mod round_trips;
mod vectors;
