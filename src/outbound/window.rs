//! Reply windows: what WeChat still lets us send to a person.
//!
//! Numbers (WeChat: customer-service messages, 2024–2026): a message opens 5 within 48 hours; a menu tap, a follow and
//! a scan 3 within 1 minute each; opening a mini-program's chat 2 within 1 minute. How overlapping windows combine is
//! not documented; like the platform's simulator we spend from the one that lasts longest.

use chrono::TimeDelta;
use daogou_schema::reply_window::{self, Trigger};
use daogou_schema::{Address, Timestamp};

use super::{Reason, queries};
use crate::db::Txn;
use crate::error::Result;
use crate::{lanes, members};

/// How long a window stays open and how many messages it allows.
fn size(trigger: Trigger) -> (TimeDelta, i32) {
    match trigger {
        Trigger::Message => (TimeDelta::hours(48), 5),
        Trigger::Menu | Trigger::Follow | Trigger::Scan => (TimeDelta::minutes(1), 3),
        Trigger::Enter => (TimeDelta::minutes(1), 2),
    }
}

/// Opens, or opens anew, the window that an act at `acted_at` gives. A late push never shortens what a newer act gave.
///
/// A sender who has just seen no window holds the messages first; otherwise they would be held with the window open,
/// and later ones would overtake them.
///
/// # Errors
/// When the store fails.
pub async fn open_in(txn: &Txn, to: &Address, trigger: Trigger, acted_at: Timestamp) -> Result<()> {
    lanes::wait_for_sender(txn, to).await?;
    let (length, remaining) = size(trigger);
    queries::open_window(txn, to, trigger, acted_at + length, remaining).await
}

/// How many messages can still be sent now, over all windows.
///
/// # Errors
/// When the store fails.
pub async fn remaining_in(txn: &Txn, to: &Address, now: Timestamp) -> Result<i32> {
    Ok(Windows::of(txn, to).await?.remaining(now))
}

/// Why nothing can be sent to a person now; none when something can.
///
/// # Errors
/// When the store fails.
pub async fn closed_in(txn: &Txn, to: &Address, now: Timestamp) -> Result<Option<Reason>> {
    Windows::of(txn, to).await?.closed(txn, to, now).await
}

/// A person's windows as they are in this unit of work.
pub(super) struct Windows(Vec<reply_window::Model>);

impl Windows {
    pub(super) async fn of(txn: &Txn, to: &Address) -> Result<Self> {
        let mut windows = queries::windows(txn, to).await?;
        // The one that lasts longest is spent first.
        windows.sort_by_key(|w| std::cmp::Reverse(w.until));
        Ok(Self(windows))
    }

    /// How many messages can still be sent now.
    pub(super) fn remaining(&self, now: Timestamp) -> i32 {
        self.open(now).map(|w| w.remaining).sum()
    }

    /// Until when the longest is open.
    pub(super) fn until(&self) -> Timestamp {
        self.0.first().map_or(Timestamp(0), |w| w.until)
    }

    /// Why nothing can be sent now; none when something can.
    pub(super) async fn closed(
        &self,
        txn: &Txn,
        to: &Address,
        now: Timestamp,
    ) -> Result<Option<Reason>> {
        if self.open(now).next().is_some() {
            return Ok(None);
        }
        let used_up = self.0.iter().any(|w| w.until > now);
        Ok(Some(if members::has_left_in(txn, to).await? {
            Reason::NotFollowing
        } else if used_up {
            Reason::Count
        } else {
            Reason::Window
        }))
    }

    /// Spends one message and says from which window; none when nothing is left.
    pub(super) async fn spend(
        &self,
        txn: &Txn,
        to: &Address,
        now: Timestamp,
    ) -> Result<Option<Trigger>> {
        for window in self.open(now) {
            if queries::spend_window(txn, to, window.trigger, now).await? {
                return Ok(Some(window.trigger));
            }
        }
        Ok(None)
    }

    fn open(&self, now: Timestamp) -> impl Iterator<Item = &reply_window::Model> {
        self.0.iter().filter(move |w| is_open(w, now))
    }
}

/// Gives back what a message spent that WeChat did not take.
pub(super) async fn give_back_in(txn: &Txn, to: &Address, trigger: Trigger) -> Result<()> {
    queries::give_back_window(txn, to, trigger, size(trigger).1).await
}

/// Nothing is left in the windows that were open until `seen` at the latest: WeChat says so. What she has opened since
/// stays.
pub(super) async fn use_up_in(txn: &Txn, to: &Address, seen: Timestamp) -> Result<()> {
    queries::use_up_windows(txn, to, seen).await
}

/// The windows that were open until `seen` at the latest are shut: WeChat says so. What she has opened since stays.
pub(super) async fn shut_seen_in(txn: &Txn, to: &Address, seen: Timestamp) -> Result<()> {
    queries::shut_windows(txn, to, seen).await
}

/// Forgets all windows of a person: she unfollowed.
///
/// # Errors
/// When the store fails.
pub async fn shut_in(txn: &Txn, to: &Address) -> Result<()> {
    queries::shut_windows(txn, to, Timestamp(i64::MAX)).await
}

fn is_open(window: &reply_window::Model, now: Timestamp) -> bool {
    window.until > now && window.remaining > 0
}
