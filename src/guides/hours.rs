//! Business hours of a store, in the account's time zone. Pure.

use chrono::{DateTime, Datelike, NaiveTime, Timelike, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// Opening times: the same every day, or one entry per weekday from Monday.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// Seven days from Monday; minutes of the day from and to, or closed.
    days: [Option<(u16, u16)>; 7],
}

impl Hours {
    /// Reads `10:00-21:30` (every day), or seven such entries from Monday separated by commas with `-` for closed.
    /// An end at or before the start means past midnight.
    ///
    /// # Errors
    /// A sentence that says what was expected.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "{text:?} is not like 10:00-21:30, or seven of them from Monday with - for closed"
            )
        };
        let parts: Vec<_> = text
            .split(',')
            .map(|part| parse_day(part.trim()))
            .collect::<Option<_>>()
            .ok_or_else(wrong)?;
        let days = match parts.as_slice() {
            [every] => [*every; 7],
            seven => seven.try_into().map_err(|_not_seven| wrong())?,
        };
        Ok(Self { days })
    }

    /// As it is stored.
    pub fn to_json(&self) -> String {
        serde_json::json!(self).to_string()
    }

    /// As it was stored; unreadable means always open, since hours only ever soften an answer.
    pub fn from_json(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// Whether the store is open at `now`.
    pub fn is_open(&self, now: DateTime<Utc>, zone: Tz) -> bool {
        let local = now.with_timezone(&zone);
        let minute = u16::try_from(local.hour() * 60 + local.minute()).unwrap_or_default();
        let today = local.weekday().num_days_from_monday() as usize;
        let yesterday = (today + 6) % 7;
        let open = |day: usize| self.days.get(day).copied().flatten();
        let from_today = open(today).is_some_and(|(from, to)| {
            if from < to {
                (from..to).contains(&minute)
            } else {
                minute >= from
            }
        });
        let from_yesterday = open(yesterday).is_some_and(|(from, to)| to <= from && minute < to);
        from_today || from_yesterday
    }

    /// Today's hours for a text, like `10:00–21:30`; none when closed today.
    pub fn today(&self, now: DateTime<Utc>, zone: Tz) -> Option<String> {
        let today = now.with_timezone(&zone).weekday().num_days_from_monday() as usize;
        let (from, to) = self.days.get(today).copied().flatten()?;
        Some(format!(
            "{:02}:{:02}–{:02}:{:02}",
            from / 60,
            from % 60,
            to / 60,
            to % 60
        ))
    }
}

fn parse_day(text: &str) -> Option<Option<(u16, u16)>> {
    if text == "-" {
        return Some(None);
    }
    let (from, to) = text.split_once('-')?;
    Some(Some((minute(from)?, minute(to)?)))
}

fn minute(text: &str) -> Option<u16> {
    let time = NaiveTime::parse_from_str(text.trim(), "%H:%M").ok()?;
    u16::try_from(time.hour() * 60 + time.minute()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    #[test]
    fn a_store_is_open_between_its_hours_in_its_own_time_zone() {
        let hours = Hours::parse("10:00-21:30").unwrap();
        let zone = chrono_tz::Asia::Shanghai;
        assert!(hours.is_open(at("2026-08-15T10:05:00+08:00"), zone));
        assert!(!hours.is_open(at("2026-08-15T21:30:00+08:00"), zone));
        assert!(!hours.is_open(at("2026-08-15T09:59:00+08:00"), zone));
    }

    #[test]
    fn hours_past_midnight_belong_to_the_evening_they_started_on() {
        let hours = Hours::parse("-,-,-,-,-,18:00-02:00,-").unwrap();
        let zone = chrono_tz::Asia::Shanghai;
        assert!(hours.is_open(at("2026-08-15T23:00:00+08:00"), zone));
        assert!(hours.is_open(at("2026-08-16T01:59:00+08:00"), zone));
        assert!(!hours.is_open(at("2026-08-16T18:30:00+08:00"), zone));
    }

    #[test]
    fn unreadable_hours_are_named() {
        for wrong in ["", "10-21", "25:00-26:00", "10:00-21:00,10:00-21:00"] {
            assert!(Hours::parse(wrong).is_err(), "{wrong}");
        }
    }
}
