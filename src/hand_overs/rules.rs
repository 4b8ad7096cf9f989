//! Pure decisions: who gets how many, and until when it can be taken back.

use chrono::TimeDelta;
use daogou_schema::hand_over::{Cause, Model, State};
use daogou_schema::{GuideId, Timestamp};

/// For so long after it was confirmed a hand-over can be undone.
pub const UNDO_WITHIN: TimeDelta = TimeDelta::hours(48);

/// Whether `hand_over` can be undone now.
pub fn can_be_undone(hand_over: &Model, now: Timestamp) -> bool {
    match hand_over.state {
        State::Frozen => true,
        State::Running | State::Done => hand_over
            .confirmed_at
            .is_some_and(|confirmed| now - confirmed <= UNDO_WITHIN),
        State::Proposed | State::Accepted | State::Undoing | State::Undone => false,
    }
}

/// Whether the guide is kept from serving anybody: customers who write go to a stand-in.
pub fn freezes(cause: Cause) -> bool {
    match cause {
        Cause::Departure | Cause::LongLeave | Cause::Closing => true,
        Cause::Move => false,
    }
}

/// Whether the guide is no guide any more.
pub fn leaves(cause: Cause) -> bool {
    matches!(cause, Cause::Departure | Cause::Closing)
}

/// The same guides, beginning with the one whose turn it is after `dealt` customers.
pub fn from(targets: &[GuideId], dealt: usize) -> Vec<GuideId> {
    let mut turned = targets.to_vec();
    turned.rotate_left(dealt.checked_rem(targets.len()).unwrap_or(0));
    turned
}

/// Who of `targets`, in turn, gets the customer number `nth` (from 0).
pub fn nth(targets: &[GuideId], nth: usize) -> Option<GuideId> {
    let place = nth.checked_rem(targets.len())?;
    targets.get(place).copied()
}

/// The guides as the store keeps them.
pub fn written(targets: &[GuideId]) -> String {
    let ids: Vec<_> = targets.iter().map(GuideId::to_string).collect();
    ids.join(",")
}

/// Reads [`written`].
pub fn read(targets: &str) -> Vec<GuideId> {
    let ids = targets.split(',').filter_map(|id| id.parse().ok());
    ids.map(GuideId).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn customers_are_dealt_in_turn() {
        let guides = [GuideId(3), GuideId(17)];
        let dealt: Vec<_> = (0..3).filter_map(|turn| nth(&guides, turn)).collect();
        assert_eq!(dealt, [GuideId(3), GuideId(17), GuideId(3)]);
        assert_eq!(nth(&[], 0), None);
        assert_eq!(from(&guides, 3), [GuideId(17), GuideId(3)]);
        assert!(from(&[], 3).is_empty());
    }

    #[test]
    fn guides_are_read_as_they_were_written() {
        let guides = [GuideId(3), GuideId(17)];
        assert_eq!(read(&written(&guides)), guides);
        assert_eq!(read(""), []);
    }
}
