//! Marks: every text that a person writes carries one of its own, so that every arrival anywhere can be attributed, and
//! the names with numbers that guides read on their phones.

use std::fmt;

/// A person of a run, by place in the list of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Person(pub usize);

/// The mark of a text: who wrote it, and which of the writer's texts it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark {
    /// Who.
    pub by: Person,
    /// From 1.
    pub number: u32,
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "~{}-{}~", self.by.0, self.number)
    }
}

/// The marks in a text with the places where they begin, in bytes.
pub fn marks(text: &str) -> Vec<(usize, Mark)> {
    let mut found = Vec::new();
    let mut begin = 0;
    let pieces: Vec<&str> = text.split('~').collect();
    for (place, piece) in pieces.iter().enumerate() {
        let closed = place > 0 && place + 1 < pieces.len();
        if closed && let Some(mark) = mark(piece) {
            found.push((begin - 1, mark));
        }
        begin += piece.len() + 1;
    }
    found
}

fn mark(inner: &str) -> Option<Mark> {
    let (by, number) = inner.split_once('-')?;
    Some(Mark {
        by: Person(by.parse().ok()?),
        number: number.parse().ok()?,
    })
}

/// The lines that a relayed text shows, as a guide reads them: the number in 【name #number】 and the mark behind it.
pub fn labelled(text: &str) -> Vec<(u32, Mark)> {
    let mut found = Vec::new();
    for group in text.split('【').skip(1) {
        let Some((label, lines)) = group.split_once('】') else {
            continue;
        };
        let number = label.rsplit_once('#').map(|(_, number)| number.trim());
        let Some(number) = number.and_then(|number| number.parse().ok()) else {
            continue;
        };
        found.extend(marks(lines).into_iter().map(|(_, mark)| (number, mark)));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark_of(by: usize, number: u32) -> Mark {
        Mark {
            by: Person(by),
            number,
        }
    }

    #[test]
    fn marks_are_found_where_they_begin() {
        let text = format!("在吗 {} {}好", mark_of(2, 1), mark_of(2, 17));
        assert_eq!(
            marks(&text),
            [(7, mark_of(2, 1)), (13, mark_of(2, 17))],
            "{text}"
        );
        assert!(marks("~ ~2-~ ~2-1").is_empty());
    }

    #[test]
    fn a_guide_reads_whose_line_it_is() {
        let text = format!(
            "【新顾客 #1】{}\n{}\n新朋友 #3\n【王女士 #12】好 {}",
            mark_of(4, 1),
            mark_of(4, 2),
            mark_of(5, 9)
        );
        assert_eq!(
            labelled(&text),
            [(1, mark_of(4, 1)), (1, mark_of(4, 2)), (12, mark_of(5, 9))]
        );
    }
}
