//! The windows in which an account may write to a person: each act opens its own with its own count.

const MINUTE: i64 = 60;
const HOURS_48: i64 = 48 * 60 * 60;

/// The acts of a person that let the account write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trigger {
    /// Wrote a message.
    Message,
    /// Tapped a menu button or an item of a message menu.
    Menu,
    /// Followed the account.
    Follow,
    /// Scanned a code of the account as a follower.
    Scan,
    /// Entered the customer-service chat of a mini-program.
    Enter,
}

impl Trigger {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Menu => "menu",
            Self::Follow => "follow",
            Self::Scan => "scan",
            Self::Enter => "enter",
        }
    }

    /// How many messages it allows, and for how many seconds (WeChat: customer-service messages, introduction).
    fn allowance(self) -> (u32, i64) {
        match self {
            Self::Message => (5, HOURS_48),
            Self::Menu | Self::Follow | Self::Scan => (3, MINUTE),
            Self::Enter => (2, MINUTE),
        }
    }
}

/// One open window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) trigger: Trigger,
    /// Seconds since 1970; from then on it is shut.
    pub(crate) until: i64,
    pub(crate) remaining: u32,
}

/// Why an account may not write now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// No window is open: 45015.
    OutOfTime,
    /// The open ones are used up: 45047.
    OutOfCount,
}

/// The windows of one person.
#[derive(Clone, Debug, Default)]
pub(crate) struct Windows(Vec<Window>);

impl Windows {
    /// Starts the window of this act, with a full count.
    pub(crate) fn open(&mut self, trigger: Trigger, now: i64) {
        let (remaining, seconds) = trigger.allowance();
        self.0
            .retain(|window| window.trigger != trigger && window.until > now);
        self.0.push(Window {
            trigger,
            until: now + seconds,
            remaining,
        });
    }

    /// Takes one message from the open window that lasts longest.
    ///
    /// How windows that overlap combine is not documented; independent counts are the assumption here.
    pub(crate) fn spend(&mut self, now: i64) -> Result<Trigger, Refused> {
        let mut refused = Refused::OutOfTime;
        let mut best: Option<&mut Window> = None;
        for window in self.0.iter_mut().filter(|window| window.until > now) {
            if window.remaining == 0 {
                refused = Refused::OutOfCount;
            } else if best.as_ref().is_none_or(|best| window.until > best.until) {
                best = Some(window);
            }
        }
        let window = best.ok_or(refused)?;
        window.remaining -= 1;
        Ok(window.trigger)
    }

    /// Those open now.
    pub(crate) fn open_at(&self, now: i64) -> impl Iterator<Item = &Window> {
        self.0.iter().filter(move |window| window.until > now)
    }

    /// Shuts all: the person left.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_allows_five_answers_in_48_hours() {
        let mut windows = Windows::default();
        windows.open(Trigger::Message, 1_000);
        for _ in 0..5 {
            assert_eq!(windows.spend(1_000 + HOURS_48 - 1), Ok(Trigger::Message));
        }
        assert_eq!(windows.spend(1_001), Err(Refused::OutOfCount));
        assert_eq!(windows.spend(1_000 + HOURS_48), Err(Refused::OutOfTime));
    }

    #[test]
    fn the_window_that_lasts_longest_is_spent_first_and_then_the_others() {
        let mut windows = Windows::default();
        windows.open(Trigger::Message, 0);
        windows.open(Trigger::Scan, 0);
        let spent: Vec<_> = (0..9).map(|_| windows.spend(1)).collect();
        assert_eq!(
            spent
                .iter()
                .filter(|one| **one == Ok(Trigger::Message))
                .count(),
            5
        );
        assert_eq!(spent.get(4), Some(&Ok(Trigger::Message)));
        assert_eq!(spent.get(7), Some(&Ok(Trigger::Scan)));
        assert_eq!(spent.get(8), Some(&Err(Refused::OutOfCount)));
    }

    #[test]
    fn a_new_message_restarts_count_and_clock() {
        let mut windows = Windows::default();
        windows.open(Trigger::Message, 0);
        assert!(windows.spend(1).is_ok());
        windows.open(Trigger::Message, 100);
        let open: Vec<_> = windows.open_at(100).collect();
        assert_eq!(
            open,
            [&Window {
                trigger: Trigger::Message,
                until: 100 + HOURS_48,
                remaining: 5
            }]
        );
    }
}
