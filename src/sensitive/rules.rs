//! How a sensitive word is found: whatever its width and case, and with blanks or signs between its letters. Pure.

use aho_corasick::AhoCorasick;

use crate::letters::plain;

/// The longest word, in characters.
pub const WORD_CHARS_MAX: usize = 30;
/// A single letter would be found everywhere.
pub const WORD_LETTERS_MIN: usize = 2;
/// The longest category.
pub const CATEGORY_CHARS_MAX: usize = 20;

/// The letters and digits of a text as they are compared, each with its place in the text.
fn letters(text: &str) -> impl Iterator<Item = (usize, char)> {
    let plain = text.chars().map(plain).enumerate();
    plain.filter(|(_, letter)| letter.is_alphanumeric())
}

/// What of a word is looked for.
pub fn core(word: &str) -> String {
    letters(word).map(|(_, letter)| letter).collect()
}

/// A word and what is said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// As it was entered.
    pub word: String,
    /// Its category; may be empty.
    pub category: String,
}

/// Words that are looked for all at once.
#[derive(Debug, Default)]
pub struct Lexicon {
    finder: Option<AhoCorasick>,
    words: Vec<Word>,
}

impl Lexicon {
    /// Puts words together. Those of which nothing is left are passed over.
    pub fn new(words: impl IntoIterator<Item = Word>) -> Self {
        let words: Vec<_> = words
            .into_iter()
            .filter(|word| !core(&word.word).is_empty())
            .collect();
        let cores = words.iter().map(|word| core(&word.word));
        match AhoCorasick::new(cores) {
            Ok(finder) => Self {
                finder: Some(finder),
                words,
            },
            Err(error) => {
                // More than the automaton can number: the list is bounded far below that.
                tracing::error!(%error, "sensitive words are not looked for");
                Self::default()
            }
        }
    }

    /// The words that stand in a text, each once, in the order in which they end there.
    pub fn find(&self, text: &str) -> Vec<&Word> {
        let Some(finder) = self.finder.as_ref().filter(|_| !self.words.is_empty()) else {
            return Vec::new();
        };
        let kept: Vec<_> = letters(text).collect();
        let joined: String = kept.iter().map(|(_, letter)| letter).collect();
        let mut found: Vec<&Word> = Vec::new();
        for hit in finder.find_overlapping_iter(&joined) {
            let Some(word) = self.words.get(hit.pattern().as_usize()) else {
                continue;
            };
            let place = |byte: usize| joined.get(..byte).map_or(0, |start| start.chars().count());
            let (first, last) = (place(hit.start()), place(hit.end()).saturating_sub(1));
            if !found.contains(&word) && stands_alone(&kept, first, last) {
                found.push(word);
            }
        }
        found
    }
}

/// A Latin word or a number inside a longer one is another word: `av` does not stand in `have`.
fn stands_alone(kept: &[(usize, char)], first: usize, last: usize) -> bool {
    let at = |index: usize| kept.get(index).copied();
    let joins = |one: Option<(usize, char)>, next: Option<(usize, char)>| match (one, next) {
        (Some((here, a)), Some((there, b))) => {
            here + 1 == there && a.is_ascii_alphanumeric() && b.is_ascii_alphanumeric()
        }
        _ => false,
    };
    let before = first.checked_sub(1).and_then(at);
    !joins(before, at(first)) && !joins(at(last), at(last + 1))
}

/// Reads a pasted list: a word a line, with its category behind a comma or a tab if it has one.
pub fn read_list(text: &str, category: &str) -> Vec<Word> {
    let line = |line: &str| {
        let (word, own) = match line.split_once([',', '，', '\t']) {
            Some((word, own)) => (word.trim(), own.trim()),
            None => (line.trim(), ""),
        };
        let category = if own.is_empty() { category } else { own };
        (!word.is_empty()).then(|| Word {
            word: word.to_owned(),
            category: category.trim().to_owned(),
        })
    };
    text.lines().filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(words: &[&str], text: &str) -> Vec<String> {
        let words = words.iter().map(|word| Word {
            word: (*word).to_owned(),
            category: String::new(),
        });
        let lexicon = Lexicon::new(words);
        lexicon.find(text).iter().map(|w| w.word.clone()).collect()
    }

    #[test]
    fn a_word_is_found_whatever_stands_between_its_letters() {
        for text in [
            "加微信返现",
            "返 现",
            "返.现",
            "返🧧现",
            "返\u{3000}-—现给您",
            "返\n现",
        ] {
            assert_eq!(found(&["返现"], text), ["返现"], "{text}");
        }
        assert!(found(&["返现"], "返回现场").is_empty());
        assert_eq!(found(&["ｖＸ１"], "加 VX-1 吧"), ["ｖＸ１"]);
    }

    #[test]
    fn a_latin_word_stands_alone() {
        assert!(found(&["av"], "have a view").is_empty());
        assert!(found(&["110"], "订单 21103").is_empty());
        assert_eq!(found(&["av", "110"], "看AV，打110"), ["av", "110"]);
    }

    #[test]
    fn several_words_are_found_and_each_once() {
        let all = found(&["最低价", "低价", "转账"], "全网最低价，最低价！微信转账");
        assert_eq!(all, ["最低价", "低价", "转账"]);
        assert!(found(&[], "什么都可以").is_empty());
        assert!(found(&["！！"], "好！！").is_empty());
    }

    #[test]
    fn a_pasted_list_has_a_word_a_line_with_its_category() {
        let word = |word: &str, category: &str| Word {
            word: word.to_owned(),
            category: category.to_owned(),
        };
        assert_eq!(
            read_list("返现\n 最低价 ，广告法\r\n\n转账\t私下交易\n", "返利"),
            [
                word("返现", "返利"),
                word("最低价", "广告法"),
                word("转账", "私下交易")
            ]
        );
    }
}
