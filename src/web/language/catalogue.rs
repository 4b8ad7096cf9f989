//! What is said in English instead of what is said in Chinese: `templates/lang/en.json`. It has the texts of each page, those
//! that several pages share, and the words that the program makes; these may have holes, `{0}`, where it puts something in.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::holes::{Hole, filled};

const ENGLISH: &str = include_str!("../../../templates/lang/en.json");

type Texts = BTreeMap<String, String>;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Catalogue {
    /// What several pages say.
    pub shared: Texts,
    /// What one page says.
    pub pages: BTreeMap<String, Texts>,
    /// What the program says.
    pub words: Texts,
    #[serde(skip)]
    patterns: Vec<Pattern>,
}

/// A text with holes.
#[derive(Debug)]
struct Pattern {
    /// What stands before, between and after the holes.
    around: Vec<String>,
    english: String,
}

pub(super) fn english() -> &'static Catalogue {
    static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| match serde_json::from_str(ENGLISH) {
        Ok(catalogue) => with_patterns(catalogue),
        Err(error) => {
            tracing::error!(%error, "the English texts cannot be read");
            Catalogue::default()
        }
    });
    &CATALOGUE
}

/// Those that say most themselves come first.
fn with_patterns(mut catalogue: Catalogue) -> Catalogue {
    let with_holes = catalogue.words.iter().filter_map(|(chinese, english)| {
        let around = around(chinese);
        let english = english.clone();
        (around.len() > 1).then_some(Pattern { around, english })
    });
    let mut patterns: Vec<Pattern> = with_holes.collect();
    patterns.sort_by_key(|pattern| {
        std::cmp::Reverse(pattern.around.iter().map(String::len).sum::<usize>())
    });
    catalogue.patterns = patterns;
    catalogue
}

/// What stands around the holes of a text.
fn around(text: &str) -> Vec<String> {
    /// No text has it.
    const CUT: char = '\u{0}';
    filled(text, |_hole| CUT.to_string())
        .split(CUT)
        .map(str::to_owned)
        .collect()
}

impl Catalogue {
    /// What a page says instead of a segment.
    pub(super) fn on_page(&self, page: &str, segment: &str) -> Option<&str> {
        let own = self.pages.get(page).and_then(|texts| texts.get(segment));
        let said = own.or_else(|| self.shared.get(segment));
        said.map(String::as_str)
    }

    /// What is said instead of a text that the program made.
    pub(super) fn said(&self, text: &str) -> Option<String> {
        let known = self.words.get(text).or_else(|| self.shared.get(text));
        known.cloned().or_else(|| {
            let mut patterns = self.patterns.iter();
            patterns.find_map(|pattern| self.matching(pattern, text))
        })
    }

    fn matching(&self, pattern: &Pattern, text: &str) -> Option<String> {
        let held = held(&pattern.around, text)?;
        Some(filled(&pattern.english, |hole| self.put(&held, &hole)))
    }

    /// What somebody typed stays as it is.
    fn put(&self, held: &[&str], hole: &Hole<'_>) -> String {
        let held = held.get(hole.number).copied().unwrap_or_default();
        match hole.counted {
            Some((one, _)) if held == "1" => one.to_owned(),
            Some((_, many)) => many.to_owned(),
            None if hole.ours => self.said(held).unwrap_or_else(|| held.to_owned()),
            None => held.to_owned(),
        }
    }
}

/// What is in the holes when a text is this pattern's.
fn held<'a>(around: &[String], text: &'a str) -> Option<Vec<&'a str>> {
    let (first, others) = around.split_first()?;
    let (last, between) = others.split_last()?;
    let mut rest = text
        .strip_prefix(first.as_str())?
        .strip_suffix(last.as_str())?;
    let mut held = Vec::new();
    for sign in between {
        let (before, after) = rest.split_once(sign.as_str())?;
        held.push(before);
        rest = after;
    }
    held.push(rest);
    Some(held)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(words: &[(&str, &str)]) -> Catalogue {
        let words = words
            .iter()
            .map(|(chinese, english)| (chinese.to_string(), english.to_string()));
        with_patterns(Catalogue {
            words: words.collect(),
            ..Catalogue::default()
        })
    }

    #[test]
    fn a_text_that_was_put_together_is_taken_apart() {
        let words = of(&[
            ("由 {0} 转到 {1}", "from {0} to {1}"),
            ("{0} 位会员", "{0} {0|member|members}"),
            ("没有做：{0}", "not done: {0!}"),
            ("门店", "store"),
        ]);
        let said = |text| words.said(text);
        assert_eq!(said("门店").as_deref(), Some("store"));
        assert_eq!(said("由 门店 转到 何").as_deref(), Some("from 门店 to 何"));
        assert_eq!(said("1 位会员").as_deref(), Some("1 member"));
        assert_eq!(said("20 位会员").as_deref(), Some("20 members"));
        assert_eq!(said("没有做：门店").as_deref(), Some("not done: store"));
        assert_eq!(said("由 谁"), None);
    }
}
