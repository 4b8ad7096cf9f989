//! Business hours of a store, in the account's time zone. Pure.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Timelike, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// Opening times: the same every day, or one entry per weekday from Monday; and days on which the store stays closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// Seven days from Monday; minutes of the day from and to, or closed.
    days: [Option<(u16, u16)>; 7],
    /// Holidays, in the store's own time zone.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    holidays: BTreeSet<NaiveDate>,
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
        let holidays = BTreeSet::new();
        Ok(Self { days, holidays })
    }

    /// The same hours, but closed on these days, one a line like `2026-10-01`; blank lines say nothing.
    ///
    /// # Errors
    /// The first line that is no day.
    pub fn with_holidays(mut self, text: &str) -> Result<Self, String> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        self.holidays = lines
            .map(|line| line.parse().map_err(|_no_day| line.to_owned()))
            .collect::<Result<_, _>>()?;
        Ok(self)
    }

    /// The hours of each day from Monday, like `10:00` and `21:30`; none when closed.
    pub fn days(&self) -> [Option<(String, String)>; 7] {
        self.days
            .map(|day| day.map(|(from, to)| (clock(from), clock(to))))
    }

    /// The days on which the store stays closed.
    pub fn holidays(&self) -> impl Iterator<Item = NaiveDate> {
        self.holidays.iter().copied()
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
        let today = local.date_naive();
        let from_today = self.on(today).is_some_and(|(from, to)| {
            if from < to {
                (from..to).contains(&minute)
            } else {
                minute >= from
            }
        });
        let yesterday = today.pred_opt().and_then(|day| self.on(day));
        from_today || yesterday.is_some_and(|(from, to)| to <= from && minute < to)
    }

    /// Today's hours for a text, like `10:00–21:30`; none when closed today.
    pub fn today(&self, now: DateTime<Utc>, zone: Tz) -> Option<String> {
        let (from, to) = self.on(now.with_timezone(&zone).date_naive())?;
        Some(format!("{}–{}", clock(from), clock(to)))
    }

    fn on(&self, day: NaiveDate) -> Option<(u16, u16)> {
        let weekday = day.weekday().num_days_from_monday() as usize;
        let hours = self.days.get(weekday).copied().flatten();
        hours.filter(|_| !self.holidays.contains(&day))
    }
}

/// A minute of the day as a clock shows it.
fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
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
    fn on_a_holiday_the_store_stays_closed_and_the_night_before_ends_as_usual() {
        let hours = Hours::parse("18:00-02:00").unwrap();
        let hours = hours.with_holidays(" 2026-10-01 \n\n").unwrap();
        let zone = chrono_tz::Asia::Shanghai;
        assert!(hours.is_open(at("2026-10-01T01:00:00+08:00"), zone));
        assert!(!hours.is_open(at("2026-10-01T20:00:00+08:00"), zone));
        assert!(!hours.is_open(at("2026-10-02T01:00:00+08:00"), zone));
        assert!(hours.is_open(at("2026-10-02T20:00:00+08:00"), zone));
        assert_eq!(hours.today(at("2026-10-01T20:00:00+08:00"), zone), None);
        let kept = Hours::from_json(&hours.to_json());
        assert_eq!(kept, Some(hours.clone()));
        assert_eq!(hours.with_holidays("国庆节"), Err("国庆节".to_owned()));
    }

    #[test]
    fn hours_without_holidays_are_read_as_they_were_stored_before() {
        let old = r#"{"days":[[600,1290],null,null,null,null,null,null]}"#;
        let hours = Hours::from_json(old).unwrap();
        assert_eq!(hours.to_json(), old);
        let monday = Some(("10:00".to_owned(), "21:30".to_owned()));
        assert_eq!(hours.days()[0], monday);
    }

    #[test]
    fn unreadable_hours_are_named() {
        for wrong in ["", "10-21", "25:00-26:00", "10:00-21:00,10:00-21:00"] {
            assert!(Hours::parse(wrong).is_err(), "{wrong}");
        }
    }
}
