//! What keeps the harness itself from working; never a finding about the product.

use std::fmt;

/// Why a run could not be played.
#[derive(Debug)]
pub struct Trouble(pub String);

/// A result of the harness.
pub type Result<T> = std::result::Result<T, Trouble>;

impl Trouble {
    /// With what was being done.
    pub fn at(doing: &str, error: &dyn fmt::Display) -> Self {
        Self(format!("{doing}: {error}"))
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<std::io::Error> for Trouble {
    fn from(error: std::io::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<reqwest::Error> for Trouble {
    fn from(error: reqwest::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<sea_orm::DbErr> for Trouble {
    fn from(error: sea_orm::DbErr) -> Self {
        Self(error.to_string())
    }
}
