//! What the checks say: a line each for people, as soon as it is known, or one line of JSON at the end.

use serde_json::{Value, json};

use super::super::say;

/// How wide names are printed.
const NAME_WIDTH: usize = 15;

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// As it should be.
    Ok,
    /// It runs, but somebody should look.
    Warn,
    /// It does not work.
    Fail,
    /// Could not be checked; the text says why.
    Skipped,
}

impl State {
    fn sign(self) -> char {
        match self {
            Self::Ok => '✓',
            Self::Warn => '!',
            Self::Fail => '✗',
            Self::Skipped => '-',
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::Skipped => "skipped",
        }
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
                .push(json!({ "name": name, "state": state.word(), "text": text }));
        } else {
            let name = name.replace('_', " ");
            say(&format!("{} {name:NAME_WIDTH$} {text}", state.sign()));
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
