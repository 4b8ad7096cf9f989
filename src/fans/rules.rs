//! On which day something counts, and what it counts for.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use chrono::{Datelike, Days, NaiveDate};
use chrono_tz::Tz;
use daogou_schema::fan_act::{self, Kind};
use daogou_schema::{AccountId, CodeId, Timestamp};

/// What came by a code in some time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// How often it was scanned.
    pub scans: i64,
    /// How many followed.
    pub followed: i64,
    /// How many unfollowed.
    pub lost: i64,
}

impl Count {
    /// How many more follow than before.
    pub fn net(&self) -> i64 {
        self.followed - self.lost
    }
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.scans += other.scans;
        self.followed += other.followed;
        self.lost += other.lost;
    }
}

/// A code's day.
pub type Key = (AccountId, i32, CodeId);

/// What `acts` add to which days.
pub fn by_day(acts: &[fan_act::Model], zone: Tz) -> BTreeMap<Key, Count> {
    let mut days: BTreeMap<Key, Count> = BTreeMap::new();
    for act in acts {
        let day = number(day_of(act.at, zone));
        let key = (act.account_id, day, act.code_id);
        *days.entry(key).or_default() += worth(act);
    }
    days
}

fn worth(act: &fan_act::Model) -> Count {
    let scan = i64::from(act.code_id != CodeId::NONE);
    let (scans, followed, lost) = match act.kind {
        Kind::Followed => (scan, 1, 0),
        Kind::Scanned => (scan, 0, 0),
        Kind::Lost => (0, 0, 1),
        Kind::Staff => (-scan, -1, 0),
        Kind::StaffLost => (0, 0, -1),
    };
    Count {
        scans,
        followed,
        lost,
    }
}

fn day_of(at: Timestamp, zone: Tz) -> NaiveDate {
    at.to_utc().with_timezone(&zone).date_naive()
}

/// A day as the store writes it.
pub fn number(day: NaiveDate) -> i32 {
    let part = |part: u32| i32::try_from(part).unwrap_or_default();
    day.year() * 10_000 + part(day.month()) * 100 + part(day.day())
}

/// The last `count` days up to `now`, the oldest first.
pub fn last_days(now: Timestamp, zone: Tz, count: u32) -> Vec<NaiveDate> {
    let today = day_of(now, zone);
    let ago = |days: u32| today.checked_sub_days(Days::new(days.into()));
    (0..count).rev().filter_map(ago).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZONE: Tz = chrono_tz::Asia::Shanghai;
    /// 2026-11-22, one millisecond before midnight in Shanghai.
    const LATE: Timestamp = Timestamp(1_795_363_199_999);

    fn act(code: i64, kind: Kind, at: Timestamp) -> fan_act::Model {
        fan_act::Model {
            id: 1,
            account_id: AccountId(1),
            code_id: CodeId(code),
            kind,
            at,
        }
    }

    #[test]
    fn an_act_counts_for_the_day_of_the_people() {
        let next = Timestamp(LATE.0 + 1);
        let days = by_day(
            &[act(7, Kind::Followed, LATE), act(7, Kind::Followed, next)],
            ZONE,
        );
        let days: Vec<_> = days.into_keys().map(|(_, day, _)| day).collect();
        assert_eq!(days, [20_261_122, 20_261_123]);
    }

    #[test]
    fn a_follow_by_a_code_is_a_scan_and_a_guide_is_taken_out_again() {
        let sum = |acts: &[fan_act::Model]| by_day(acts, ZONE).into_values().next();
        let acts = [Kind::Followed, Kind::Scanned, Kind::Lost].map(|kind| act(7, kind, LATE));
        let (scans, followed, lost) = (2, 1, 1);
        let wanted = Count {
            scans,
            followed,
            lost,
        };
        assert_eq!(sum(&acts), Some(wanted));
        assert_eq!(wanted.net(), 0);
        let acts = [Kind::Followed, Kind::Staff].map(|kind| act(7, kind, LATE));
        assert_eq!(sum(&acts), Some(Count::default()));
        let acts = [Kind::Lost, Kind::StaffLost].map(|kind| act(7, kind, LATE));
        assert_eq!(sum(&acts), Some(Count::default()));
        // Without a code nothing was scanned.
        let found = sum(&[act(0, Kind::Followed, LATE)]);
        assert_eq!(
            found.map(|count| (count.scans, count.followed)),
            Some((0, 1))
        );
    }

    #[test]
    fn the_last_days_end_with_today() {
        let days = last_days(LATE, ZONE, 3);
        let days: Vec<_> = days.into_iter().map(number).collect();
        assert_eq!(days, [20_261_120, 20_261_121, 20_261_122]);
    }
}
