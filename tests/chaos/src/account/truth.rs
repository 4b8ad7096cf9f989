//! What the store calls sent arrived, and nothing arrived that it does not know of: over all texts of the house, not
//! only those that people wrote.

use std::collections::BTreeMap;

use super::{Account, Book, Breach};
use crate::mark::{Person, marks};

/// Messages of one text to one person.
#[derive(Default)]
struct Group {
    sent: usize,
    /// Of those sent: whose push was perhaps given up just before they were written.
    doubtful: usize,
    unknown: usize,
}

pub(super) fn check(book: &Book, account: &mut Account) {
    let mut groups: BTreeMap<(Person, &str), Group> = BTreeMap::new();
    for row in book.rows.iter().filter(|row| !row.text.is_empty()) {
        let Some(to) = row.to else {
            account.wrong(
                Breach::WrongPerson,
                format!("message {} is for an openid of nobody", row.id),
            );
            continue;
        };
        let group = groups.entry((to, &row.text)).or_default();
        match row.state.as_str() {
            "sent" => {
                group.sent += 1;
                let doubtful = row.passive && book.circumstances.pushes_given_up;
                group.doubtful += usize::from(doubtful);
            }
            "unknown" => group.unknown += 1,
            _ => {}
        }
    }
    for ((to, text), group) in &groups {
        let shown = occurrences(book, *to, text);
        let name = name(text);
        if shown + group.doubtful < group.sent {
            account.wrong(
                Breach::Untrue,
                format!(
                    "{name} to {to:?}: {} called sent, {shown} arrived",
                    group.sent
                ),
            );
        }
        let inside_another = groups
            .keys()
            .any(|(other, longer)| other == to && longer != text && longer.contains(text));
        if shown > group.sent + group.unknown && !inside_another {
            account.wrong(
                Breach::Doubled,
                format!(
                    "{name} to {to:?}: {shown} arrived, {} called sent and {} unknown",
                    group.sent, group.unknown
                ),
            );
        }
    }
}

fn occurrences(book: &Book, person: Person, text: &str) -> usize {
    let items = book.phones.get(&person).into_iter().flatten();
    items.map(|item| item.text.matches(text).count()).sum()
}

/// A mark says it all; otherwise the text itself.
fn name(text: &str) -> String {
    match marks(text).first() {
        Some((_, mark)) => mark.to_string(),
        None => format!("{:?}", text.chars().take(30).collect::<String>()),
    }
}
