//! Pure decision about a scan by somebody who may have a guide already.

use chrono::TimeDelta;
use daogou_schema::account::ScanRule;
use daogou_schema::{GuideId, Timestamp};

/// The valid binding she has.
#[derive(Clone, Copy, Debug)]
pub struct Held {
    /// Her guide, who has not left.
    pub guide: GuideId,
    /// Since when.
    pub since: Timestamp,
}

/// What a scan does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// She had no valid guide: bind.
    Bind,
    /// She is this guide's already.
    Already,
    /// She stays with her guide.
    Keep,
    /// She moves to the scanned guide.
    Move,
}

/// Decides by the account's rule.
pub fn decide(
    held: Option<Held>,
    scanned: GuideId,
    rule: ScanRule,
    protection_days: i32,
    now: Timestamp,
) -> Decision {
    let Some(held) = held else {
        return Decision::Bind;
    };
    if held.guide == scanned {
        return Decision::Already;
    }
    match rule {
        ScanRule::FirstWins => Decision::Keep,
        ScanRule::LastWins => Decision::Move,
        ScanRule::Protected if now < held.since + TimeDelta::days(protection_days.into()) => {
            Decision::Keep
        }
        ScanRule::Protected => Decision::Move,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400_000;

    #[test]
    fn the_rule_decides_who_keeps_a_bound_member() {
        let held = Some(Held {
            guide: GuideId(1),
            since: Timestamp(0),
        });
        let decide = |rule, days, now| decide(held, GuideId(2), rule, days, Timestamp(now));
        assert_eq!(decide(ScanRule::FirstWins, 0, DAY), Decision::Keep);
        assert_eq!(decide(ScanRule::LastWins, 0, DAY), Decision::Move);
        assert_eq!(decide(ScanRule::Protected, 7, 7 * DAY - 1), Decision::Keep);
        assert_eq!(decide(ScanRule::Protected, 7, 7 * DAY), Decision::Move);
    }

    #[test]
    fn an_unbound_member_is_bound_and_an_own_code_changes_nothing() {
        let held = Some(Held {
            guide: GuideId(1),
            since: Timestamp(0),
        });
        for rule in [ScanRule::FirstWins, ScanRule::LastWins, ScanRule::Protected] {
            assert_eq!(
                decide(None, GuideId(2), rule, 7, Timestamp(0)),
                Decision::Bind
            );
            assert_eq!(
                decide(held, GuideId(1), rule, 7, Timestamp(0)),
                Decision::Already
            );
        }
    }
}
