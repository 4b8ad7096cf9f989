//! Pure decision: to whom does a guide's bare answer go? When it is not certain, it is asked, never guessed.

use daogou_schema::{MemberId, MessageId};

/// The customer whom the guide talks to.
#[derive(Clone, Copy, Debug)]
pub struct Current {
    /// Who.
    pub member: MemberId,
    /// The newest unanswered line the guide had when naming her; none when she just was the only one who wrote.
    pub seen: Option<MessageId>,
}

/// A customer whose last line has no answer yet.
#[derive(Clone, Copy, Debug)]
pub struct Unanswered {
    /// Who.
    pub member: MemberId,
    /// Her last line.
    pub line: MessageId,
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

/// Decides. Whoever else has no answer makes it unclear, unless the guide knew of her line when naming the current
/// customer. So does a customer whom the guide `lost`: she is a colleague's by now, and the guide may not know.
pub fn recipient(current: Option<Current>, unanswered: &[Unanswered], lost: bool) -> Recipient {
    if lost {
        let mut everybody: Vec<_> = current.iter().map(|current| current.member).collect();
        for waiting in unanswered {
            if !everybody.contains(&waiting.member) {
                everybody.push(waiting.member);
            }
        }
        return match everybody.is_empty() {
            true => Recipient::Nobody,
            false => Recipient::Ask(everybody),
        };
    }
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
        u.member != current.member && current.seen.is_none_or(|seen| u.line > seen)
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

    fn wrote(member: MemberId, line: i64) -> Unanswered {
        Unanswered {
            member,
            line: MessageId(line),
        }
    }

    fn current(seen: Option<i64>) -> Option<Current> {
        Some(Current {
            member: WANG,
            seen: seen.map(MessageId),
        })
    }

    #[test]
    fn the_only_one_who_wrote_is_meant() {
        assert_eq!(
            recipient(None, &[wrote(WANG, 1)], false),
            Recipient::One(WANG)
        );
        assert_eq!(recipient(None, &[], false), Recipient::Nobody);
        assert_eq!(
            recipient(current(None), &[wrote(WANG, 1)], false),
            Recipient::One(WANG)
        );
    }

    #[test]
    fn a_line_that_a_colleague_answers_by_now_makes_it_unclear_whoever_else_wrote() {
        let lost = |current, unanswered: &[Unanswered]| recipient(current, unanswered, true);
        assert_eq!(
            lost(current(Some(9)), &[wrote(WANG, 1)]),
            Recipient::Ask(vec![WANG])
        );
        assert_eq!(lost(None, &[wrote(LI, 1)]), Recipient::Ask(vec![LI]));
        assert_eq!(lost(None, &[]), Recipient::Nobody);
    }

    #[test]
    fn two_who_wrote_and_none_named_is_asked() {
        let both = [wrote(WANG, 1), wrote(LI, 2)];
        assert_eq!(
            recipient(None, &both, false),
            Recipient::Ask(vec![WANG, LI])
        );
    }

    #[test]
    fn another_who_writes_after_the_answer_is_asked_about() {
        assert_eq!(
            recipient(current(None), &[wrote(LI, 5)], false),
            Recipient::Ask(vec![WANG, LI])
        );
        assert_eq!(
            recipient(current(Some(4)), &[wrote(LI, 5)], false),
            Recipient::Ask(vec![WANG, LI])
        );
    }

    #[test]
    fn a_named_customer_stays_certain_though_others_waited_before() {
        let waiting = [wrote(LI, 3), wrote(WANG, 6)];
        assert_eq!(
            recipient(current(Some(4)), &waiting, false),
            Recipient::One(WANG)
        );
    }
}
