//! What is printed: a line a seed, the whole story of one that fails, and the sum.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use crate::account::Book;
use crate::plan::{Plan, Store};
use crate::seed::Outcome;
use crate::trouble::{Result, Trouble};

/// The sum over the seeds of one database.
#[derive(Default)]
pub struct Sum {
    /// Seeds that were played to the end.
    pub seeds: u64,
    /// Seeds whose account does not balance, or that could not be played, and why.
    pub failed: Vec<(u64, String)>,
    /// Texts by what became of them.
    pub figures: BTreeMap<&'static str, u64>,
    /// Faults by name.
    pub faults: BTreeMap<String, u64>,
}

impl Sum {
    /// Adds a seed.
    pub fn add(&mut self, plan: &Plan, outcome: &std::result::Result<Outcome, Trouble>) {
        self.seeds += 1;
        for event in &plan.events {
            let text = format!("{:?}", event.fault);
            let name: String = text.chars().take_while(|c| c.is_alphabetic()).collect();
            *self.faults.entry(name).or_default() += 1;
        }
        match outcome {
            Ok(outcome) => {
                for (what, count) in &outcome.account.figures {
                    *self.figures.entry(what).or_default() += count;
                }
                if let Some(wrong) = outcome.account.wrongs.first() {
                    self.failed.push((plan.seed, wrong.to_string()));
                }
            }
            Err(trouble) => self.failed.push((plan.seed, trouble.to_string())),
        }
    }

    /// The lines at the end.
    pub fn lines(&self, store: Store, lasted: Duration) -> String {
        let list = |of: &mut dyn Iterator<Item = (String, u64)>| {
            let all: Vec<String> = of.map(|(what, count)| format!("{count} {what}")).collect();
            all.join(", ")
        };
        let figures = list(&mut self.figures.iter().map(|(w, c)| ((*w).to_owned(), *c)));
        let faults = list(&mut self.faults.iter().map(|(w, c)| (w.clone(), *c)));
        let mut text = format!(
            "{store}: {} seeds in {:.1} min, {} failed\n  texts: {figures}\n  faults: {faults}",
            self.seeds,
            lasted.as_secs_f64() / 60.0,
            self.failed.len()
        );
        // Once more at the end: the story of a seed stands far above.
        for (seed, why) in &self.failed {
            // A String takes everything.
            let _never = write!(text, "\n  FAILED: seed {seed}: {why}");
        }
        text
    }
}

/// The line of a seed, and everything about one that fails.
pub fn seed(
    plan: &Plan,
    outcome: &std::result::Result<Outcome, Trouble>,
    replay: &str,
    folder: &Path,
) -> String {
    let head = format!("{} seed {}", plan.store, plan.seed);
    match outcome {
        Ok(outcome) if outcome.account.wrongs.is_empty() => {
            let figures: Vec<String> = outcome
                .account
                .figures
                .iter()
                .map(|(what, count)| format!("{count} {what}"))
                .collect();
            let lasted = outcome.lasted.as_secs_f64();
            let [invited, suffered, rested] = outcome.phases.map(|phase| phase.as_secs_f64());
            format!(
                "{head}: balanced in {lasted:.1} s ({invited:.1} + {suffered:.1} + {rested:.1}): {}",
                figures.join(", ")
            )
        }
        Ok(outcome) => {
            let mut text = format!("{head}: DOES NOT BALANCE\n");
            for wrong in &outcome.account.wrongs {
                // A String takes everything.
                let _never = writeln!(text, "  {wrong}");
            }
            let _never = write!(
                text,
                "{plan}  play it again: {replay}\n  logs, book and database: {}",
                folder.display()
            );
            text
        }
        Err(trouble) => format!(
            "{head}: COULD NOT BE PLAYED: {trouble}\n{plan}  play it again: {replay}\n  logs: {}",
            folder.display()
        ),
    }
}

/// Keeps the book of a failing seed beside its logs.
pub fn keep(book: &Book, plan: &Plan, folder: &Path) -> Result<()> {
    std::fs::write(folder.join("book.txt"), format!("{plan}\n{book:#?}\n"))?;
    Ok(())
}
