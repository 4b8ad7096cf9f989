//! Moments as the store keeps them.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::DeriveValueType;
use serde::{Deserialize, Serialize};

/// Whole milliseconds since 1970-01-01 UTC.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    DeriveValueType,
)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// As a date and time; a value outside chrono's range becomes 1970.
    pub fn to_utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0).unwrap_or(DateTime::UNIX_EPOCH)
    }

    /// Whole seconds since 1970, WeChat's unit.
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(at: DateTime<Utc>) -> Self {
        Self(at.timestamp_millis())
    }
}

impl std::ops::Add<TimeDelta> for Timestamp {
    type Output = Self;

    fn add(self, by: TimeDelta) -> Self {
        Self(self.0.saturating_add(by.num_milliseconds()))
    }
}

impl std::ops::Sub<TimeDelta> for Timestamp {
    type Output = Self;

    fn sub(self, by: TimeDelta) -> Self {
        Self(self.0.saturating_sub(by.num_milliseconds()))
    }
}

impl std::ops::Sub for Timestamp {
    type Output = TimeDelta;

    fn sub(self, earlier: Self) -> TimeDelta {
        TimeDelta::milliseconds(self.0.saturating_sub(earlier.0))
    }
}
