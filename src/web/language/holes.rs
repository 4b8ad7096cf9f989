//! Texts with holes that something is put into.

/// A place in a text that something is put into.
pub(super) struct Hole<'a> {
    /// Which of the things, from 0.
    pub number: usize,
    /// What is said instead of it when it is one, and when it is not.
    pub counted: Option<(&'a str, &'a str)>,
    /// Whether the thing is in our words, to be translated, too.
    pub ours: bool,
}

/// A text with something in its holes: `{0}`, `{0!}` for what is in our words, `{0|member|members}` for what is counted.
pub(super) fn filled(text: &str, with: impl Fn(Hole<'_>) -> String) -> String {
    let (mut whole, mut rest) = (String::new(), text);
    while let Some((before, from)) = rest.split_once('{') {
        whole += before;
        match from
            .split_once('}')
            .and_then(|(named, after)| Some((hole(named)?, after)))
        {
            Some((hole, after)) => {
                whole += &with(hole);
                rest = after;
            }
            None => {
                whole.push('{');
                rest = from;
            }
        }
    }
    whole + rest
}

fn hole(named: &str) -> Option<Hole<'_>> {
    let (number, counted) = match named.split_once('|') {
        Some((number, words)) => (number, Some(words.split_once('|')?)),
        None => (named, None),
    };
    let ours = number.ends_with('!');
    Some(Hole {
        number: number.trim_end_matches('!').parse().ok()?,
        counted,
        ours,
    })
}
