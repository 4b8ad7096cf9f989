//! The rules for values of template messages and notices: a value that breaks one is refused, not shortened.

use serde_json::{Map, Value};

use super::call::{Refusal, plain};

/// Checks every value of `data` by the type in its key (`thing1` is a `thing`). With `wanted`, each of those keys
/// must be there.
///
/// # Errors
/// 47003, naming the first key at fault.
pub(super) fn check(data: &Map<String, Value>, wanted: &[String]) -> Result<(), Refusal> {
    let refused = |key: &str, what: &str| {
        Refusal::new(
            47_003,
            &format!("argument invalid! data.{key}.value {what}"),
        )
    };
    if let Some(missing) = wanted.iter().find(|key| !data.contains_key(*key)) {
        return Err(refused(missing, "is empty"));
    }
    for (key, member) in data {
        let value = value_of(member);
        if value.is_empty() {
            return Err(refused(key, "is empty"));
        }
        if !fits(key, &value) {
            return Err(refused(key, "invalid"));
        }
    }
    Ok(())
}

/// The text under `value`.
pub(super) fn value_of(member: &Value) -> String {
    member.get("value").and_then(plain).unwrap_or_default()
}

/// The keys in a template's content: `{{thing1.DATA}}` has `thing1`.
pub(super) fn keys(content: &str) -> Vec<String> {
    content
        .split("{{")
        .skip(1)
        .filter_map(|rest| Some(rest.split_once(".DATA}}")?.0.trim().to_owned()))
        .collect()
}

/// Whether a value keeps the rule of its key's type (WeChat: subscription messages, parameter types).
fn fits(key: &str, value: &str) -> bool {
    let kind = key.trim_end_matches(|c: char| c.is_ascii_digit());
    let kind = kind.split('.').next().unwrap_or(kind);
    // Keys of the old templates (first, keyword1, remark) have no rule.
    let count = value.chars().count();
    if value.contains(['\n', '\r']) && RULED.contains(&kind) {
        return false;
    }
    match kind {
        "thing" | "const" | "enum" => count <= 20,
        "number" => count <= 32 && value.chars().all(|c| c.is_ascii_digit() || c == '.'),
        "letter" => count <= 32 && value.chars().all(|c| c.is_ascii_alphabetic()),
        "symbol" => count <= 5 && value.chars().all(|c| !c.is_alphanumeric()),
        "character_string" => count <= 32 && value.is_ascii(),
        "time" => is_range(value, |part| is_time(part, true)),
        "date" => is_range(value, |part| is_time(part, false)),
        "amount" => is_amount(value),
        "phone_number" => {
            count <= 17
                && value
                    .chars()
                    .all(|c| c.is_ascii() && !c.is_ascii_alphabetic())
        }
        "car_number" => count <= 8,
        "name" => count <= if value.is_ascii() { 20 } else { 10 },
        "phrase" => count <= 5 && value.chars().all(|c| !c.is_ascii()),
        _ => true,
    }
}

const RULED: [&str; 14] = [
    "thing",
    "const",
    "enum",
    "number",
    "letter",
    "symbol",
    "character_string",
    "time",
    "date",
    "amount",
    "phone_number",
    "car_number",
    "name",
    "phrase",
];

fn is_range(value: &str, part: impl Fn(&str) -> bool) -> bool {
    let parts: Vec<&str> = value.split('~').map(str::trim).collect();
    parts.len() <= 2 && parts.iter().all(|one| part(one))
}

/// `15:01`, `2019年10月1日 15:01`; without a clock time only where it may be missing, and then with a date.
fn is_time(text: &str, needs_clock: bool) -> bool {
    let (date, clock) = match text.split_once(' ') {
        Some((date, clock)) => (Some(date), Some(clock.trim())),
        None if text.contains(':') => (None, Some(text)),
        None => (Some(text), None),
    };
    let clock_good = clock.map_or(!needs_clock, is_clock);
    let date_good = date.map_or(needs_clock, is_date);
    clock_good && date_good
}

fn is_clock(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    let within = |part: &&str, most: u32| {
        part.len() <= 2 && part.parse::<u32>().is_ok_and(|number| number <= most)
    };
    match parts.as_slice() {
        [hour, minute] => within(hour, 24) && within(minute, 59),
        [hour, minute, second] => within(hour, 24) && within(minute, 59) && within(second, 59),
        _ => false,
    }
}

fn is_date(text: &str) -> bool {
    let written = text
        .replace(['年', '月', '-', '/', '.'], " ")
        .replace('日', "");
    let numbers: Vec<Option<u32>> = written
        .split_whitespace()
        .map(|part| part.parse().ok())
        .collect();
    let in_year = |month: u32, day: u32| (1..=12).contains(&month) && (1..=31).contains(&day);
    match numbers.as_slice() {
        [Some(year), Some(month), Some(day)] => {
            (1_000..10_000).contains(year) && in_year(*month, *day)
        }
        [Some(month), Some(day)] => in_year(*month, *day),
        _ => false,
    }
}

/// A currency sign, at most ten digits with decimals, 元.
fn is_amount(value: &str) -> bool {
    let number = value
        .trim_start_matches(['¥', '￥', '$', '€', '£'])
        .trim_end_matches('元');
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let points = number.chars().filter(|c| *c == '.').count();
    (1..=12).contains(&digits)
        && points <= 1
        && number
            .split('.')
            .next()
            .is_some_and(|whole| whole.replace(',', "").len() <= 10)
        && number
            .chars()
            .all(|c| c.is_ascii_digit() || c == '.' || c == ',')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_the_rules_of_their_types() {
        for (key, good) in [
            ("thing1", "二十个字以内的任何文字都可以用在这里了"),
            ("number2", "12.5"),
            ("letter3", "abc"),
            ("character_string4", "NO-2026/001"),
            ("time5", "15:01"),
            ("time5", "2019年10月1日 15:01"),
            ("time5", "2019年10月1日 15:01~2019年10月2日 9:00"),
            ("date6", "2019年10月1日"),
            ("date6", "2019-10-01 15:01:02"),
            ("amount7", "¥99.00元"),
            ("phone_number8", "+86-138 0000 0000"),
            ("name9", "王小明"),
            ("phrase10", "已发货"),
            ("keyword1", "旧模板可以有\n换行"),
        ] {
            assert!(fits(key, good), "{key} {good}");
        }
    }

    #[test]
    fn values_that_break_a_rule_are_refused() {
        for (key, bad) in [
            ("thing1", "这里一共写了二十一个字所以平台是不会收下它的呀"),
            ("thing1", "一\n二"),
            ("number2", "12a"),
            ("letter3", "abc1"),
            ("character_string4", "订单1"),
            ("time5", "2019年10月1日"),
            ("time5", "25:99"),
            ("date6", "明天"),
            ("amount7", "很多钱"),
            ("name9", "王小明王小明王小明王小明"),
            ("phrase10", "已经发货了呀"),
            ("phrase10", "ok"),
        ] {
            assert!(!fits(key, bad), "{key} {bad}");
        }
    }

    #[test]
    fn a_template_names_its_keys() {
        assert_eq!(
            keys("订单{{thing1.DATA}}\n时间{{time2.DATA}}"),
            ["thing1", "time2"]
        );
    }
}
