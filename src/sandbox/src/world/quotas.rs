//! Daily limits of calls, and the clearing of them.

use std::collections::HashMap;

/// Limits per day of a newly verified service account (WeChat: interface permissions).
const DAILY: [(&str, u64); 22] = [
    ("/cgi-bin/token", 2_000),
    ("/cgi-bin/stable_token", 500_000),
    ("/cgi-bin/message/custom/send", 500_000),
    ("/cgi-bin/message/template/send", 100_000),
    ("/cgi-bin/message/mass/send", 100),
    ("/cgi-bin/message/mass/sendall", 100),
    ("/cgi-bin/message/mass/preview", 100),
    ("/cgi-bin/menu/create", 1_000),
    ("/cgi-bin/menu/get", 10_000),
    ("/cgi-bin/menu/delete", 1_000),
    ("/cgi-bin/user/get", 500),
    ("/cgi-bin/user/info", 5_000_000),
    ("/cgi-bin/user/info/batchget", 5_000_000),
    ("/cgi-bin/qrcode/create", 100_000),
    ("/cgi-bin/media/upload", 100_000),
    ("/cgi-bin/media/get", 200_000),
    ("/cgi-bin/ticket/getticket", 1_000_000),
    ("/cgi-bin/message/subscribe/send", 10_000_000),
    ("/wxa/generatescheme", 500_000),
    ("/wxa/generate_urllink", 500_000),
    ("/cgi-bin/clear_quota", u64::MAX),
    ("/cgi-bin/openapi/quota/get", u64::MAX),
];
/// Quota days begin at midnight in Beijing.
const BEIJING: i64 = 8 * 3_600;
/// How often a month all quotas may be cleared, and those of one call.
const CLEARED_A_MONTH: u32 = 10;
const CLEARED_ONE_A_MONTH: u32 = 50;

/// The day in Beijing, as a number.
pub(crate) fn day(now: i64) -> i64 {
    (now + BEIJING).div_euclid(86_400)
}

/// The calendar month in Beijing, as a number.
pub(crate) fn month(now: i64) -> i64 {
    use chrono::Datelike;
    chrono::DateTime::from_timestamp(now + BEIJING, 0)
        .map_or(0, |at| i64::from(at.year()) * 12 + i64::from(at.month0()))
}

/// The limit of a call a day, where one is known.
pub(crate) fn daily_limit(path: &str) -> Option<u64> {
    DAILY
        .iter()
        .find(|(limited, _)| *limited == path)
        .map(|(_, limit)| *limit)
}

/// What one account has used.
#[derive(Default)]
pub(crate) struct Quotas {
    day: i64,
    used: HashMap<String, u64>,
    minute: HashMap<&'static str, (i64, u32)>,
    cleared: (i64, u32),
    cleared_one: (i64, u32),
}

impl Quotas {
    /// Counts a call of today, failed ones too; `false` when the day's are used up.
    pub(crate) fn spend(&mut self, path: &str, now: i64) -> bool {
        let Some(limit) = daily_limit(path) else {
            return true;
        };
        if self.day != day(now) {
            self.day = day(now);
            self.used.clear();
        }
        let used = self.used.entry(path.to_owned()).or_default();
        *used = used.saturating_add(1);
        *used <= limit
    }

    /// Counts something that is limited by the minute.
    pub(crate) fn spend_minute(&mut self, what: &'static str, limit: u32, now: i64) -> bool {
        let (minute, used) = self.minute.entry(what).or_default();
        if *minute != now.div_euclid(60) {
            (*minute, *used) = (now.div_euclid(60), 0);
        }
        *used += 1;
        *used <= limit
    }

    /// How many of today's were used.
    pub(crate) fn used(&self, path: &str, now: i64) -> u64 {
        if self.day == day(now) {
            self.used
                .get(path)
                .copied()
                .unwrap_or(0)
                .min(daily_limit(path).unwrap_or(0))
        } else {
            0
        }
    }

    /// Clears all counts; `false` when that was done ten times this month.
    pub(crate) fn clear(&mut self, now: i64) -> bool {
        let may = counted(&mut self.cleared, CLEARED_A_MONTH, now);
        if may {
            self.used.clear();
        }
        may
    }

    /// Clears the count of one call; `false` when that was done fifty times this month.
    pub(crate) fn clear_one(&mut self, path: &str, now: i64) -> bool {
        let may = counted(&mut self.cleared_one, CLEARED_ONE_A_MONTH, now);
        if may {
            self.used.remove(path);
        }
        may
    }
}

fn counted(count: &mut (i64, u32), limit: u32, now: i64) -> bool {
    if count.0 != month(now) {
        *count = (month(now), 0);
    }
    count.1 += 1;
    count.1 <= limit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_in_beijing() {
        let mut quotas = Quotas::default();
        let before_midnight = 16 * 3_600 - 1;
        for _ in 0..2_000 {
            assert!(quotas.spend("/cgi-bin/token", before_midnight));
        }
        assert!(!quotas.spend("/cgi-bin/token", before_midnight));
        assert!(quotas.spend("/cgi-bin/token", before_midnight + 1));
    }

    #[test]
    fn quotas_are_cleared_ten_times_a_month() {
        let mut quotas = Quotas::default();
        assert!((0..10).all(|_| quotas.clear(0)));
        assert!(!quotas.clear(0));
        assert!(quotas.clear(40 * 86_400));
    }
}
