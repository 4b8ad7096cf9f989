//! The body that lives in this process: a map with lifetimes, and broadcast channels for notices.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use daogou_ground::Clock;
use tokio::sync::broadcast;

/// How many entries may be alive at once: about 50 MB. A brand of one process has far fewer people in ten minutes.
const ENTRIES_MAX: usize = 200_000;

/// How many notices a slow listener may be behind before it is told that it missed some.
const NOTICES_MAX: usize = 1_024;

#[derive(Debug)]
pub(crate) struct Embedded {
    clock: Clock,
    entries_max: usize,
    entries: Mutex<HashMap<String, Entry>>,
    channels: Mutex<HashMap<String, broadcast::Sender<String>>>,
}

#[derive(Debug)]
struct Entry {
    value: String,
    until: DateTime<Utc>,
}

impl Embedded {
    pub(crate) fn new(clock: Clock) -> Self {
        Self::with_room_for(ENTRIES_MAX, clock)
    }

    fn with_room_for(entries_max: usize, clock: Clock) -> Self {
        Self {
            clock,
            entries_max,
            entries: Mutex::default(),
            channels: Mutex::default(),
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<String> {
        let now = self.clock.now();
        self.entries()
            .get(key)
            .filter(|entry| entry.until > now)
            .map(|entry| entry.value.clone())
    }

    pub(crate) fn put(&self, key: String, value: &str, lifetime: Duration) {
        let now = self.clock.now();
        self.keep(&mut self.entries(), now, key, value.to_owned(), lifetime);
    }

    pub(crate) fn forget(&self, key: &str) {
        self.entries().remove(key);
    }

    pub(crate) fn forget_if(&self, key: &str, value: &str) -> bool {
        let now = self.clock.now();
        let mut entries = self.entries();
        let held = entries
            .get(key)
            .is_some_and(|entry| entry.until > now && entry.value == value);
        if held {
            entries.remove(key);
        }
        held
    }

    pub(crate) fn claim(&self, key: String, owner: &str, lifetime: Duration) -> bool {
        let now = self.clock.now();
        let mut entries = self.entries();
        let held_by_another = entries
            .get(&key)
            .is_some_and(|entry| entry.until > now && entry.value != owner);
        if !held_by_another {
            self.keep(&mut entries, now, key, owner.to_owned(), lifetime);
        }
        !held_by_another
    }

    pub(crate) fn count(&self, key: String, lifetime: Duration) -> u64 {
        let now = self.clock.now();
        let mut entries = self.entries();
        if let Some(entry) = entries.get_mut(&key).filter(|entry| entry.until > now) {
            let count = entry.value.parse::<u64>().unwrap_or(0).saturating_add(1);
            entry.value = count.to_string();
            return count;
        }
        self.keep(&mut entries, now, key, "1".to_owned(), lifetime);
        1
    }

    pub(crate) fn publish(&self, channel: &str, text: &str) {
        let mut channels = lock(&self.channels);
        if let Some(sender) = channels.get(channel) {
            // Err means that the last listener has gone; then the channel goes too.
            if sender.send(text.to_owned()).is_err() {
                channels.remove(channel);
            }
        }
    }

    pub(crate) fn subscribe(&self, channel: &str) -> broadcast::Receiver<String> {
        let mut channels = lock(&self.channels);
        channels.retain(|_, sender| sender.receiver_count() > 0);
        channels
            .entry(channel.to_owned())
            .or_insert_with(|| broadcast::channel(NOTICES_MAX).0)
            .subscribe()
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<String, Entry>> {
        lock(&self.entries)
    }

    fn keep(
        &self,
        entries: &mut HashMap<String, Entry>,
        now: DateTime<Utc>,
        key: String,
        value: String,
        lifetime: Duration,
    ) {
        if entries.len() >= self.entries_max && !entries.contains_key(&key) {
            make_room(entries, now, self.entries_max);
        }
        let lifetime = TimeDelta::from_std(lifetime).unwrap_or(TimeDelta::MAX);
        let until = now
            .checked_add_signed(lifetime)
            .unwrap_or(DateTime::<Utc>::MAX_UTC);
        entries.insert(key, Entry { value, until });
    }
}

/// Drops what has expired and, if that was not enough, the tenth that would expire next: everything here can be
/// rebuilt, and a tenth at a time keeps the cost of a full map small.
fn make_room(entries: &mut HashMap<String, Entry>, now: DateTime<Utc>, entries_max: usize) {
    entries.retain(|_, entry| entry.until > now);
    let keep = entries_max - entries_max.div_ceil(10);
    let surplus = entries.len().saturating_sub(keep);
    if surplus == 0 {
        return;
    }
    let mut ends: Vec<_> = entries.values().map(|entry| entry.until).collect();
    let (_, &mut last, _) = ends.select_nth_unstable(surplus - 1);
    let mut left = surplus;
    entries.retain(|_, entry| {
        let goes = left > 0 && entry.until <= last;
        left -= usize::from(goes);
        !goes
    });
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic while the lock was held leaves a map that is still a map.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room_for(entries_max: usize) -> (Embedded, Clock) {
        let clock = Clock::manual(DateTime::UNIX_EPOCH);
        (Embedded::with_room_for(entries_max, clock.clone()), clock)
    }

    #[test]
    fn a_full_map_drops_the_expired_first() {
        let (embedded, clock) = room_for(20);
        embedded.put("kept".to_owned(), "1", Duration::from_secs(100));
        for n in 0..19 {
            embedded.put(format!("short {n}"), "1", Duration::from_secs(1));
        }
        clock.advance(TimeDelta::seconds(2));
        embedded.put("new".to_owned(), "1", Duration::from_secs(50));
        assert_eq!(embedded.entries().len(), 2);
        assert!(embedded.get("kept").is_some() && embedded.get("new").is_some());
    }

    #[test]
    fn a_map_full_of_living_entries_drops_a_tenth_of_them_soonest_to_expire() {
        let (embedded, _clock) = room_for(20);
        for n in 1..=20 {
            embedded.put(n.to_string(), "1", Duration::from_secs(n));
        }
        embedded.put("new".to_owned(), "1", Duration::from_secs(1));
        assert_eq!(embedded.entries().len(), 19);
        assert!(embedded.get("1").is_none() && embedded.get("2").is_none());
        assert!(embedded.get("3").is_some() && embedded.get("new").is_some());
    }

    #[test]
    fn a_full_map_of_equal_ends_still_keeps_nine_tenths() {
        let (embedded, _clock) = room_for(20);
        for n in 1..=20 {
            embedded.put(n.to_string(), "1", Duration::from_secs(5));
        }
        embedded.put("new".to_owned(), "1", Duration::from_secs(5));
        assert_eq!(embedded.entries().len(), 19);
    }

    #[test]
    fn a_channel_without_listeners_is_dropped() {
        let (embedded, _clock) = room_for(20);
        drop(embedded.subscribe("a"));
        embedded.publish("a", "nobody hears");
        assert!(lock(&embedded.channels).is_empty());
    }
}
