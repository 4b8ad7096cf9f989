//! Reading Rust source just well enough for the house rules: what is code, and which modules it names.

/// One file of the project.
pub struct Source {
    /// From the root of the project, with `/`.
    pub path: String,
    pub text: String,
}

impl Source {
    /// The code without comments, text literals and `#[cfg(test)]` items. Lines stay where they are.
    pub fn code(&self) -> String {
        without_tests(&bare(&self.text))
    }

    /// The words of the code.
    pub fn words(&self) -> Vec<String> {
        words(&self.code())
    }

    /// Whether the code has these words one after the other: `["tokio", "::", "spawn"]`.
    pub fn says(&self, phrase: &[&str]) -> bool {
        let words = self.words();
        words.windows(phrase.len()).any(|window| window == phrase)
    }

    /// The top modules of the crate that this file names after `crate::`, or by climbing with `super::`. `depth` is
    /// how deep the file's own module lies: 1 for a top module.
    pub fn top_modules_named(&self, depth: usize) -> Vec<String> {
        let words = self.words();
        let word = |at: usize| words.get(at).map_or("", String::as_str);
        let mut named = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let mut climbed = 0;
            while word(at) == "super" && word(at + 1) == "::" {
                climbed += 1;
                at += 2;
            }
            if climbed > 0 {
                if climbed >= depth {
                    named.extend(heads(&words, at));
                }
            } else if word(at) == "crate" && word(at + 1) == "::" {
                at += 2;
                named.extend(heads(&words, at));
            } else {
                at += 1;
            }
        }
        named.sort();
        named.dedup();
        named
    }
}

/// The first names of a path or of each path of a group: `a::b` gives a, `{a::{x, y}, b}` gives a and b.
fn heads(words: &[String], start: usize) -> Vec<String> {
    let rest = words.get(start..).unwrap_or_default();
    if rest.first().is_none_or(|first| first != "{") {
        return rest
            .first()
            .into_iter()
            .filter(|w| is_name(w))
            .cloned()
            .collect();
    }
    let mut heads = Vec::new();
    let mut nested = 0;
    let mut at_head = false;
    for word in rest {
        match word.as_str() {
            "{" => {
                nested += 1;
                at_head = nested == 1;
            }
            "}" => {
                nested -= 1;
                if nested == 0 {
                    break;
                }
            }
            "," => at_head = nested == 1,
            name if at_head && is_name(name) => {
                heads.push(name.to_owned());
                at_head = false;
            }
            _ => {}
        }
    }
    heads
}

fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Names and numbers, `::`, and every other sign by itself.
pub fn words(code: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut signs = code.chars().peekable();
    while let Some(sign) = signs.next() {
        if sign.is_whitespace() {
            continue;
        }
        let mut word = String::from(sign);
        if sign.is_alphanumeric() || sign == '_' {
            while let Some(more) = signs.next_if(|c| c.is_alphanumeric() || *c == '_') {
                word.push(more);
            }
        } else if sign == ':'
            && let Some(second) = signs.next_if_eq(&':')
        {
            word.push(second);
        }
        words.push(word);
    }
    words
}

/// Replaces comments and the inside of text literals by blanks.
fn bare(text: &str) -> String {
    let signs: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(&sign) = signs.get(at) {
        let rest = signs.get(at..).unwrap_or_default();
        let in_word = at > 0
            && signs
                .get(at - 1)
                .is_some_and(|c| c.is_alphanumeric() || *c == '_');
        let skipped = match rest {
            ['/', '/', ..] => rest.iter().take_while(|c| **c != '\n').count(),
            ['/', '*', ..] => block_comment(rest),
            ['"', ..] => literal(rest, '"'),
            ['r', '"' | '#', ..] if !in_word => raw_literal(rest),
            ['b' | 'c', 'r', '"' | '#', ..] if !in_word => {
                1 + raw_literal(rest.get(1..).unwrap_or_default())
            }
            ['\'', '\\', ..] | ['\'', _, '\'', ..] => literal(rest, '\''),
            _ => 0,
        };
        if skipped == 0 {
            out.push(sign);
            at += 1;
        } else {
            let gone = rest.get(..skipped).unwrap_or(rest);
            out.extend(gone.iter().map(|c| if *c == '\n' { '\n' } else { ' ' }));
            at += gone.len();
        }
    }
    out
}

fn block_comment(rest: &[char]) -> usize {
    let (mut depth, mut at) = (0, 0);
    loop {
        match rest.get(at..).unwrap_or_default() {
            [] => return at,
            ['/', '*', ..] => (depth, at) = (depth + 1, at + 2),
            ['*', '/', ..] if depth == 1 => return at + 2,
            ['*', '/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
    }
}

fn literal(rest: &[char], end: char) -> usize {
    let mut at = 1;
    loop {
        match rest.get(at) {
            None => return at,
            Some('\\') => at += 2,
            Some(sign) if *sign == end => return at + 1,
            Some(_) => at += 1,
        }
    }
}

/// `r"…"` and `r#"…"#`; 0 for a raw name like `r#type`.
fn raw_literal(rest: &[char]) -> usize {
    let hashes = rest.iter().skip(1).take_while(|c| **c == '#').count();
    if rest.get(1 + hashes) != Some(&'"') {
        return 0;
    }
    let mut at = 2 + hashes;
    while at < rest.len() {
        let closes = rest.get(at) == Some(&'"')
            && rest
                .get(at + 1..)
                .unwrap_or_default()
                .iter()
                .take_while(|c| **c == '#')
                .count()
                >= hashes;
        if closes {
            return at + 1 + hashes;
        }
        at += 1;
    }
    at
}

/// Replaces what stands under `#[cfg(test)]` by blanks.
fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some((before, after)) = rest.split_once(MARK) {
        out.push_str(before);
        let mut depth = 0_i32;
        let mut end = after.len();
        for (at, sign) in after.char_indices() {
            match sign {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if (sign == '}' && depth <= 0) || (sign == ';' && depth == 0) {
                end = at + sign.len_utf8();
                break;
            }
        }
        let (gone, remaining) = after.split_at(end);
        out.extend(gone.chars().filter(|c| *c == '\n'));
        rest = remaining;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        Source {
            path: "src/a/b.rs".to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn comments_and_texts_are_not_code() {
        let code = source(concat!(
            "/// crate::doc\n",
            "//! crate::inner\n",
            "let x = \"crate::text \\\" crate::more\"; /* crate::block /* nested */ crate::still */\n",
            "let y = r#\"crate::raw \" \"# ; let z = br\"crate::bytes\"; let c = '\"'; let q = '\\'';\n",
            "fn f<'a>(s: &'a str) -> crate::real::Type { r#type(s) }\n",
        ));
        assert_eq!(code.top_modules_named(1), ["real"]);
        assert!(
            code.says(&["r", "#", "type", "("]),
            "a raw name stays: {:?}",
            code.words()
        );
    }

    #[test]
    fn groups_are_read_to_their_heads() {
        let code = source("use crate::{a::{x, crate_y}, b, c::d as e};\nuse crate::f::{g, h};");
        assert_eq!(code.top_modules_named(1), ["a", "b", "c", "f"]);
    }

    #[test]
    fn climbing_out_of_a_top_module_names_its_neighbour() {
        let code = source("use super::queries; use super::super::{guides, members::x};");
        assert_eq!(code.top_modules_named(1), ["guides", "members", "queries"]);
        assert_eq!(code.top_modules_named(2), ["guides", "members"]);
        assert!(code.top_modules_named(3).is_empty());
    }

    #[test]
    fn paths_inside_code_count_like_imports() {
        let code =
            source("fn f() -> u8 { crate::web::call::<crate::app::T>() } pub(crate) fn g() {}");
        assert_eq!(code.top_modules_named(1), ["app", "web"]);
    }

    #[test]
    fn tests_are_left_out_and_what_follows_is_not() {
        let code = source(
            "#[cfg(test)]\nmod tests { fn f() { crate::a::x(); } }\n#[cfg(test)]\nuse crate::b;\nuse crate::c;",
        );
        assert_eq!(code.top_modules_named(1), ["c"]);
        assert_eq!(code.code().lines().count(), 5);
    }
}
