//! What can stand in a field, and how it is said. Pure.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use daogou_schema::field::{self, Kind};
use daogou_schema::{ChoiceId, FieldId, field_choice};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// The longest name of a field, and the longest choice, in characters.
pub const NAME_CHARS_MAX: usize = 20;
/// The longest text, in characters.
pub const TEXT_CHARS_MAX: usize = 200;
/// How many choices a field has at the most.
pub const CHOICES_MAX: usize = 50;
/// So many digits a number has at the most before its point, and behind it.
const DIGITS_MAX: (usize, usize) = (12, 4);

/// What stands in a field of a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// One of the field's choices.
    Choice(ChoiceId),
    /// Text, a number or a day, as it is shown.
    Text(String),
}

/// What stands in the fields of a member.
pub type Values = BTreeMap<FieldId, Value>;

/// A field with its choices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The field.
    pub row: field::Model,
    /// Its choices in their order, those that cannot be chosen any more too.
    pub choices: Vec<field_choice::Model>,
}

/// Why something cannot stand in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// It is longer than [`TEXT_CHARS_MAX`].
    Long,
    /// It has characters that cannot be shown.
    Unreadable,
    /// It is no number, or one with too many digits.
    Number,
    /// It is no day, or one that is far away.
    Date,
    /// It is none of the choices.
    Choice,
}

impl Wrong {
    /// The same in words that go on from the field's name.
    pub fn told(self) -> &'static str {
        match self {
            Self::Long => "最多 200 个字，请缩短",
            Self::Unreadable => "里有换行或不能显示的字符，请删掉后重新输入",
            Self::Number => "要写数字，最多 12 位整数、4 位小数，例如 42.5",
            Self::Date => "要写日期，例如 2026-01-31",
            Self::Choice => "不是可选的值，请按字段的选项填写",
        }
    }
}

impl Field {
    /// Whether it is used.
    pub fn is_in_use(&self) -> bool {
        self.row.archived_at.is_none()
    }

    /// What can be chosen now.
    pub fn open_choices(&self) -> impl Iterator<Item = &field_choice::Model> {
        self.choices.iter().filter(|it| it.removed_at.is_none())
    }

    /// Reads what somebody typed or chose.
    ///
    /// # Errors
    /// Says why it cannot stand here.
    pub fn read(&self, text: &str) -> Result<Value, Wrong> {
        if text.chars().any(char::is_control) {
            return Err(Wrong::Unreadable);
        }
        match self.row.kind {
            Kind::Text if text.chars().count() > TEXT_CHARS_MAX => Err(Wrong::Long),
            Kind::Text => Ok(Value::Text(text.to_owned())),
            Kind::Number => number(text).map(Value::Text).ok_or(Wrong::Number),
            Kind::Date => date(text).map(Value::Text).ok_or(Wrong::Date),
            Kind::Choice => {
                let found = self.open_choices().find(|it| it.word == text);
                found.map(|it| Value::Choice(it.id)).ok_or(Wrong::Choice)
            }
        }
    }

    /// How it is said what stands there.
    pub fn said<'a>(&'a self, value: &'a Value) -> &'a str {
        match value {
            Value::Text(text) => text,
            Value::Choice(id) => {
                let found = self.choices.iter().find(|it| it.id == *id);
                found.map_or("", |it| it.word.as_str())
            }
        }
    }
}

/// A number as people write it, without what says nothing.
fn number(text: &str) -> Option<String> {
    let (minus, digits) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_digits = |text: &str, most: usize| {
        (1..=most).contains(&text.len()) && text.bytes().all(|sign| sign.is_ascii_digit())
    };
    if !is_digits(whole, DIGITS_MAX.0) || !is_digits(part, DIGITS_MAX.1) {
        return None;
    }
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        whole => whole,
    };
    match (whole, part.trim_end_matches('0')) {
        ("0", "") => Some("0".to_owned()),
        (whole, "") => Some(format!("{minus}{whole}")),
        (whole, part) => Some(format!("{minus}{whole}.{part}")),
    }
}

/// A day as people write it, as 2026-01-31.
fn date(text: &str) -> Option<String> {
    let plain = text
        .trim_end_matches('日')
        .replace(['/', '.', '年', '月'], "-");
    let day = NaiveDate::parse_from_str(&plain, "%Y-%m-%d").ok()?;
    let near = (1900..=2100).contains(&day.year());
    near.then(|| day.format("%Y-%m-%d").to_string())
}

/// Whether a field or a choice can be called so.
pub fn is_name(name: &str) -> bool {
    let length = name.chars().count();
    (1..=NAME_CHARS_MAX).contains(&length) && !name.chars().any(char::is_control)
}

/// What one knows of a member when only a part may leave the house.
pub fn masked(text: &str) -> String {
    let first = text.chars().next();
    first.map_or(String::new(), |first| format!("{first}***"))
}

/// As the store keeps it.
pub(super) fn written(values: &Values) -> Result<String> {
    serde_json::to_string(values).map_err(unreadable)
}

/// Reads [`written`].
pub(super) fn read(text: &str) -> Result<Values> {
    serde_json::from_str(text).map_err(unreadable)
}

fn unreadable(error: serde_json::Error) -> Error {
    Error::Internal(format!("the fields of a member cannot be read: {error}"))
}

/// The choices among what stands somewhere.
pub(super) fn choices_of(values: &Values) -> impl Iterator<Item = ChoiceId> {
    values.values().filter_map(|value| match value {
        Value::Choice(id) => Some(*id),
        Value::Text(_) => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use daogou_schema::{AccountId, Timestamp};

    fn field(kind: Kind) -> Field {
        let choice = |id, word: &str, removed_at| field_choice::Model {
            id: ChoiceId(id),
            field_id: FieldId(1),
            word: word.to_owned(),
            place: 0,
            removed_at,
        };
        Field {
            row: field::Model {
                id: FieldId(1),
                account_id: AccountId(1),
                name: "肤质".to_owned(),
                kind,
                place: 0,
                masked: false,
                created_at: Timestamp(0),
                archived_at: None,
            },
            choices: vec![
                choice(1, "干性", None),
                choice(2, "中性", Some(Timestamp(1))),
            ],
        }
    }

    #[test]
    fn each_kind_takes_what_fits_and_says_it_in_one_way() {
        let text = |it: &str| Ok(Value::Text(it.to_owned()));
        for (typed, wanted) in [
            ("007.50", text("7.5")),
            ("-0.0", text("0")),
            ("-3", text("-3")),
            ("1e3", Err(Wrong::Number)),
            ("1.", Err(Wrong::Number)),
            (".5", Err(Wrong::Number)),
            ("1234567890123", Err(Wrong::Number)),
            ("NaN", Err(Wrong::Number)),
            ("１２", Err(Wrong::Number)),
        ] {
            assert_eq!(field(Kind::Number).read(typed), wanted, "{typed}");
        }
        for (typed, wanted) in [
            ("2026-1-2", text("2026-01-02")),
            ("2026/01/02", text("2026-01-02")),
            ("2026年1月2日", text("2026-01-02")),
            ("2026-02-30", Err(Wrong::Date)),
            ("0001-01-01", Err(Wrong::Date)),
            ("明天", Err(Wrong::Date)),
        ] {
            assert_eq!(field(Kind::Date).read(typed), wanted, "{typed}");
        }
        let choice = field(Kind::Choice);
        assert_eq!(choice.read("干性"), Ok(Value::Choice(ChoiceId(1))));
        assert_eq!(choice.read("中性"), Err(Wrong::Choice));
        assert_eq!(choice.said(&Value::Choice(ChoiceId(2))), "中性");
        let long = "长".repeat(201);
        assert_eq!(field(Kind::Text).read(&long), Err(Wrong::Long));
        assert_eq!(field(Kind::Text).read("a\u{7}"), Err(Wrong::Unreadable));
    }

    #[test]
    fn what_is_kept_is_read_as_it_was_written() {
        let values = Values::from([
            (FieldId(1), Value::Choice(ChoiceId(9))),
            (FieldId(2), Value::Text("9".to_owned())),
        ]);
        let text = written(&values).expect("written");
        assert_eq!(text, r#"{"1":9,"2":"9"}"#);
        assert_eq!(read(&text).expect("read"), values);
        assert_eq!(choices_of(&values).collect::<Vec<_>>(), [ChoiceId(9)]);
        assert_eq!(masked("过敏"), "过***");
    }
}
