//! Variants of the first words, for hours and days: of those of a code the first that fits is said.

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime};
use chrono_tz::Tz;
use daogou_schema::{CodeId, Timestamp, code};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::queries;
use crate::accounts::{Account, Visit};
use crate::audit::{self, Act, By, Entry};
use crate::context::Context;
use crate::db::Txn;
use crate::error::{Error, Result};
use crate::texts::WelcomeFault;

/// How many variants one code has.
pub const VARIANTS_MAX: usize = 6;

/// First words with the time in which they are said. What is not said of the time does not limit it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Variant {
    /// The words.
    pub text: String,
    /// The first day.
    pub from: Option<NaiveDate>,
    /// The last day.
    pub until: Option<NaiveDate>,
    /// Days of the week, Monday is 0; none means every day.
    pub days: Vec<u32>,
    /// From this time of the day.
    pub start: Option<NaiveTime>,
    /// To this one, which is not in it any more; before `start` it is on the next morning.
    pub end: Option<NaiveTime>,
}

impl Variant {
    /// Whether these words are said at a moment of the people. What began in the evening is still that day's after midnight.
    pub fn fits(&self, now: NaiveDateTime) -> bool {
        let (today, time) = (now.date(), now.time());
        let yesterday = today.checked_sub_days(Days::new(1));
        match (self.start, self.end) {
            (Some(start), Some(end)) if end <= start => {
                let evening = time >= start && self.is_on(today);
                let morning = time < end && yesterday.is_some_and(|day| self.is_on(day));
                evening || morning
            }
            (start, end) => {
                let begun = start.is_none_or(|start| time >= start);
                let over = end.is_some_and(|end| time >= end);
                begun && !over && self.is_on(today)
            }
        }
    }

    fn is_on(&self, day: NaiveDate) -> bool {
        let weekday = day.weekday().num_days_from_monday();
        self.from.is_none_or(|from| day >= from)
            && self.until.is_none_or(|until| day <= until)
            && (self.days.is_empty() || self.days.contains(&weekday))
    }
}

/// A code's variants.
pub fn read(code: &code::Model) -> Vec<Variant> {
    let stored = code.variants.as_deref().unwrap_or("[]");
    serde_json::from_str(stored).unwrap_or_default()
}

/// The words of the first variant that fits.
pub fn words(variants: &[Variant], at: Timestamp, zone: Tz) -> Option<&str> {
    let now = at.to_utc().with_timezone(&zone).naive_local();
    let found = variants.iter().find(|variant| variant.fits(now));
    found.map(|variant| variant.text.as_str())
}

/// What a code says to whoever acts now, if it says something of its own.
pub fn words_for(visit: &Visit, code: &code::Model) -> Option<String> {
    let variants = read(code);
    words(&variants, visit.acted_at, visit.timezone).map(str::to_owned)
}

/// What is wrong with a variant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum No {
    /// The words.
    Text(WelcomeFault),
    /// The last day is before the first one.
    Days,
    /// Both times are the same.
    Times,
    /// More than [`VARIANTS_MAX`].
    Many,
}

/// What is wrong with `variants`, and with which one.
pub fn fault(ctx: &Context, variants: &[Variant]) -> Option<(usize, No)> {
    if variants.len() > VARIANTS_MAX {
        return Some((VARIANTS_MAX, No::Many));
    }
    variants.iter().enumerate().find_map(|(at, variant)| {
        let turned = variant.from.zip(variant.until);
        let same = variant.start.zip(variant.end);
        let no = match ctx.texts.check(&variant.text) {
            Err(why) => Some(No::Text(why)),
            Ok(()) if turned.is_some_and(|(from, until)| until < from) => Some(No::Days),
            Ok(()) if same.is_some_and(|(start, end)| start == end) => Some(No::Times),
            Ok(()) => None,
        };
        no.map(|no| (at, no))
    })
}

/// Changes a code's variants.
///
/// # Errors
/// [`Error::NotFound`] when there is no such code; when the store fails.
pub async fn save(
    ctx: &Context,
    account: &Account,
    code: CodeId,
    variants: &[Variant],
    by: By,
) -> Result<Result<(), (usize, No)>> {
    if let Some(fault) = fault(ctx, variants) {
        return Ok(Err(fault));
    }
    let written = serde_json::to_string(variants)
        .map_err(|fault| Error::Internal(format!("variants cannot be written: {fault}")))?;
    let written = Some(written).filter(|_| !variants.is_empty());
    let before = queries::code_by_id(ctx.db.reads(), account.id, code).await?;
    let before = before.ok_or_else(|| Error::NotFound("there is no such code".into()))?;
    let entry = Entry {
        by,
        account: Some(account.id),
        act: Act::SetWelcome,
        subject: audit::subject("code", code),
        before: Some(json!({ "welcome": texts(&read(&before)) })),
        after: Some(json!({ "welcome": texts(variants) })),
    };
    let args = (code, written, entry, Timestamp::from(ctx.clock.now()));
    ctx.db
        .write(args, |txn, (code, written, entry, now)| {
            Box::pin(save_in(txn, *code, written.as_deref(), entry, *now))
        })
        .await?;
    Ok(Ok(()))
}

fn texts(variants: &[Variant]) -> Vec<&str> {
    let texts = variants.iter().map(|variant| variant.text.as_str());
    texts.collect()
}

async fn save_in(
    txn: &Txn,
    code: CodeId,
    written: Option<&str>,
    entry: &Entry,
    now: Timestamp,
) -> Result<()> {
    let row = code::ActiveModel {
        variants: sea_orm::Set(written.map(str::to_owned)),
        ..Default::default()
    };
    queries::change_code(txn, code, row).await?;
    audit::note_in(txn, now, entry.clone()).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(moment: &str) -> NaiveDateTime {
        moment.parse().unwrap()
    }

    fn time(time: &str) -> Option<NaiveTime> {
        Some(time.parse().unwrap())
    }

    #[test]
    fn a_day_ends_with_its_last_moment_and_an_hour_before_its_last() {
        let variant = Variant {
            from: Some("2026-10-01".parse().unwrap()),
            until: Some("2026-10-03".parse().unwrap()),
            start: time("09:00:00"),
            end: time("18:00:00"),
            ..Variant::default()
        };
        for (moment, fits) in [
            ("2026-09-30T12:00:00", false),
            ("2026-10-01T08:59:59.999", false),
            ("2026-10-01T09:00:00", true),
            ("2026-10-03T17:59:59.999", true),
            ("2026-10-03T18:00:00", false),
            ("2026-10-04T09:00:00", false),
        ] {
            assert_eq!(variant.fits(at(moment)), fits, "{moment}");
        }
    }

    #[test]
    fn an_evening_goes_on_after_midnight_as_the_day_before() {
        // Fridays from ten in the evening to two in the morning; 2026-10-02 is a Friday.
        let variant = Variant {
            days: vec![4],
            start: time("22:00:00"),
            end: time("02:00:00"),
            ..Variant::default()
        };
        for (moment, fits) in [
            ("2026-10-02T01:59:00", false),
            ("2026-10-02T21:59:59", false),
            ("2026-10-02T22:00:00", true),
            ("2026-10-03T00:00:00", true),
            ("2026-10-03T01:59:59.999", true),
            ("2026-10-03T02:00:00", false),
            ("2026-10-03T22:00:00", false),
        ] {
            assert_eq!(variant.fits(at(moment)), fits, "{moment}");
        }
    }

    #[test]
    fn the_first_that_fits_is_said_in_the_time_of_the_people() {
        let of = |text: &str, start| Variant {
            text: text.to_owned(),
            start,
            ..Variant::default()
        };
        let variants = [of("晚", time("20:00:00")), of("平时", None)];
        let zone = chrono_tz::Asia::Shanghai;
        let moment = |text: &str| {
            let at: chrono::DateTime<chrono::Utc> = text.parse().unwrap();
            words(&variants, Timestamp::from(at), zone)
        };
        assert_eq!(moment("2026-10-02T11:59:59Z"), Some("平时"));
        assert_eq!(moment("2026-10-02T12:00:00Z"), Some("晚"));
        let only = &variants[..1];
        assert_eq!(
            words(only, Timestamp(0), zone),
            None,
            "eight in the morning"
        );
    }
}
