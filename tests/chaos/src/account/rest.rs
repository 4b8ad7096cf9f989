//! Nothing is under way any more, what rests has its reason, and the rules of the house hold.

use std::collections::{BTreeMap, BTreeSet};

use super::{Account, Book, Breach, Row};
use crate::mark::labelled;

pub(super) fn check(book: &Book, account: &mut Account) {
    at_rest(book, account);
    reasons(book, account);
    windows(book, account);
    rules(book, account);
}

fn at_rest(book: &Book, account: &mut Account) {
    for push in book.pushes.iter().filter(|push| push.state == "stored") {
        account.wrong(
            Breach::Restless,
            format!("push {} is still stored", push.id),
        );
    }
    for push in book.pushes.iter().filter(|push| push.state == "failed") {
        let fault = push.fault.as_deref().unwrap_or("?");
        account.wrong(Breach::Rule, format!("push {} failed: {fault}", push.id));
    }
    let moving = |row: &&Row| ["ready", "claimed", "answering"].contains(&row.state.as_str());
    for row in book.rows.iter().filter(moving) {
        account.wrong(
            Breach::Restless,
            format!("message {} is still {}", row.id, row.state),
        );
    }
}

fn reasons(book: &Book, account: &mut Account) {
    for row in &book.rows {
        let needs = ["held", "refused", "unknown"].contains(&row.state.as_str());
        if needs && row.reason.is_none() {
            account.wrong(
                Breach::Unexplained,
                format!("message {} is {} for no reason", row.id, row.state),
            );
        }
        if row.state == "unknown" && !book.circumstances.answers_lost {
            account.wrong(
                Breach::Unexplained,
                format!("message {} is unknown and no answer was lost", row.id),
            );
        }
    }
}

/// Windows are spent by us before the platform counts. It knows of an act before we do, though: what we send between
/// her act and its push is counted in the new window there and in the old one here, and then it may refuse one that we
/// believed open. That one is held; how often it happens is counted.
fn windows(book: &Book, account: &mut Account) {
    for code in ["45015", "45047"] {
        let got = book.codes.get(code).copied().unwrap_or(0);
        let injected = book.circumstances.injected.get(code).copied().unwrap_or(0);
        for _ in injected..got {
            account.count("windows shut unseen");
        }
    }
}

fn rules(book: &Book, account: &mut Account) {
    if book.differing_answers > 0 {
        account.wrong(
            Breach::Rule,
            format!(
                "{} push(es) got different answers on different deliveries",
                book.differing_answers
            ),
        );
    }
    for (person, count) in book.identities.iter().filter(|(_, count)| **count > 1) {
        account.wrong(
            Breach::Rule,
            format!("person {} is known {count} times", person.0),
        );
    }
    let mut given = BTreeSet::new();
    for (guide, number, member) in &book.numbers {
        if !given.insert((guide, member)) {
            account.wrong(
                Breach::Rule,
                format!("guide {guide} has two numbers for member {member}, one is {number}"),
            );
        }
    }
    numbers_on_phones(book, account);
}

/// A number on a guide's phone names one consumer for ever.
fn numbers_on_phones(book: &Book, account: &mut Account) {
    for (guide, items) in &book.phones {
        let mut named = BTreeMap::new();
        let lines = items.iter().flat_map(|item| labelled(&item.text));
        // The house quotes guides.
        for (number, mark) in lines.filter(|(_, mark)| !book.guides.contains(&mark.by)) {
            if *named.entry(number).or_insert(mark.by) != mark.by {
                account.wrong(
                    Breach::WrongPerson,
                    format!("#{number} on the phone of {} names two people", guide.0),
                );
            }
        }
    }
}
