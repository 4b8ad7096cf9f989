//! What accounts tried to send by the customer-service interface, call by call: a phone shows what arrived, this shows
//! what was asked for and what the caller got to hear.

use std::collections::VecDeque;

use serde::Serialize;
use serde_json::Value;

/// The calls that are sends.
pub(crate) const PATH: &str = "/cgi-bin/message/custom/send";
/// So many calls are remembered.
const KEPT: usize = 20_000;

/// One call.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Attempt {
    /// From 1.
    pub(crate) id: u64,
    /// Simulator time in seconds.
    pub(crate) at: i64,
    pub(crate) body: Value,
    /// It reached the phone.
    pub(crate) arrived: bool,
    /// The errcode, or how the call was cut off; none while it is worked on, and for ever when the caller hung up.
    pub(crate) answer: Option<String>,
    /// From the call to its answer.
    pub(crate) delay_ms: u64,
}

/// The calls, oldest first.
#[derive(Default)]
pub(crate) struct Sends {
    attempts: VecDeque<Attempt>,
    last: u64,
}

impl Sends {
    /// A call comes in; the number it goes by.
    pub(crate) fn begin(&mut self, at: i64, body: &[u8]) -> u64 {
        self.last += 1;
        self.attempts.push_back(Attempt {
            id: self.last,
            at,
            body: serde_json::from_slice(body).unwrap_or_default(),
            arrived: false,
            answer: None,
            delay_ms: 0,
        });
        if self.attempts.len() > KEPT {
            self.attempts.pop_front();
        }
        self.last
    }

    pub(crate) fn arrived(&mut self, id: u64) {
        if let Some(attempt) = self.at(id) {
            attempt.arrived = true;
        }
    }

    pub(crate) fn answered(&mut self, id: u64, answer: &str, delay_ms: u64) {
        if let Some(attempt) = self.at(id) {
            attempt.answer = Some(answer.to_owned());
            attempt.delay_ms = delay_ms;
        }
    }

    /// Those after the call with that number.
    pub(crate) fn after(&self, id: u64) -> Vec<Attempt> {
        let later = self.attempts.iter().filter(|attempt| attempt.id > id);
        later.cloned().collect()
    }

    fn at(&mut self, id: u64) -> Option<&mut Attempt> {
        let place = self.attempts.binary_search_by_key(&id, |known| known.id);
        self.attempts.get_mut(place.ok()?)
    }
}
