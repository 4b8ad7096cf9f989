//! What one person said after the other arrives after it, on every phone.

use std::collections::BTreeMap;

use super::{Account, Book, Breach, Person, Said};
use crate::mark::{Mark, marks};

pub(super) fn check(book: &Book, account: &mut Account) {
    let mut certain: BTreeMap<Mark, &Said> = BTreeMap::new();
    for said in &book.said {
        let asked = book.questions.iter().any(|q| q.mark == Some(said.mark));
        let unknown = book
            .rows
            .iter()
            .any(|row| row.mark == Some(said.mark) && row.state == "unknown");
        // What was asked about goes later; what is unknown may arrive at any time.
        if said.accepted && !asked && !unknown {
            certain.insert(said.mark, said);
        }
    }
    for (person, items) in &book.phones {
        let mut arrived: Vec<&Said> = Vec::new();
        let shown: Vec<Mark> = items
            .iter()
            .flat_map(|item| marks(&item.text))
            .map(|(_, mark)| mark)
            .filter(|mark| mark.by != *person)
            .collect();
        for (at, mark) in shown.iter().enumerate() {
            // A customer who went to another guide and came back brings her open lines once more, all of them in order.
            if shown.iter().skip(at + 1).any(|later| later == mark) {
                continue;
            }
            // With a customer who changes her guide come the open lines that the guide before has read. The new one may have
            // stood in for later ones already.
            if elsewhere(book, *person, *mark) {
                continue;
            }
            let Some(said) = certain.get(mark) else {
                continue;
            };
            let overtaken =
                |before: &&&Said| before.mark.by == said.mark.by && said.ended < before.begun;
            if let Some(before) = arrived.iter().find(overtaken) {
                account.wrong(
                    Breach::WrongOrder,
                    format!(
                        "{} arrived at {person:?} after {}, which was said later",
                        said.mark, before.mark
                    ),
                );
            }
            arrived.push(said);
        }
    }
}

/// Whether another phone shows it too.
fn elsewhere(book: &Book, person: Person, mark: Mark) -> bool {
    book.phones
        .iter()
        .filter(|(other, _)| **other != person)
        .flat_map(|(_, items)| items)
        .flat_map(|item| marks(&item.text))
        .any(|(_, shown)| shown == mark && shown.by != person)
}
