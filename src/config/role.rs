//! What one process of an installation does.

use clap::ValueEnum;

/// The part of the work that a process takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// Everything.
    #[default]
    All,
    /// Takes requests and handles what they bring; sends nothing by itself.
    Web,
    /// Sends, sweeps, fetches media and clears up; takes no pushes.
    Work,
}

impl Role {
    /// Whether it takes requests from outside.
    pub fn serves(self) -> bool {
        self != Self::Work
    }

    /// Whether it does what waits in the store.
    pub fn works(self) -> bool {
        self != Self::Web
    }
}
