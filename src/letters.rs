//! Letters as they are compared: full width as half width, capitals as small ones. Pure.

/// A letter as it is compared. Each stays one letter, so that places in the text stay what they are.
pub fn plain(letter: char) -> char {
    let half = match letter {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => {
            let code = u32::from(letter) - 0xff01 + 0x21;
            char::from_u32(code).unwrap_or(letter)
        }
        other => other,
    };
    let mut small = half.to_lowercase();
    match (small.next(), small.next()) {
        (Some(one), None) => one,
        _ => half,
    }
}

/// A text as it is compared, letter by letter.
pub fn plainly(text: &str) -> Vec<char> {
    text.chars().map(plain).collect()
}

/// Where `word` stands in `text`, both as they are compared: the place of each first letter, without overlaps.
pub fn places(text: &[char], word: &[char]) -> Vec<usize> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(here) = text.get(at..at + word.len()).filter(|_| !word.is_empty()) {
        if here == word {
            found.push(at);
            at += word.len();
        } else {
            at += 1;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_and_capitals_make_no_difference() {
        assert_eq!(plainly("ＡＢc１！　好"), plainly("abC1! 好"));
        // Two letters when small: it stays as it is.
        assert_eq!(plain('İ'), 'İ');
    }

    #[test]
    fn a_word_is_found_wherever_it_stands() {
        let found = |text: &str, word: &str| places(&plainly(text), &plainly(word));
        assert_eq!(found("防水吗？防水的", "防水"), [0, 4]);
        assert_eq!(found("好好好", "好好"), [0]);
        assert!(found("防", "防水").is_empty() && found("防水", "").is_empty());
    }
}
