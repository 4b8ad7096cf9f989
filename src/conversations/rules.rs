//! Pure decision: to whom does a guide's bare answer go? When it is not certain, it is asked, never guessed.

use daogou_schema::{MemberId, Timestamp};

/// The customer whom the guide talks to.
#[derive(Clone, Copy, Debug)]
pub struct Current {
    /// Who.
    pub member: MemberId,
    /// Since when.
    pub since: Timestamp,
    /// The guide named her; otherwise she just was the only one.
    pub chosen: bool,
}

/// A customer whose last line has no answer yet.
#[derive(Clone, Copy, Debug)]
pub struct Unanswered {
    /// Who.
    pub member: MemberId,
    /// When she wrote last.
    pub wrote_at: Timestamp,
}

/// To whom a bare answer goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recipient {
    /// To her, certainly.
    One(MemberId),
    /// The guide has to say; these are meant most likely, the current one first.
    Ask(Vec<MemberId>),
    /// Nobody has written and nobody is current.
    Nobody,
}

/// Decides. Only people who wrote after the guide named or answered the current customer make it unclear. In the same
/// millisecond a named customer stays certain, because the guide cannot have seen the other's line yet.
pub fn recipient(current: Option<Current>, unanswered: &[Unanswered]) -> Recipient {
    let Some(current) = current else {
        let mut everybody: Vec<_> = unanswered.iter().map(|u| u.member).collect();
        return match (everybody.pop(), everybody.is_empty()) {
            (None, _) => Recipient::Nobody,
            (Some(only), true) => Recipient::One(only),
            (Some(last), false) => {
                everybody.push(last);
                Recipient::Ask(everybody)
            }
        };
    };
    let makes_unclear = |u: &&Unanswered| {
        let later = if current.chosen {
            u.wrote_at > current.since
        } else {
            u.wrote_at >= current.since
        };
        u.member != current.member && later
    };
    let others: Vec<_> = unanswered
        .iter()
        .filter(makes_unclear)
        .map(|u| u.member)
        .collect();
    if others.is_empty() {
        Recipient::One(current.member)
    } else {
        Recipient::Ask([vec![current.member], others].concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WANG: MemberId = MemberId(12);
    const LI: MemberId = MemberId(7);

    fn wrote(member: MemberId, at: i64) -> Unanswered {
        Unanswered {
            member,
            wrote_at: Timestamp(at),
        }
    }

    fn current(chosen: bool) -> Option<Current> {
        Some(Current {
            member: WANG,
            since: Timestamp(100),
            chosen,
        })
    }

    #[test]
    fn the_only_one_who_wrote_is_meant() {
        assert_eq!(recipient(None, &[wrote(WANG, 1)]), Recipient::One(WANG));
        assert_eq!(recipient(None, &[]), Recipient::Nobody);
    }

    #[test]
    fn two_who_wrote_and_none_named_is_asked() {
        assert_eq!(
            recipient(None, &[wrote(WANG, 1), wrote(LI, 2)]),
            Recipient::Ask(vec![WANG, LI])
        );
    }

    #[test]
    fn another_who_writes_after_the_answer_is_asked_about() {
        assert_eq!(
            recipient(current(false), &[wrote(LI, 150)]),
            Recipient::Ask(vec![WANG, LI])
        );
        assert_eq!(
            recipient(current(true), &[wrote(LI, 150)]),
            Recipient::Ask(vec![WANG, LI])
        );
        assert_eq!(
            recipient(current(false), &[wrote(LI, 100)]),
            Recipient::Ask(vec![WANG, LI])
        );
    }

    #[test]
    fn a_named_customer_stays_certain_though_others_waited_before() {
        assert_eq!(
            recipient(current(true), &[wrote(LI, 50), wrote(WANG, 60)]),
            Recipient::One(WANG)
        );
        assert_eq!(
            recipient(current(true), &[wrote(LI, 100)]),
            Recipient::One(WANG)
        );
    }
}
