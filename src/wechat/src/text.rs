//! Text as the platform takes it: which characters, how many bytes.

use std::borrow::Cow;

/// The most bytes of UTF-8 in one text message, passive or sent: a character-based limit is not documented, 2048
/// bytes is what has held since the first years of the platform.
pub const TEXT_BYTES_MAX: usize = 2048;

/// Removes what XML 1.0 forbids: U+0000–U+001F except tab, line feed and carriage return, U+FFFE and U+FFFF. WeChat
/// sends such characters in what people write; a strict parser, PostgreSQL (NUL) and WeChat's own clients refuse them.
pub fn strip_forbidden(text: &str) -> Cow<'_, str> {
    if text.chars().any(is_forbidden) {
        Cow::Owned(text.chars().filter(|c| !is_forbidden(*c)).collect())
    } else {
        Cow::Borrowed(text)
    }
}

pub(crate) fn is_forbidden(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

/// Cuts a text into pieces of at most `bytes_max` bytes: at the last line break that fits, else between two characters.
///
/// Nothing is lost but the line break at which a cut falls, which the border between two messages replaces, and pieces
/// that would hold nothing but blanks, which WeChat refuses. A single character longer than `bytes_max` stays whole.
pub fn split(text: &str, bytes_max: usize) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (piece, after) = cut(rest, bytes_max);
        if !piece.trim().is_empty() {
            pieces.push(piece.to_owned());
        }
        rest = after;
    }
    pieces
}

/// The first piece and what follows it.
fn cut(text: &str, bytes_max: usize) -> (&str, &str) {
    if text.len() <= bytes_max {
        return (text, "");
    }
    let fits = text
        .char_indices()
        .map(|(at, c)| at + c.len_utf8())
        .take_while(|end| *end <= bytes_max)
        .last()
        .or_else(|| text.chars().next().map(char::len_utf8))
        .unwrap_or(text.len());
    let (head, tail) = text.split_at_checked(fits).unwrap_or((text, ""));
    if let Some(after) = tail.strip_prefix('\n') {
        return (head, after);
    }
    match head.rfind('\n') {
        Some(at) if at > 0 => {
            let (piece, after) = text.split_at_checked(at).unwrap_or((text, ""));
            (piece, after.strip_prefix('\n').unwrap_or(after))
        }
        _ => (head, tail),
    }
}

/// `text` as a CDATA section, `]]>` cut in two, forbidden characters left out.
pub(crate) fn cdata(text: &str) -> String {
    format!(
        "<![CDATA[{}]]>",
        strip_forbidden(text).replace("]]>", "]]]]><![CDATA[>")
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_that_fits_stays_whole_and_an_empty_one_gives_nothing() {
        assert_eq!(split("两行\n字", 2048), ["两行\n字"]);
        assert!(split("", 2048).is_empty());
        assert!(split("\n\n  \n", 4).is_empty());
    }

    #[test]
    fn a_long_text_is_cut_at_lines_first_and_then_between_characters() {
        assert_eq!(split("one\ntwo\nthree", 8), ["one\ntwo", "three"]);
        assert_eq!(split("导购导购", 7), ["导购", "导购"]);
        assert_eq!(split("abcd\nef", 4), ["abcd", "ef"]);
    }

    #[test]
    fn forbidden_characters_go_and_line_breaks_and_emoji_stay() {
        assert_eq!(strip_forbidden("a\u{2}b\u{10}\u{1d}c\u{fffe}\0"), "abc");
        assert!(matches!(
            strip_forbidden("a\tb\r\n🙂"),
            Cow::Borrowed("a\tb\r\n🙂")
        ));
    }

    proptest! {
        #[test]
        fn a_split_loses_nothing_but_line_breaks_and_blank_pieces(text in "[a导🙂 \n]{0,200}", max in 4usize..40) {
            let pieces = split(&text, max);
            prop_assert!(pieces.iter().all(|piece| piece.len() <= max && !piece.trim().is_empty()));
            let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(letters(&pieces.concat()), letters(&text));
        }

        #[test]
        fn a_cdata_section_reads_back_as_what_was_written(text in "[a\\]>&<导\u{2}\n]{0,60}") {
            let xml = format!("<xml><Content>{}</Content></xml>", cdata(&text));
            let node = crate::Node::from_xml(&xml).unwrap();
            let written = strip_forbidden(&text);
            prop_assert_eq!(node.verbatim("Content").unwrap_or(""), written.as_ref());
        }
    }
}
