//! The wire of the platform's pushes: the exact layout of their bodies, the envelope, the signature.
//!
//! Written from the platform's documents and from bodies captured from its servers. The project's own client has an
//! implementation of its own and neither knows the other, so that the two cannot share a mistake.

#[cfg(test)]
mod captured;
pub(crate) mod cipher;
pub(crate) mod layout;
pub(crate) mod tree;

pub(crate) use layout::{Field, Style};
