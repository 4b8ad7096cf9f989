//! What privacy decides without looking at the store. Pure.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use daogou_schema::{Address, Timestamp, identity};
use sha2::{Digest, Sha256};

/// How long after she became unknown what she left is deleted: by then WeChat's retries are over and every call that was
/// under way has an outcome.
pub const SETTLES_AFTER: TimeDelta = TimeDelta::seconds(60);

/// How many rows of each kind were deleted.
pub type Counts = BTreeMap<String, u64>;

/// Counts as they are stored.
pub fn counts(text: &str) -> Counts {
    serde_json::from_str(text).unwrap_or_default()
}

/// The same with `more`, as they are stored.
pub fn counted(text: &str, more: &[(&str, u64)]) -> String {
    let mut all = counts(text);
    for (kind, count) in more {
        *all.entry((*kind).to_owned()).or_default() += count;
    }
    serde_json::to_string(&all).unwrap_or_else(|_never| "{}".to_owned())
}

/// By what somebody who knows her openid can show that a receipt is hers.
pub fn proof(appid: &str, openid: &str) -> String {
    hex(&Sha256::digest(format!("{appid}:{openid}")))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The addresses as they are stored.
pub(super) fn written(people: &[Address]) -> String {
    let pairs: Vec<_> = people
        .iter()
        .map(|person| (person.account_id, person.openid.as_str()))
        .collect();
    serde_json::to_string(&pairs).unwrap_or_default()
}

/// The addresses in what [`written`] wrote.
pub(super) fn read(text: Option<&str>) -> Vec<Address> {
    let pairs: Vec<(_, String)> =
        serde_json::from_str(text.unwrap_or_default()).unwrap_or_default();
    let address = |(account_id, openid)| Address { account_id, openid };
    pairs.into_iter().map(address).collect()
}

/// Whether pushes of hers can still be there: they are forgotten after `raw_days`.
pub(super) fn left_pushes(people: &[identity::Model], raw_days: u32, now: Timestamp) -> bool {
    let last = people
        .iter()
        .flat_map(|row| [Some(row.last_seen_at), row.unsubscribed_at])
        .flatten()
        .max();
    // Who was seen is noted to ten minutes, and what is old goes with the next round.
    let horizon = now - TimeDelta::days(raw_days.into()) - TimeDelta::hours(1);
    last.is_some_and(|last| last > horizon)
}

/// Which of our data a withdrawal by the platform names. (WeChat: user_authorization_revoke; numbers of service accounts
/// begin with 2.) Nothing of ours came from those interfaces; what was noted by hand goes all the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Revoked {
    /// Her name.
    pub name: bool,
    /// Her phone number.
    pub phone: bool,
}

/// Reads the platform's numbers; no number at all means everything.
pub fn revoked(info: &[i64]) -> Revoked {
    let any = |wanted: &[i64]| info.is_empty() || info.iter().any(|info| wanted.contains(info));
    Revoked {
        name: any(&[6, 19, 20, 205]),
        phone: any(&[8]),
    }
}

/// A phone number in E.164: a mainland number with or without its 86, or any number with its country's. None when it is
/// none.
pub fn e164(text: &str) -> Option<String> {
    let is_gap = |c: &char| !" -()（）\u{a0}".contains(*c);
    let text: String = text.trim().chars().filter(is_gap).collect();
    let (abroad, digits) = match (text.strip_prefix('+'), text.strip_prefix("00")) {
        (Some(digits), _) | (None, Some(digits)) => (true, digits),
        (None, None) => (false, text.as_str()),
    };
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let home = digits.strip_prefix("86").unwrap_or(digits);
    if is_mainland(home) {
        return Some(format!("+86{home}"));
    }
    let fits = (8..=15).contains(&digits.len()) && !digits.starts_with(['0']);
    (abroad && fits && !digits.starts_with("86")).then(|| format!("+{digits}"))
}

/// A mainland mobile number.
fn is_mainland(digits: &str) -> bool {
    let mut bytes = digits.bytes();
    digits.len() == 11 && bytes.next() == Some(b'1') && matches!(bytes.next(), Some(b'3'..=b'9'))
}

/// What everybody may see of a number: `138****1234`.
pub fn masked(e164: &str) -> String {
    let shown = e164.strip_prefix("+86").unwrap_or(e164);
    let chars: Vec<char> = shown.chars().collect();
    let tail = chars.len().saturating_sub(4);
    let head = tail.saturating_sub(4).min(3);
    let hide = |(place, c): (usize, &char)| match (head..tail).contains(&place) {
        true => '*',
        false => *c,
    };
    chars.iter().enumerate().map(hide).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_added_to_what_was_counted() {
        let once = counted("{}", &[("message", 3), ("media", 0)]);
        let twice = counted(&once, &[("message", 2)]);
        assert_eq!(counts(&twice).get("message"), Some(&5));
    }

    #[test]
    fn mainland_numbers_are_one_number_however_they_are_written() {
        for text in [
            "13812341234",
            "138 1234 1234",
            "+86 138-1234-1234",
            "8613812341234",
            "008613812341234",
        ] {
            assert_eq!(e164(text).as_deref(), Some("+8613812341234"), "{text}");
        }
        assert_eq!(e164("+852 6123 4567").as_deref(), Some("+85261234567"));
        for text in [
            "",
            "1381234123",
            "12812341234",
            "1381234123a",
            "61234567",
            "+86123",
            "１３８１２３４１２３４",
        ] {
            assert_eq!(e164(text), None, "{text}");
        }
    }

    #[test]
    fn a_masked_number_shows_its_ends() {
        assert_eq!(masked("+8613812341234"), "138****1234");
        assert_eq!(masked("+85261234567"), "+85*****4567");
    }

    #[test]
    fn a_withdrawal_names_what_it_names() {
        let none = Revoked::default();
        assert_eq!(revoked(&[206]), none);
        assert_eq!(
            revoked(&[205, 8]),
            Revoked {
                name: true,
                phone: true
            }
        );
        assert_eq!(
            revoked(&[]),
            Revoked {
                name: true,
                phone: true
            }
        );
    }

    #[test]
    fn addresses_come_back_as_they_were() {
        let people = [Address {
            account_id: daogou_schema::AccountId(1),
            openid: "oWang".to_owned(),
        }];
        assert_eq!(read(Some(&written(&people))), people);
        assert_eq!(read(None), []);
    }
}
