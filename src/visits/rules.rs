//! What can be noted of a visit. Pure.

use daogou_schema::visit::Concern;

/// How many products, and how many reasons, are noted at the most.
pub const CHIPS_MAX: usize = 8;
/// The longest of them: eight such, a line each, fit their column.
pub const CHIP_CHARS_MAX: usize = 20;

/// What a phone offers; a guide may write another one.
pub const REASONS: [&str; 7] = ["价格", "尺码", "颜色", "款式", "缺货", "要商量", "再看看"];

/// What a concern is called, in the order in which a phone offers them.
pub const CONCERNS: [(Concern, &str); 6] = [
    (Concern::Safety, "安全"),
    (Concern::Exaggeration, "夸大"),
    (Concern::Promotion, "促销"),
    (Concern::Fake, "假货"),
    (Concern::NotWorth, "不值"),
    (Concern::Other, "其他"),
];

/// What a concern is called.
pub fn concern(concern: Concern) -> &'static str {
    let found = CONCERNS.iter().find(|(known, _)| *known == concern);
    found.map_or("其他", |(_, word)| word)
}

/// Why a visit is not noted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum No {
    /// There are more than [`CHIPS_MAX`] products or reasons.
    Many,
    /// One is longer than [`CHIP_CHARS_MAX`].
    Long,
    /// One cannot be shown.
    Unreadable,
    /// She is not this guide's customer, or not any more.
    NotHers,
}

impl No {
    /// The same for the guide, with what to do.
    pub fn told(self) -> &'static str {
        match self {
            Self::Many => "最多选 8 项，请去掉几项",
            Self::Long => "每项最多 20 个字，请写短一些",
            Self::Unreadable => "有不能显示的字符，请重新填写",
            Self::NotHers => "这位顾客现在不由你接待，没有记录",
        }
    }
}

/// Short texts as they are stored: without blanks and without the same twice.
pub(super) fn chips(given: &[String]) -> Result<String, No> {
    let mut kept: Vec<&str> = Vec::new();
    for chip in given.iter().map(|chip| chip.trim()) {
        if chip.is_empty() || kept.contains(&chip) {
            continue;
        }
        if chip.chars().any(char::is_control) {
            return Err(No::Unreadable);
        }
        if chip.chars().count() > CHIP_CHARS_MAX {
            return Err(No::Long);
        }
        kept.push(chip);
    }
    match kept.len() {
        0..=CHIPS_MAX => Ok(kept.join("\n")),
        _ => Err(No::Many),
    }
}

/// The same as they are shown.
pub fn shown(stored: &str) -> impl Iterator<Item = &str> {
    stored.lines()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(chips_given: &[&str]) -> Result<String, No> {
        let given: Vec<_> = chips_given.iter().map(|chip| (*chip).to_owned()).collect();
        chips(&given)
    }

    #[test]
    fn short_texts_are_kept_once_and_bounded() {
        assert_eq!(
            kept(&[" 羽绒服 ", "", "羽绒服", "围巾"]),
            Ok("羽绒服\n围巾".into())
        );
        assert_eq!(kept(&[]), Ok(String::new()));
        assert_eq!(kept(&["羽绒\n服"]), Err(No::Unreadable));
        assert_eq!(kept(&["长".repeat(21).as_str()]), Err(No::Long));
        let nine: Vec<_> = (0..9).map(|n| n.to_string()).collect();
        assert_eq!(chips(&nine), Err(No::Many));
        let longest: Vec<_> = (0..8).map(|n| format!("{n}{}", "长".repeat(19))).collect();
        let fits = chips(&longest).map(|text| text.chars().count() <= 191);
        assert_eq!(fits, Ok(true));
    }
}
