//! The account of a run: what was said, what the phones show, what the store holds and what was sent on the way must
//! agree to the last message. Pure.

mod lines;
mod order;
mod rest;
mod sends;
#[cfg(test)]
mod tests;
mod truth;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::mark::{Mark, Person};

/// Where and how the writer of a text meant it to go.
#[derive(Clone, Debug, PartialEq)]
pub enum Aim {
    /// A consumer's text: to one of these guides.
    Guides(Vec<Person>),
    /// `#12 text` of a guide.
    Numbered(Person),
    /// A bare answer of a guide who believes to be talking to this consumer.
    Bare(Person),
}

/// A text that somebody wrote.
#[derive(Clone, Debug)]
pub struct Said {
    /// Its mark; says who.
    pub mark: Mark,
    /// For whom.
    pub aim: Aim,
    /// When the push began, in milliseconds of the run.
    pub begun: u64,
    /// When its outcome was known.
    pub ended: u64,
    /// The platform got a valid answer: from then on it is our promise.
    pub accepted: bool,
}

/// A guide named a consumer (`#12` alone).
#[derive(Clone, Copy, Debug)]
pub struct Named {
    /// Who.
    pub guide: Person,
    /// Whom.
    pub consumer: Person,
}

/// An item of a phone that came from the account.
#[derive(Clone, Debug)]
pub struct Item {
    /// What it shows.
    pub text: String,
}

/// A push in the store.
#[derive(Clone, Debug)]
pub struct Push {
    /// Its id.
    pub id: i64,
    /// Whose; none when the openid is nobody's.
    pub from: Option<Person>,
    /// `stored`, `done`, `failed` …
    pub state: String,
    /// Why it failed.
    pub fault: Option<String>,
    /// The mark of its text.
    pub mark: Option<Mark>,
}

/// A line of a conversation in the store.
#[derive(Clone, Debug)]
pub struct Line {
    /// A guide has got it, or wrote it.
    pub has_guide: bool,
    /// Its mark.
    pub mark: Option<Mark>,
}

/// A message in the store.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its id.
    pub id: i64,
    /// To whom; none when the openid is nobody's.
    pub to: Option<Person>,
    /// `relay`, `answer` …
    pub purpose: String,
    /// `sent`, `held` …
    pub state: String,
    /// Why it is held, refused or unknown.
    pub reason: Option<String>,
    /// It went as the answer of a push.
    pub passive: bool,
    /// The push that caused it.
    pub push: Option<i64>,
    /// Its text.
    pub text: String,
    /// The mark in it.
    pub mark: Option<Mark>,
}

/// A guide's answer that was asked about.
#[derive(Clone, Debug)]
pub struct Question {
    /// `open`, `sent`, `dropped`.
    pub state: String,
    /// The mark of the answer.
    pub mark: Option<Mark>,
}

/// A call of the customer-service interface as the platform saw it.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// To whom.
    pub to: Option<Person>,
    /// The marks in its text.
    pub marks: Vec<Mark>,
    /// The errcode, or how it was cut off; none when the caller hung up.
    pub answer: Option<String>,
}

impl Attempt {
    /// The caller got to hear an errcode: only then may it come again.
    pub fn is_answered(&self) -> bool {
        self.answer
            .as_deref()
            .is_some_and(|answer| answer.parse::<i64>().is_ok())
    }
}

/// What is remarkable about a run, for what may be missing.
#[derive(Clone, Debug, Default)]
pub struct Circumstances {
    /// Outcomes may be unknown.
    pub answers_lost: bool,
    /// The machine was so busy that the platform gave a push up while its answer was being written.
    pub pushes_given_up: bool,
    /// The clocks of servers and platform differ.
    pub clocks_differ: bool,
    /// Consumers change guides or guides go off duty: lines may pass from one to the other.
    pub guides_change: bool,
    /// How often a node was killed because it did not get ready any more.
    pub nodes_given_up: u32,
    /// How often sends were to fail, by errcode.
    pub injected: BTreeMap<String, u64>,
}

/// Everything that is known at the end of a run.
#[derive(Clone, Debug, Default)]
pub struct Book {
    /// The guides; everybody else is a consumer.
    pub guides: BTreeSet<Person>,
    /// Every text that was written, in no order.
    pub said: Vec<Said>,
    /// Names that guides gave.
    pub named: Vec<Named>,
    /// What the phones show.
    pub phones: BTreeMap<Person, Vec<Item>>,
    /// The pushes in the store.
    pub pushes: Vec<Push>,
    /// The lines in the store.
    pub lines: Vec<Line>,
    /// The messages in the store.
    pub rows: Vec<Row>,
    /// The questions in the store.
    pub questions: Vec<Question>,
    /// How many identities each person has.
    pub identities: BTreeMap<Person, usize>,
    /// The numbers that guides have given: guide, number, member.
    pub numbers: Vec<(i64, i32, i64)>,
    /// The calls on the way.
    pub attempts: Vec<Attempt>,
    /// The simulator's counts of sends by errcode.
    pub codes: BTreeMap<String, u64>,
    /// Answers of one push that differed between its deliveries.
    pub differing_answers: u64,
    /// What is remarkable.
    pub circumstances: Circumstances,
}

/// What a run came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// Texts by what became of them.
    pub figures: BTreeMap<&'static str, u64>,
    /// What does not balance.
    pub wrongs: Vec<Wrong>,
}

/// What does not balance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Which promise it breaks.
    pub what: Breach,
    /// The case.
    pub case: String,
}

/// The promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Breach {
    /// Accepted, and nowhere to be found.
    Lost,
    /// Twice what was said once.
    Doubled,
    /// To somebody it was not meant for.
    WrongPerson,
    /// Later than what was said after it.
    WrongOrder,
    /// Sent again although nobody knew whether it had arrived.
    SentAgain,
    /// The store says what is not so.
    Untrue,
    /// Unknown, held or refused without anything that explains it.
    Unexplained,
    /// Not at rest when everything else is.
    Restless,
    /// A rule of the house is broken.
    Rule,
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.what, self.case)
    }
}

impl Account {
    pub(crate) fn count(&mut self, what: &'static str) {
        *self.figures.entry(what).or_default() += 1;
    }

    pub(crate) fn wrong(&mut self, what: Breach, case: impl Into<String>) {
        self.wrongs.push(Wrong {
            what,
            case: case.into(),
        });
    }
}

/// Draws the account up.
pub fn balance(book: &Book) -> Account {
    let mut account = Account::default();
    for _ in 0..book.circumstances.nodes_given_up {
        account.count("nodes that did not get ready");
    }
    rest::check(book, &mut account);
    lines::check(book, &mut account);
    order::check(book, &mut account);
    sends::check(book, &mut account);
    truth::check(book, &mut account);
    account
}
