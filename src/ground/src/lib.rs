//! The ground: time, chance and the network. Knows nobody.
//!
//! Everything that makes a run unrepeatable enters the program here, so that a test can stand at the 49th hour, draw
//! the same numbers twice and point every call at a simulator.

mod chance;
mod clock;
mod net;

pub use chance::Chance;
pub use clock::Clock;
pub use net::{http_client, install_tls};
