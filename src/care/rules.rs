//! What can be written down. Pure.

use chrono::TimeDelta;
use daogou_schema::Timestamp;

use super::CHARS_MAX;

/// So far ahead a task can lie.
const AHEAD_MAX: TimeDelta = TimeDelta::days(366);

/// A note or task as it is kept; none when it is empty, too long, or holds what cannot be shown.
pub fn text(typed: &str) -> Option<String> {
    let text = typed.trim().replace("\r\n", "\n");
    let shows = text.chars().all(|c| c == '\n' || !c.is_control());
    (shows && !text.is_empty() && text.chars().count() <= CHARS_MAX).then_some(text)
}

/// Whether something can be due then.
pub fn is_time(due_at: Timestamp, now: Timestamp) -> bool {
    due_at > now && due_at - now <= AHEAD_MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_empty_too_long_or_cannot_be_shown_is_not_kept() {
        assert_eq!(
            text(" 喜欢浅色\r\n怕冷 ").as_deref(),
            Some("喜欢浅色\n怕冷")
        );
        for wrong in ["", "  ", "a\u{0}b", &"长".repeat(CHARS_MAX + 1)] {
            assert_eq!(text(wrong), None);
        }
        assert!(text(&"长".repeat(CHARS_MAX)).is_some());
    }

    #[test]
    fn a_task_is_due_within_a_year_and_not_yet() {
        let now = Timestamp(1_000);
        assert!(!is_time(now, now));
        assert!(is_time(now + TimeDelta::minutes(1), now));
        assert!(!is_time(now + TimeDelta::days(400), now));
    }
}
