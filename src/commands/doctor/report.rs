//! What the checks say: a line each for people, as soon as it is known, or one line of JSON at the end.

use serde_json::{Value, json};

use super::super::say;
use crate::checkup::{Finding, State};

/// How wide names are printed.
const NAME_WIDTH: usize = 15;

fn sign(state: State) -> char {
    match state {
        State::Ok => '✓',
        State::Warn => '!',
        State::Fail => '✗',
        State::Skipped => '-',
    }
}

fn word(state: State) -> &'static str {
    match state {
        State::Ok => "ok",
        State::Warn => "warn",
        State::Fail => "fail",
        State::Skipped => "skipped",
    }
}

/// The checks so far.
pub(super) struct Report {
    json: bool,
    failed: usize,
    checks: Vec<Value>,
}

impl Report {
    pub(super) fn new(json: bool) -> Self {
        Self {
            json,
            failed: 0,
            checks: Vec::new(),
        }
    }

    /// Notes a check. `name` is the one that programs look for.
    pub(super) fn note(&mut self, name: &str, state: State, text: &str) {
        if state == State::Fail {
            self.failed += 1;
        }
        if self.json {
            self.checks
                .push(json!({ "name": name, "state": word(state), "text": text }));
        } else {
            let name = name.replace('_', " ");
            say(&format!("{} {name:NAME_WIDTH$} {text}", sign(state)));
        }
    }

    /// Notes what a check found.
    pub(super) fn add(&mut self, finding: &Finding) {
        self.add_of(None, finding);
    }

    /// The same with the name of the account, where there are several.
    pub(super) fn add_of(&mut self, appid: Option<&str>, finding: &Finding) {
        let text = &finding.words.terminal;
        match appid {
            Some(appid) => self.note(finding.name, finding.state, &format!("{appid}: {text}")),
            None => self.note(finding.name, finding.state, text),
        }
    }

    pub(super) fn ok(&mut self, name: &str, text: &str) {
        self.note(name, State::Ok, text);
    }

    pub(super) fn warn(&mut self, name: &str, text: &str) {
        self.note(name, State::Warn, text);
    }

    pub(super) fn fail(&mut self, name: &str, text: &str) {
        self.note(name, State::Fail, text);
    }

    pub(super) fn skip(&mut self, name: &str, text: &str) {
        self.note(name, State::Skipped, text);
    }

    /// Prints the JSON, if that is wanted, and says how many checks failed.
    pub(super) fn close(self) -> usize {
        if self.json {
            say(&json!({ "ok": self.failed == 0, "checks": self.checks }).to_string());
        }
        self.failed
    }
}
