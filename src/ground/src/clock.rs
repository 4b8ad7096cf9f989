//! Time: the only caller of `Utc::now`.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};

/// Where "now" comes from. Cloning shares it: the demo's server and simulator hold the same clock.
#[derive(Clone, Debug)]
pub struct Clock(Kind);

#[derive(Clone, Debug)]
enum Kind {
    /// The machine's clock plus an offset in milliseconds, so that a simulator can move it forward.
    System(Arc<AtomicI64>),
    /// Stands still until told; milliseconds since 1970.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Kind::System(Arc::new(AtomicI64::new(0))))
    }

    /// A running clock that starts at `start` (the demo's Saturday morning).
    pub fn starting_at(start: DateTime<Utc>) -> Self {
        let offset = (start - machine_now()).num_milliseconds();
        Self(Kind::System(Arc::new(AtomicI64::new(offset))))
    }

    /// A clock that stands still at `start` until [`Clock::advance`] is called.
    pub fn manual(start: DateTime<Utc>) -> Self {
        Self(Kind::Manual(Arc::new(AtomicI64::new(
            start.timestamp_millis(),
        ))))
    }

    /// The present moment, to the millisecond: what every supported database can store.
    pub fn now(&self) -> DateTime<Utc> {
        let millis = match &self.0 {
            Kind::System(offset) => {
                machine_now().timestamp_millis() + offset.load(Ordering::Relaxed)
            }
            Kind::Manual(at) => at.load(Ordering::Relaxed),
        };
        DateTime::from_timestamp_millis(millis).unwrap_or(DateTime::UNIX_EPOCH)
    }

    /// Moves the clock forward for everyone who shares it.
    pub fn advance(&self, by: TimeDelta) {
        let (Kind::System(millis) | Kind::Manual(millis)) = &self.0;
        millis.fetch_add(by.num_milliseconds(), Ordering::Relaxed);
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the machine's clock"
)]
fn machine_now() -> DateTime<Utc> {
    Utc::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_stands_still_and_is_shared_by_its_clones() {
        let start = DateTime::from_timestamp(1_786_759_500, 0).unwrap_or_default();
        let clock = Clock::manual(start);
        let other = clock.clone();
        assert_eq!(clock.now(), start);
        other.advance(TimeDelta::hours(49));
        assert_eq!(clock.now(), start + TimeDelta::hours(49));
    }

    #[test]
    fn a_running_clock_can_start_anywhere_and_be_moved() {
        let start = DateTime::from_timestamp(1_786_759_500, 0).unwrap_or_default();
        let clock = Clock::starting_at(start);
        clock.advance(TimeDelta::hours(1));
        let passed = clock.now() - start;
        assert!(
            passed >= TimeDelta::hours(1) && passed < TimeDelta::hours(1) + TimeDelta::minutes(1)
        );
    }
}
