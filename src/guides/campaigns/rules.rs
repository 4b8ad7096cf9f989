//! Pure decisions about campaigns: when one runs, when its code is renewed, and who takes part.

use chrono::TimeDelta;
use daogou_schema::{GuideId, StoreId, Timestamp, campaign, guide};

/// How long a code stays behind the end: whoever scans a poster late is answered, not WeChat's error.
const STAYS: TimeDelta = TimeDelta::days(7);
/// How long two pictures of one code live side by side: so much time there is to put up the new one.
const OVERLAP: TimeDelta = TimeDelta::days(7);

/// Where a campaign stands at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It has not begun.
    Early,
    /// It runs.
    Running,
    /// It is over.
    Over,
}

/// Where a campaign stands.
pub fn phase(campaign: &campaign::Model, now: Timestamp) -> Phase {
    match now {
        now if now < campaign.starts_at => Phase::Early,
        now if now < campaign.ends_at => Phase::Running,
        _ => Phase::Over,
    }
}

/// When the code that goes out at `expires_at` has to be followed by another one; none when it lives long enough.
pub fn renew_at(ends_at: Timestamp, expires_at: Option<Timestamp>) -> Option<Timestamp> {
    let expires_at = expires_at?;
    (expires_at < ends_at + STAYS).then(|| expires_at - OVERLAP)
}

/// Who takes those whom a campaign brings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Takers {
    /// Guides of these stores.
    pub stores: Vec<StoreId>,
    /// And these.
    pub guides: Vec<GuideId>,
}

impl Takers {
    /// Those of a campaign.
    pub fn of(campaign: &campaign::Model) -> Self {
        Self {
            stores: numbers(campaign.stores.as_deref()).map(StoreId).collect(),
            guides: numbers(campaign.guides.as_deref()).map(GuideId).collect(),
        }
    }

    /// Whether a guide is one of them.
    pub fn include(&self, guide: &guide::Model) -> bool {
        self.guides.contains(&guide.id) || self.stores.contains(&guide.store_id)
    }

    /// How many are named.
    pub fn len(&self) -> usize {
        self.stores.len() + self.guides.len()
    }
}

fn numbers(written: Option<&str>) -> impl Iterator<Item = i64> {
    let written = written.unwrap_or_default().split(',');
    written.filter_map(|number| number.parse().ok())
}

/// Ids as the store keeps them.
pub fn written<T: ToString>(ids: &[T]) -> Option<String> {
    let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
    (!ids.is_empty()).then(|| ids.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400_000;

    #[test]
    fn a_code_is_renewed_while_it_would_go_out_too_early() {
        let at = |days: i64| Timestamp(days * DAY);
        // Ends on day 20, goes out on day 30: long enough.
        assert_eq!(renew_at(at(20), Some(at(30))), None);
        assert_eq!(renew_at(at(23), Some(at(30))), None);
        assert_eq!(
            renew_at(Timestamp(23 * DAY + 1), Some(at(30))),
            Some(at(23))
        );
        assert_eq!(renew_at(at(90), Some(at(30))), Some(at(23)));
        assert_eq!(renew_at(at(90), None), None);
    }

    #[test]
    fn a_campaign_runs_from_its_first_moment_to_before_its_last() {
        let campaign = campaign::Model {
            code_id: daogou_schema::CodeId(1),
            account_id: daogou_schema::AccountId(1),
            name: String::new(),
            starts_at: Timestamp(5),
            ends_at: Timestamp(9),
            stores: written(&[StoreId(3), StoreId(4)]),
            guides: written::<GuideId>(&[]),
            welcome: None,
            renew_at: None,
            renewed_at: None,
            created_at: Timestamp(0),
        };
        let phases = [4, 5, 8, 9].map(|now| phase(&campaign, Timestamp(now)));
        assert_eq!(
            phases,
            [Phase::Early, Phase::Running, Phase::Running, Phase::Over]
        );
        let takers = Takers::of(&campaign);
        assert_eq!(takers.stores, [StoreId(3), StoreId(4)]);
        assert_eq!((takers.guides.len(), takers.len()), (0, 2));
    }
}
