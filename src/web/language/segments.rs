//! A template in another language. Its texts are the keys, so the template itself stays as it is: a segment is a run of words
//! and `{{ expressions }}` between two tags, with the expressions numbered, as in `共 {0} 位会员`. Tags and `{% %}` end a
//! segment, except `<b>` and its like, and calls of macros do. What an attribute says and texts inside expressions are
//! segments of their own.

use std::fmt::Write;

use super::holes::{Hole, filled};

/// Tags that stand inside a sentence.
const LIGHT: [&str; 11] = [
    "<b>",
    "</b>",
    "<code>",
    "</code>",
    "<em>",
    "</em>",
    "<kbd>",
    "</kbd>",
    "<strong>",
    "</strong>",
    "<br>",
];

/// A number that is set apart stands inside a sentence, too.
const NUMBER: [&str; 2] = ["<span class=\"num\">", "</span>"];

/// Finds what is said instead of a segment.
pub(super) type Look<'a> = &'a mut dyn FnMut(&str) -> String;

/// The template with other words.
pub(super) fn translated(template: &str, look: Look<'_>) -> String {
    run_through(template, true, look)
}

/// Whether a text says something in Chinese: a character or a sign of its own.
pub(super) fn is_chinese(text: &str) -> bool {
    text.chars().any(|sign| {
        matches!(sign, '\u{3001}'..='\u{303f}' | '\u{3400}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}')
    })
}

/// A piece of a template.
#[derive(Clone, Copy)]
enum Piece<'a> {
    Words(&'a str),
    Shown(&'a str),
    Light(&'a str),
    /// It ends a sentence.
    Block(&'a str),
    Tag(&'a str),
}

fn run_through(text: &str, tags: bool, look: Look<'_>) -> String {
    let (mut rest, mut whole, mut run) = (text, String::new(), Vec::new());
    while !rest.is_empty() {
        let (piece, after) = piece(rest, tags);
        rest = after;
        match piece {
            Piece::Block(_) | Piece::Tag(_) => whole += &sentence(&std::mem::take(&mut run), look),
            _ => run.push(piece),
        }
        match piece {
            Piece::Block(block) => whole += &quoted(block, look),
            Piece::Tag(tag) => whole += &attributes(tag, look),
            _ => {}
        }
    }
    whole += &sentence(&run, look);
    whole
}

/// The first piece, and what comes after it.
fn piece(text: &str, tags: bool) -> (Piece<'_>, &str) {
    let cut = |length: usize| text.split_at_checked(length).unwrap_or((text, ""));
    if let Some(length) = block(text) {
        let (block, rest) = cut(length);
        let shown = inside(block).is_some_and(|inside| !is_call(inside));
        let piece = if shown { Piece::Shown } else { Piece::Block };
        return (piece(block), rest);
    }
    if tags && let Some(length) = number(text) {
        let (number, rest) = cut(length);
        return (Piece::Shown(number), rest);
    }
    if tags && let Some(length) = tag(text) {
        let (tag, rest) = cut(length);
        let piece = if LIGHT.contains(&tag) {
            Piece::Light
        } else {
            Piece::Tag
        };
        return (piece(tag), rest);
    }
    let ends = |(at, sign): (usize, char)| {
        let here = matches!(sign, '{' | '<')
            .then(|| text.get(at..))
            .flatten()?;
        let ends = block(here).is_some() || tags && tag(here).is_some();
        (at > 0 && ends).then_some(at)
    };
    let (words, rest) = cut(text.char_indices().find_map(ends).unwrap_or(text.len()));
    (Piece::Words(words), rest)
}

/// How long the `{{ }}`, `{% %}` or `{# #}` is with which a text begins.
fn block(text: &str) -> Option<usize> {
    let close = match text.get(..2)? {
        "{{" => "}}",
        "{%" => "%}",
        "{#" => return Some(text.find("#}")? + 2),
        _ => return None,
    };
    let mut quote = None;
    for (at, sign) in text.char_indices().skip(2) {
        match quote {
            Some(open) if sign == open => quote = None,
            Some(_) => {}
            None if matches!(sign, '"' | '\'') => quote = Some(sign),
            None if text.get(at..)?.starts_with(close) => return Some(at + 2),
            None => {}
        }
    }
    None
}

/// How long the number is that is set apart.
fn number(text: &str) -> Option<usize> {
    let [open, close] = NUMBER;
    let inside = text.strip_prefix(open)?;
    let shown = block(inside)?;
    let ends = inside.starts_with("{{") && inside.get(shown..)?.starts_with(close);
    ends.then_some(open.len() + shown + close.len())
}

/// How long the tag is with which a text begins.
fn tag(text: &str) -> Option<usize> {
    let named = text.strip_prefix('<')?.chars().next()?;
    if !(named.is_ascii_alphabetic() || matches!(named, '/' | '!')) {
        return None;
    }
    let (mut at, mut in_quotes) = (1, false);
    loop {
        let rest = text.get(at..)?;
        if let Some(length) = block(rest) {
            at += length;
            continue;
        }
        let sign = rest.chars().next()?;
        at += sign.len_utf8();
        match sign {
            '"' => in_quotes = !in_quotes,
            '>' if !in_quotes => return Some(at),
            _ => {}
        }
    }
}

/// What stands in a `{{ }}`, wherever it is.
fn inside(shown: &str) -> Option<&str> {
    let (_, from) = shown.split_once("{{")?;
    let (inside, _) = from.rsplit_once("}}")?;
    Some(inside.trim_matches('-').trim())
}

/// Whether an expression is a call of a macro or function.
fn is_call(expression: &str) -> bool {
    let name = expression.find('(').and_then(|at| expression.get(..at));
    name.is_some_and(|name| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_')
    })
}

/// A sentence in other words, if it has any. What stands around it stays where it is.
fn sentence(run: &[Piece<'_>], look: Look<'_>) -> String {
    let pieces: Vec<Piece<'_>> = run.iter().copied().flat_map(without_blank_ends).collect();
    let (from, to) = kernel(&pieces);
    let (mut whole, mut key, mut shown) = (String::new(), String::new(), Vec::new());
    let mut says_something = false;
    for (at, piece) in pieces.iter().enumerate() {
        let (Piece::Words(text) | Piece::Shown(text) | Piece::Light(text)) = *piece else {
            continue;
        };
        if at < from {
            whole += text;
        } else if at < to {
            says_something |= matches!(piece, Piece::Words(_)) && is_chinese(text);
            match piece {
                Piece::Shown(_) => {
                    let _always_fits = write!(key, "{{{}}}", shown.len());
                    shown.push(quoted(text, look));
                }
                _ => key += text,
            }
        }
    }
    let rest = pieces.get(to..).unwrap_or_default();
    let said = match says_something {
        true => filled(&look(&in_one_line(&key)), |hole| put(&shown, &hole)),
        false => filled(&key, |hole| put(&shown, &hole)),
    };
    whole += &said;
    for piece in rest {
        if let Piece::Words(text) | Piece::Shown(text) | Piece::Light(text) = *piece {
            whole += text;
        }
    }
    whole
}

/// Blanks at the ends of words are pieces of their own.
fn without_blank_ends(piece: Piece<'_>) -> impl Iterator<Item = Piece<'_>> {
    let parts = match piece {
        Piece::Words(text) => {
            let from = text.len() - text.trim_start().len();
            let (before, kept) = text.split_at_checked(from).unwrap_or(("", text));
            let (kept, after) = kept
                .split_at_checked(kept.trim_end().len())
                .unwrap_or((kept, ""));
            [before, kept, after].map(Piece::Words)
        }
        other => [Piece::Words(""), other, Piece::Words("")],
    };
    let is_there = |piece: &Piece<'_>| !matches!(piece, Piece::Words(""));
    parts.into_iter().filter(is_there)
}

/// From where to where a run is a sentence: without blanks, and without tags that belong to what is around it.
fn kernel(pieces: &[Piece<'_>]) -> (usize, usize) {
    let (mut from, mut to) = (0, pieces.len());
    loop {
        let Some([first, others @ ..]) = pieces.get(from..to) else {
            return (from, to);
        };
        let last = others.last().unwrap_or(first);
        if is_blank(first) || is_closing(first) {
            from += 1;
        } else if is_blank(last) || is_opening(last) {
            to -= 1;
        } else if is_opening(first) && is_closing(last) && lights(others) == 1 {
            (from, to) = (from + 1, to - 1);
        } else {
            return (from, to);
        }
    }
}

fn is_blank(piece: &Piece<'_>) -> bool {
    matches!(piece, Piece::Words(text) if text.trim().is_empty())
}

fn is_closing(piece: &Piece<'_>) -> bool {
    matches!(piece, Piece::Light(tag) if tag.starts_with("</"))
}

fn is_opening(piece: &Piece<'_>) -> bool {
    matches!(piece, Piece::Light(tag) if !tag.starts_with("</") && *tag != "<br>")
}

fn lights(pieces: &[Piece<'_>]) -> usize {
    let is_light = |piece: &&Piece<'_>| matches!(piece, Piece::Light(_));
    pieces.iter().filter(is_light).count()
}

fn in_one_line(text: &str) -> String {
    let blank = |sign: char| sign.is_ascii_whitespace();
    let mut line: String = text
        .split(blank)
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    if text.ends_with(blank) {
        line.push(' ');
    }
    line
}

/// What a tag's attributes say, in other words.
fn attributes(tag: &str, look: Look<'_>) -> String {
    let (mut rest, mut whole) = (tag, String::new());
    while let Some(sign) = rest.chars().next() {
        let (length, value) = match block(rest) {
            Some(length) => (length, None),
            None if sign == '"' => value(rest),
            None => (sign.len_utf8(), None),
        };
        let (this, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        rest = after;
        match value {
            Some(value) => {
                whole.push('"');
                whole += &run_through(value, false, look);
                whole.push('"');
            }
            None => whole += &quoted(this, look),
        }
    }
    whole
}

/// How long a value in quotes is, with them, and what it is.
fn value(text: &str) -> (usize, Option<&str>) {
    let mut at = 1;
    while let Some(rest) = text.get(at..) {
        match (block(rest), rest.chars().next()) {
            (Some(length), _) => at += length,
            (None, Some('"')) => return (at + 1, text.get(1..at)),
            (None, Some(sign)) => at += sign.len_utf8(),
            (None, None) => break,
        }
    }
    (text.len(), None)
}

/// An expression whose texts are in other words.
fn quoted(block: &str, look: Look<'_>) -> String {
    if block.starts_with("{#") {
        return block.to_owned();
    }
    let (mut whole, mut rest) = (String::new(), block);
    while let Some(at) = rest.find(['"', '\'']) {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        whole += before;
        let quote = from.chars().next().unwrap_or('"');
        let text = from.get(1..).unwrap_or_default();
        let Some((text, after)) = text.split_once(quote) else {
            rest = from;
            break;
        };
        whole.push(quote);
        match is_chinese(text) {
            true => whole += &look(text),
            false => whole += text,
        }
        whole.push(quote);
        rest = after;
    }
    whole + rest
}

/// An expression, or the word that fits its number.
fn put(shown: &[String], hole: &Hole<'_>) -> String {
    let shown = shown.get(hole.number).map_or("", String::as_str);
    match (hole.counted, inside(shown)) {
        (Some((one, many)), Some(count)) => {
            format!("{{{{ ({count})|counted(\"{one}\", \"{many}\") }}}}")
        }
        _ => shown.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every segment between brackets.
    fn marked(template: &str) -> String {
        translated(template, &mut |key| format!("[{key}]"))
    }

    #[test]
    fn a_sentence_is_one_segment_with_its_expressions_numbered() {
        let shown = [
            ("<p>共 {{ n }} 位</p>", "<p>[共 {{ n }} 位]</p>"),
            (" 共 <b>{{ n }}</b> 人 ", " [共 <b>{{ n }}</b> 人] "),
            ("<b>标题</b>", "<b>[标题]</b>"),
            ("{{ icon(\"x\") }}退出", "{{ icon(\"x\") }}[退出]"),
            (
                "{% if a %}甲{% else %}乙{% endif %}",
                "{% if a %}[甲]{% else %}[乙]{% endif %}",
            ),
            (
                "<a title=\"甲{{ x }}\" href=\"/\">b</a>",
                "<a title=\"[甲{{ x }}]\" href=\"/\">b</a>",
            ),
            ("{{ a or \"甲\" }}", "{{ a or \"[甲]\" }}"),
            ("{# 甲 #}x < y", "{# 甲 #}x < y"),
            (
                "<i{% if a > b %} x{% endif %}>甲</i>",
                "<i{% if a > b %} x{% endif %}>[甲]</i>",
            ),
        ];
        for (template, expected) in shown {
            assert_eq!(marked(template), expected);
        }
    }

    #[test]
    fn what_is_counted_is_said_as_one_or_many() {
        let said = |key: &str| key.replace("位", "{0|member|members}");
        let shown = translated("<p><span class=\"num\">{{ n }}</span> 位</p>", &mut |key| {
            said(key)
        });
        let expected =
            "<p><span class=\"num\">{{ n }}</span> {{ (n)|counted(\"member\", \"members\") }}</p>";
        assert_eq!(shown, expected);
    }
}
