//! The simulator through its own HTTP, with a small account's server on the other side.

mod acts;
mod stage;
