//! Every text that was accepted: delivered once, or held, refused, asked about or unknown, and said so.

use super::{Account, Aim, Book, Breach, Line, Push, Question, Row, Said};
use crate::mark::{Mark, Person, marks};

pub(super) fn check(book: &Book, account: &mut Account) {
    for said in &book.said {
        account.count(if said.accepted {
            "accepted"
        } else {
            "not accepted"
        });
        let case = Case::of(book, said);
        case.check(account);
    }
    strangers(book, account);
}

/// Everything about one text.
struct Case<'a> {
    book: &'a Book,
    said: &'a Said,
    pushes: Vec<&'a Push>,
    lines: Vec<&'a Line>,
    rows: Vec<&'a Row>,
    questions: Vec<&'a Question>,
    /// The phones that show it, as often as they do.
    shown: Vec<Person>,
}

impl<'a> Case<'a> {
    fn of(book: &'a Book, said: &'a Said) -> Self {
        let here = |mark: &Option<Mark>| *mark == Some(said.mark);
        let purpose = if book.guides.contains(&said.mark.by) {
            "answer"
        } else {
            "relay"
        };
        Self {
            book,
            said,
            pushes: book.pushes.iter().filter(|p| here(&p.mark)).collect(),
            lines: book.lines.iter().filter(|l| here(&l.mark)).collect(),
            rows: book
                .rows
                .iter()
                .filter(|r| here(&r.mark) && r.purpose == purpose)
                .collect(),
            questions: book.questions.iter().filter(|q| here(&q.mark)).collect(),
            shown: shown(book, said.mark),
        }
    }

    fn check(&self, account: &mut Account) {
        let mark = self.said.mark;
        match self.pushes.as_slice() {
            [] if self.said.accepted => {
                account.wrong(
                    Breach::Lost,
                    format!("{mark} was accepted and is not stored"),
                );
            }
            [] => {
                if !self.shown.is_empty() {
                    account.wrong(Breach::Untrue, format!("{mark} arrived and is not stored"));
                }
            }
            [push] if push.from != Some(mark.by) => account.wrong(
                Breach::WrongPerson,
                format!("{mark} is stored as another's push"),
            ),
            [push] if push.state == "done" => self.took_effect(push, account),
            [_unfinished] => {} // named by the check that everything is at rest
            _ => account.wrong(
                Breach::Doubled,
                format!("{mark} is stored {} times", self.pushes.len()),
            ),
        }
    }

    fn took_effect(&self, push: &Push, account: &mut Account) {
        let mark = self.said.mark;
        if self.lines.len() > 1 {
            account.wrong(
                Breach::Doubled,
                format!("{mark} is {} lines of its conversation", self.lines.len()),
            );
        }
        self.recipients(account);
        if self.lines.is_empty() {
            return self.without_line(push, account);
        }
        if !self.book.circumstances.guides_change {
            let wanted = self.rows.iter().filter(|row| row.state != "dropped");
            if wanted.count() > 1 {
                account.wrong(
                    Breach::Doubled,
                    format!("{mark} is promised more than once"),
                );
            }
            if self.shown.len() > 1 {
                account.wrong(
                    Breach::Doubled,
                    format!("{mark} arrived {} times", self.shown.len()),
                );
            }
        }
        self.outcome(account);
    }

    /// A guide's answer that went to nobody: it is asked about, withdrawn, or refused with a word why.
    fn without_line(&self, push: &Push, account: &mut Account) {
        let mark = self.said.mark;
        let told = self
            .book
            .rows
            .iter()
            .any(|row| row.push == Some(push.id) && row.to == Some(mark.by));
        match self
            .questions
            .first()
            .map(|question| question.state.as_str())
        {
            Some("open") => account.count("asked about"),
            Some("dropped") => account.count("withdrawn"),
            Some(_) => account.wrong(
                Breach::Lost,
                format!("{mark} was asked about, decided, and sent to nobody"),
            ),
            None if told && self.book.guides.contains(&mark.by) => {
                account.count("refused with a word")
            }
            None => account.wrong(Breach::Lost, format!("{mark} took effect and left nothing")),
        }
    }

    /// Nobody else gets it, and nobody else is to get it.
    fn recipients(&self, account: &mut Account) {
        let mark = self.said.mark;
        let allowed = self.allowed();
        let addressed = self.rows.iter().filter_map(|row| row.to);
        for person in addressed.chain(self.shown.iter().copied()) {
            if !allowed.contains(&person) {
                account.wrong(
                    Breach::WrongPerson,
                    format!("{mark}, meant for {allowed:?}, went to {person:?}"),
                );
            }
        }
    }

    fn allowed(&self) -> Vec<Person> {
        match &self.said.aim {
            Aim::Guides(guides) => guides.clone(),
            Aim::Numbered(consumer) => vec![*consumer],
            // Which line was there first is told by the clocks.
            Aim::Bare(_) if self.book.circumstances.clocks_differ => self
                .book
                .phones
                .keys()
                .filter(|p| !self.book.guides.contains(p))
                .copied()
                .collect(),
            Aim::Bare(consumer) if self.questions.is_empty() => vec![*consumer],
            // What was asked about goes to whom the guide then named.
            Aim::Bare(_) => {
                let named = self.book.named.iter();
                named
                    .filter(|named| named.guide == self.said.mark.by)
                    .map(|named| named.consumer)
                    .collect()
            }
        }
    }

    fn outcome(&self, account: &mut Account) {
        let mark = self.said.mark;
        let has = |state: &str| self.rows.iter().any(|row| row.state == state);
        let pooled = self.lines.iter().any(|line| !line.has_guide);
        if !self.shown.is_empty() {
            account.count("delivered");
        } else if has("unknown") {
            account.count("unknown");
        } else if has("held") {
            account.count("held");
        } else if has("refused") {
            account.count("refused");
        } else if pooled {
            account.count("in the pool");
        } else if has("sent") {
            account.count("called sent"); // the check of truth says that it never arrived
        } else if has("dropped")
            && self.book.guides.contains(&mark.by)
            && self.book.circumstances.guides_change
        {
            account.count("dropped at a hand-over");
        } else if !self
            .rows
            .iter()
            .any(|row| ["ready", "claimed", "answering"].contains(&row.state.as_str()))
        {
            let states: Vec<_> = self.rows.iter().map(|row| &row.state).collect();
            account.wrong(
                Breach::Lost,
                format!("{mark} was accepted and is nowhere: its messages are {states:?}"),
            );
        }
    }
}

/// The phones that show a mark, but for its writer's own, where the house quotes it.
fn shown(book: &Book, mark: Mark) -> Vec<Person> {
    let mut found = Vec::new();
    for (person, items) in book.phones.iter().filter(|(person, _)| **person != mark.by) {
        let here = items.iter().flat_map(|item| marks(&item.text));
        found.extend(here.filter(|(_, shown)| *shown == mark).map(|_| *person));
    }
    found
}

/// Marks that nobody wrote.
fn strangers(book: &Book, account: &mut Account) {
    let known: std::collections::BTreeSet<Mark> = book.said.iter().map(|said| said.mark).collect();
    let items = book.phones.values().flatten();
    for (_, mark) in items.flat_map(|item| marks(&item.text)) {
        if !known.contains(&mark) {
            account.wrong(Breach::Untrue, format!("{mark} was never written"));
        }
    }
}
