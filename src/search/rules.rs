//! How lines are found by their words: each pair of letters that stand beside each other is one number together with the
//! line, so that the newest lines with a pair are one stretch of one index. Two letters are the shortest Chinese word. Pure.

use std::collections::BTreeSet;

use daogou_schema::{AccountId, MessageId};

use crate::letters::plainly;

/// So many bits are the line's: a quarter of a trillion lines.
const LINE_BITS: u32 = 38;
/// The other 25 are the pair's: what two pairs share, the text tells apart.
const PAIR_BITS: u32 = 63 - LINE_BITS;
/// The most pairs of one line: a line as long as WeChat takes it has 600.
const PAIRS_MAX: usize = 2000;
/// The longest question, in characters, and the most words in it.
pub const ASKED_CHARS_MAX: usize = 60;
const WORDS_MAX: usize = 8;

/// A pair of letters, as a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair(i64);

impl Pair {
    /// FNV-1a over the account and the letters.
    fn of(account: AccountId, one: char, two: char) -> Self {
        let letters = u64::from(u32::from(one)) << 32 | u64::from(u32::from(two));
        let bytes = account
            .0
            .to_le_bytes()
            .into_iter()
            .chain(letters.to_le_bytes());
        let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let short = (hash ^ (hash >> 32)) & ((1 << PAIR_BITS) - 1);
        Self(i64::try_from(short).unwrap_or_default())
    }

    /// The row of this pair in a line.
    pub fn entry(self, line: MessageId) -> i64 {
        self.0 << LINE_BITS | line.0.clamp(0, LINE_MAX)
    }

    /// The rows of this pair in lines before one: from, and up to.
    pub fn stretch(self, before: Option<MessageId>) -> (i64, i64) {
        let before = before.unwrap_or(MessageId(LINE_MAX));
        (self.entry(MessageId(0)), self.entry(before))
    }
}

const LINE_MAX: i64 = (1 << LINE_BITS) - 1;

/// The line of a row.
pub fn line_of(entry: i64) -> MessageId {
    MessageId(entry & LINE_MAX)
}

fn pairs_of(account: AccountId, letters: &[char]) -> BTreeSet<Pair> {
    letters
        .windows(2)
        .filter_map(|two| match two {
            [one, two] if one.is_alphanumeric() && two.is_alphanumeric() => {
                Some(Pair::of(account, *one, *two))
            }
            _ => None,
        })
        .take(PAIRS_MAX)
        .collect()
}

/// The rows of a line that says `text`.
pub fn entries(account: AccountId, line: MessageId, text: &str) -> Vec<i64> {
    let pairs = pairs_of(account, &plainly(text));
    pairs.into_iter().map(|pair| pair.entry(line)).collect()
}

/// What is looked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Its words, as they are compared.
    pub words: Vec<Vec<char>>,
    /// The pairs in them; at least one.
    pub pairs: Vec<Pair>,
}

/// Reads a question; none when it has no two letters side by side, or is too long.
pub fn asked(account: AccountId, question: &str) -> Option<Asked> {
    if question.chars().count() > ASKED_CHARS_MAX {
        return None;
    }
    let plain: String = plainly(question).into_iter().collect();
    let words: Vec<Vec<char>> = plain
        .split_whitespace()
        .take(WORDS_MAX)
        .map(|word| word.chars().collect())
        .collect();
    let pairs: BTreeSet<_> = words
        .iter()
        .flat_map(|word| pairs_of(account, word))
        .collect();
    let pairs: Vec<_> = pairs.into_iter().collect();
    (!pairs.is_empty()).then_some(Asked { words, pairs })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: AccountId = AccountId(1);

    #[test]
    fn a_row_leads_back_to_its_line_and_stays_in_its_stretch() {
        let line = MessageId(10_000_000);
        let rows = entries(HERE, line, "羽绒服还有吗");
        assert_eq!(rows.len(), 5);
        let asked = asked(HERE, "羽绒").expect("a question");
        let [pair] = asked.pairs[..] else {
            panic!("one pair");
        };
        let row = pair.entry(line);
        assert!(rows.contains(&row) && row > 0);
        assert_eq!(line_of(row), line);
        let within = |before: Option<MessageId>| {
            let (from, to) = pair.stretch(before);
            from < row && row < to
        };
        assert!(within(None) && within(Some(MessageId(line.0 + 1))) && !within(Some(line)));
        let elsewhere = entries(AccountId(2), line, "羽绒服还有吗");
        assert!(elsewhere.iter().all(|other| !rows.contains(other)));
    }

    #[test]
    fn pairs_do_not_reach_over_signs_and_blanks() {
        assert_eq!(entries(HERE, MessageId(1), "好。吗 a").len(), 0);
        assert_eq!(
            entries(HERE, MessageId(1), "ＡＢ"),
            entries(HERE, MessageId(1), "ab")
        );
    }

    #[test]
    fn a_question_needs_two_letters() {
        for short in ["", " ", "防", "9.9", "好 吗", "！！"] {
            assert!(asked(HERE, short).is_none(), "{short}");
        }
        assert!(asked(HERE, &"长".repeat(61)).is_none());
        let two = asked(HERE, "退款　ＶＩＰ").expect("a question");
        assert_eq!((two.words.len(), two.pairs.len()), (2, 3));
    }
}
