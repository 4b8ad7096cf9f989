//! What nobody knows the outcome of is never sent again by itself, whether it arrived or not.

use std::collections::BTreeMap;

use super::{Account, Attempt, Book, Breach, Row};
use crate::mark::{Mark, Person};

pub(super) fn check(book: &Book, account: &mut Account) {
    let mut by_message: BTreeMap<(Mark, Person), Vec<&Attempt>> = BTreeMap::new();
    for attempt in &book.attempts {
        for mark in &attempt.marks {
            if let Some(to) = attempt.to.filter(|to| *to != mark.by) {
                by_message.entry((*mark, to)).or_default().push(attempt);
            }
        }
    }
    for ((mark, to), attempts) in by_message {
        let here = |row: &&Row| row.mark == Some(mark) && row.to == Some(to);
        let rows: Vec<&Row> = book.rows.iter().filter(here).collect();
        let carriers = |row: &&&Row| ["relay", "answer"].contains(&row.purpose.as_str());
        let [row] = rows.iter().filter(carriers).collect::<Vec<_>>()[..] else {
            continue;
        };
        let may_come_again =
            |attempt: &Attempt| attempt.is_answered() && attempt.answer.as_deref() != Some("0");
        let last = attempts.len() - 1;
        if let Some(at) = attempts.iter().position(|attempt| !may_come_again(attempt))
            && at < last
        {
            account.wrong(
                Breach::SentAgain,
                format!(
                    "{mark} to {to:?} was sent again after {:?}",
                    attempts
                        .get(at)
                        .and_then(|attempt| attempt.answer.as_deref())
                ),
            );
        }
        let lost = attempts.iter().any(|attempt| !attempt.is_answered());
        if lost && row.state != "unknown" {
            account.wrong(
                Breach::SentAgain,
                format!(
                    "{mark} to {to:?} is {} although WeChat's answer to it was lost",
                    row.state
                ),
            );
        }
    }
}
