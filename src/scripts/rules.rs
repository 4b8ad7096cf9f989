//! What scripts may say, how they are found, and how their variables are filled.

use std::collections::BTreeSet;

use pinyin::ToPinyin;

/// The longest text: some 1,800 bytes, which one message takes with its variables filled.
pub const TEXT_CHARS_MAX: usize = 600;
/// The longest category.
pub const CATEGORY_CHARS_MAX: usize = 20;

/// What stands in braces, and what is said where nothing is known.
const VARIABLES: [(&str, &str); 3] = [
    ("顾客称呼", "顾客朋友"),
    ("导购", "您的导购"),
    ("门店", "本店"),
];

/// What the variables stand for. What is missing or blank gets a polite word instead.
#[derive(Clone, Copy, Debug, Default)]
pub struct Names<'a> {
    /// How the guide calls the customer: 王女士.
    pub customer: Option<&'a str>,
    /// The guide's name.
    pub guide: Option<&'a str>,
    /// The store's name.
    pub store: Option<&'a str>,
}

/// A script with its variables filled, as it is sent. What a name holds is never taken for a variable.
pub fn filled(text: &str, names: Names<'_>) -> String {
    let known = [names.customer, names.guide, names.store];
    let said = |name: &str| {
        let at = VARIABLES.iter().position(|(known, _)| *known == name)?;
        let value = known.get(at).copied().flatten().map(str::trim);
        let usual = VARIABLES.get(at).map(|(_, usual)| *usual);
        value.filter(|value| !value.is_empty()).or(usual)
    };
    let mut whole = String::new();
    for piece in pieces(text) {
        match piece {
            Piece::Said(words) => whole.push_str(words),
            Piece::Braces(name) => match said(name) {
                Some(value) => whole.push_str(value),
                None => whole.extend(["{", name, "}"]),
            },
        }
    }
    whole
}

/// The first thing in braces that is no variable: a slip of whoever wrote the text.
pub(super) fn unknown(text: &str) -> Option<&str> {
    pieces(text).into_iter().find_map(|piece| match piece {
        Piece::Braces(name) => {
            let known = VARIABLES.iter().any(|(known, _)| *known == name);
            (!known).then_some(name)
        }
        Piece::Said(_) => None,
    })
}

enum Piece<'a> {
    Said(&'a str),
    Braces(&'a str),
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let (mut found, mut rest) = (Vec::new(), text);
    while let Some((before, after)) = rest.split_once('}') {
        match before.rsplit_once('{') {
            Some((said, name)) => found.extend([Piece::Said(said), Piece::Braces(name)]),
            None => found.extend([Piece::Said(before), Piece::Said("}")]),
        }
        rest = after;
    }
    found.push(Piece::Said(rest));
    found
}

/// By what a script is found: what it says in small letters, and the first letters of the pinyin of its Chinese, without
/// anything between them. Of a character with several readings the most usual one counts.
pub(super) fn letters(category: &str, text: &str) -> String {
    let words = format!("{category}\n{text}").to_lowercase();
    let initials: String = words
        .split('\n')
        .map(initials)
        .collect::<Vec<_>>()
        .join("\n");
    format!("{words}\n{initials}")
}

fn initials(text: &str) -> String {
    let first = |c: char| match c.to_pinyin() {
        Some(read) => read.first_letter().chars().next(),
        None => Some(c).filter(|c| c.is_alphanumeric()),
    };
    text.chars().filter_map(first).collect()
}

/// What somebody types to find a script, as [`letters`] has it.
pub(super) fn sought(typed: &str) -> String {
    typed.trim().to_lowercase()
}

/// Whether a text can be shown: line breaks may stand in it, other control characters may not.
pub(super) fn can_be_shown(text: &str) -> bool {
    !text.chars().any(|c| c.is_control() && c != '\n')
}

/// The categories of scripts, each once.
pub fn categories<'a>(of: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let all: BTreeSet<_> = of.into_iter().filter(|name| !name.is_empty()).collect();
    all.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_filled_once_and_politely() {
        let text = "{顾客称呼}您好，我是{门店}的{导购}";
        let names = Names {
            customer: Some("王女士{门店}"),
            guide: Some("林小满"),
            store: Some("  "),
        };
        assert_eq!(filled(text, names), "王女士{门店}您好，我是本店的林小满");
        let nobody = filled(text, Names::default());
        assert_eq!(nobody, "顾客朋友您好，我是本店的您的导购");
        assert_eq!(filled("{姓名} {", Names::default()), "{姓名} {");
    }

    #[test]
    fn a_slip_in_braces_is_found() {
        assert_eq!(unknown("{顾客称呼}好，{姓名}"), Some("姓名"));
        assert_eq!(
            unknown("只有一个 { 不算，} 也不算，{门店}"),
            Some(" 不算，")
        );
        assert_eq!(unknown("{ 不算，{门店} }"), None);
    }

    #[test]
    fn a_script_is_found_by_words_and_by_first_letters() {
        let letters = letters("问候", "王小明，您好！VIP 8 折");
        for typed in [
            "问候",
            "wh",
            "王小明",
            "wxm",
            "wxmnh",
            "vip8z",
            "nhvip",
            "VIP",
        ] {
            assert!(letters.contains(&sought(typed)), "{typed} in {letters}");
        }
        assert!(!letters.contains("xmw"));
    }
}
