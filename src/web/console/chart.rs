//! Bars by day, as the template draws them, and what the figures come to.

use chrono::NaiveDate;
use minijinja::{Value, context};

use crate::fans::Count;
use crate::web::language::ours;

/// More days than these are drawn narrow, with fewer words.
const WIDE_MAX: usize = 14;
/// More than these, in hairlines.
const NARROW_MAX: usize = 45;
/// How many days have their names below when not all have.
const NAMES: usize = 6;

/// What the template needs to draw `days`: each with its figures, and heights in per cent of the top line.
pub(super) fn bars(days: &[(NaiveDate, Count)]) -> Value {
    let most = days.iter().map(|(_, count)| count.followed.max(count.lost));
    let top = round_up(most.max().unwrap_or_default());
    let height = |figure: i64| figure.max(0) * 100 / top;
    let last = days.len().saturating_sub(1);
    let (many, dense) = (days.len() > WIDE_MAX, days.len() > NARROW_MAX);
    let step = if many { days.len() / NAMES } else { 1 };
    let bar = |(place, (day, count)): (usize, &(NaiveDate, Count))| {
        context! {
            day => day.format("%Y-%m-%d").to_string(),
            named => (last - place).is_multiple_of(step),
            scans => count.scans,
            new => count.followed,
            lost => count.lost,
            new_height => height(count.followed),
            lost_height => height(count.lost),
        }
    };
    let bars: Vec<_> = days.iter().enumerate().map(bar).collect();
    context! { days => bars, top, many, dense }
}

/// The top line: a figure that can be halved and read at a glance.
fn round_up(most: i64) -> i64 {
    let mut tens = 1;
    while tens * 10 < most {
        tens *= 10;
    }
    let steps = [1, 2, 3, 4, 5, 6, 8, 10].map(|step| step * tens);
    let fits = |top: &i64| *top >= most && top % 2 == 0;
    let fits = steps.into_iter().find(fits);
    fits.unwrap_or(most).max(2)
}

/// The sum of some days.
pub(super) fn total(days: &[(NaiveDate, Count)]) -> Count {
    let mut sum = Count::default();
    for (_, count) in days {
        sum += *count;
    }
    sum
}

/// A figure of which the sign matters.
pub(super) fn signed(figure: i64) -> String {
    match figure {
        1.. => format!("+{figure}"),
        0 => "0".to_owned(),
        // The sign of typesetters: as wide as the plus.
        less => format!("−{}", less.unsigned_abs()),
    }
}

/// The four figures of codes as tiles; `people` is where those are who followed.
pub(super) fn tiles(count: Count, people: Option<&str>) -> Vec<Value> {
    let tile = |label: &str, value: String, note: &str, href: Option<&str>| {
        context! { label => ours(label), value, note => ours(note), href, tone => "plain" }
    };
    vec![
        tile("扫码", count.scans.to_string(), "每扫一次算一次", None),
        tile("新关注", count.followed.to_string(), "扫码后关注", people),
        tile(
            "取消关注",
            count.lost.to_string(),
            "由这里关注、后来离开",
            people,
        ),
        tile("净增", signed(count.net()), "新关注减取消关注", None),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_top_line_is_a_round_figure_that_nothing_exceeds() {
        let tops = [0, 1, 2, 3, 7, 10, 11, 24, 99, 100, 101, 4_321].map(round_up);
        assert_eq!(tops, [2, 2, 2, 4, 8, 10, 20, 30, 100, 100, 200, 5_000]);
    }

    #[test]
    fn a_figure_shows_its_sign() {
        assert_eq!([3, 0, -3].map(signed), ["+3", "0", "−3"]);
    }
}
