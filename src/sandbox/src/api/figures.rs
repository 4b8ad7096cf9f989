//! Daily figures: followers as they came and went, everything else an empty list.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

use super::call::{Call, Outcome, Refusal, bare};
use crate::world::day;

/// At most so many days a call (WeChat: data of users).
const DAYS_MAX: i64 = 7;

/// The days that the body names.
fn days(call: &Call<'_>) -> Result<Vec<NaiveDate>, Refusal> {
    let bad = || Refusal::new(61_500, "date format error");
    let date = |name: &str| {
        call.text(name)
            .and_then(|text| text.parse::<NaiveDate>().ok())
            .ok_or_else(bad)
    };
    let (begin, end) = (date("begin_date")?, date("end_date")?);
    let length = (end - begin).num_days() + 1;
    if !(1..=DAYS_MAX).contains(&length) {
        return Err(Refusal::new(61_501, "date range error"));
    }
    Ok(begin
        .iter_days()
        .take(usize::try_from(length).unwrap_or(0))
        .collect())
}

/// The day in Beijing as `day` numbers it.
fn number(date: NaiveDate) -> i64 {
    (date - NaiveDate::default()).num_days()
}

/// `POST /datacube/getusersummary`
pub(super) fn follows(call: &mut Call<'_>) -> Outcome {
    let days = days(call)?;
    let turns = &call.account()?.turns;
    let mut list = Vec::new();
    for date in days {
        let mut by_source: BTreeMap<i64, (u64, u64)> = BTreeMap::new();
        for turn in turns.iter().filter(|turn| day(turn.at) == number(date)) {
            let (new, cancelled) = by_source.entry(turn.source).or_default();
            if turn.by > 0 {
                *new += 1
            } else {
                *cancelled += 1
            }
        }
        list.extend(by_source.into_iter().map(|(source, (new, cancelled))| {
            json!({"ref_date": date.to_string(), "user_source": source, "new_user": new, "cancel_user": cancelled})
        }));
    }
    bare(json!({"list": list}))
}

/// `POST /datacube/getusercumulate`
pub(super) fn followers(call: &mut Call<'_>) -> Outcome {
    let days = days(call)?;
    let turns = &call.account()?.turns;
    let list: Vec<Value> = days
        .into_iter()
        .map(|date| {
            let next = number(date.checked_add_days(Days::new(1)).unwrap_or(date));
            let count: i64 = turns
                .iter()
                .filter(|turn| day(turn.at) < next)
                .map(|turn| turn.by)
                .sum();
            json!({"ref_date": date.to_string(), "user_source": 0, "cumulate_user": count})
        })
        .collect();
    bare(json!({"list": list}))
}

/// The other figures of datacube: nothing to tell.
pub(super) fn none(_call: &mut Call<'_>) -> Outcome {
    bare(json!({"list": []}))
}
