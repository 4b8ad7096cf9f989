//! One row of the table: rounds of one subject.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::sample;
use super::subjects::Subject;
use crate::api::Arrival;
use crate::fault::Done;
use crate::load::Outcome;
use crate::stats::{Sample, number};
use crate::wire;

/// A subject's rounds.
pub struct Row {
    /// What is pushed.
    pub label: String,
    /// Lines that did not arrive, or twice.
    pub lost: u64,
    /// Pushes that were not accepted.
    pub refused: u64,
    rounds: Vec<Round>,
}

/// What a round measured.
pub struct Round {
    cpu_micros: f64,
    rate: f64,
    answer_times: Sample,
    pushes: u64,
    sends: Option<u64>,
    lines: u64,
    lost: u64,
    refused: u64,
    memory: f64,
}

impl Row {
    /// Without rounds.
    pub fn new(label: &str) -> Self {
        Self {
            label: label.into(),
            lost: 0,
            refused: 0,
            rounds: Vec::new(),
        }
    }

    /// Adds a round.
    pub fn add(&mut self, round: Round) {
        self.lost += round.lost;
        self.refused += round.refused;
        self.rounds.push(round);
    }

    /// CPU µs a push.
    pub fn cpu(&self) -> Sample {
        sample(&self.rounds, |r| r.cpu_micros)
    }

    /// Pushes a second.
    pub fn rates(&self) -> Sample {
        sample(&self.rounds, |r| r.rate)
    }

    /// CPU a push against the same round of `other`.
    pub fn ratios(&self, other: Option<&Self>) -> Sample {
        let others = other.map(|row| row.rounds.as_slice()).unwrap_or_default();
        let pairs: Vec<_> = self.rounds.iter().zip(others).collect();
        sample(&pairs, |(own, other)| own.cpu_micros / other.cpu_micros)
    }

    /// The median of the rounds' percentiles of the time to the HTTP answer, in seconds.
    pub fn answered(&self, share: f64) -> f64 {
        sample(&self.rounds, |r| r.answer_times.percentile(share)).median()
    }

    /// Resident memory after the last round, in MB.
    pub fn memory(&self) -> f64 {
        self.rounds.last().map_or(f64::NAN, |r| r.memory)
    }

    /// Calls of the platform a push.
    pub fn calls_a_push(&self) -> Option<f64> {
        let sends: Option<u64> = self.rounds.iter().map(|r| r.sends).sum();
        let pushes: u64 = self.rounds.iter().map(|r| r.pushes).sum();
        sends.map(|sends| number(sends) / number(pushes))
    }

    /// Lines that one call carries.
    pub fn lines_a_call(&self) -> Option<f64> {
        let sends: Option<u64> = self.rounds.iter().map(|r| r.sends).sum();
        let lines: u64 = self.rounds.iter().map(|r| r.lines).sum();
        sends
            .filter(|sends| *sends > 0 && lines > 0)
            .map(|sends| number(lines) / number(sends))
    }
}

/// Puts a subject under load for `time` and waits until everything that was pushed took effect.
pub async fn measure(subject: &mut dyn Subject, time: Duration) -> Done<Round> {
    let load = subject.load(time)?;
    let sends_before = sends(subject).await?;
    let before = subject.process().cpu()?;
    let outcome = load.closed(subject.process().address, Some(time)).await?;
    if let Some(stage) = subject.stage() {
        stage.look.settled().await?;
    }
    let cpu = subject.process().cpu()? - before;
    if outcome.ran_dry {
        eprintln!(
            "{}: the load ran dry; the rate is too low, the CPU time is not affected",
            subject.label()
        );
    }
    subject.note_rate(outcome.rate());
    let sends = sends(subject)
        .await?
        .zip(sends_before)
        .map(|(after, before)| after - before);
    let arrivals = match subject.stage() {
        Some(stage) => arrivals(&outcome, stage.site.api.arrivals())?,
        None => HashMap::new(),
    };
    let lost = outcome
        .pushed
        .iter()
        .filter(|(line, _)| arrivals.get(line).is_none_or(|all| all.len() != 1));
    Ok(Round {
        cpu_micros: cpu / number(outcome.answered) * 1e6,
        rate: outcome.rate(),
        lost: if subject.tells_arrivals() {
            number_of(lost.count())?
        } else {
            0
        },
        answer_times: Sample::of(outcome.answer_times),
        pushes: outcome.answered,
        lines: number_of(outcome.pushed.len())?,
        sends,
        refused: outcome.refused,
        memory: subject.process().memory()?,
    })
}

async fn sends(subject: &dyn Subject) -> Done<Option<u64>> {
    match subject.stage() {
        Some(stage) => stage.site.api.sends().await.map(Some),
        None => Ok(None),
    }
}

/// When each line arrived: by the interface or as a passive answer.
pub fn arrivals(outcome: &Outcome, by_call: Vec<Arrival>) -> Done<HashMap<u32, Vec<Instant>>> {
    let mut arrivals: HashMap<u32, Vec<Instant>> = HashMap::new();
    for call in by_call {
        for line in wire::lines_in(&call.body) {
            arrivals.entry(line).or_default().push(call.at);
        }
    }
    let door = wire::door()?;
    for (at, answer) in &outcome.passive {
        let text = wire::open(&door, answer)?;
        for line in wire::lines_in(&text) {
            arrivals.entry(line).or_default().push(*at);
        }
    }
    Ok(arrivals)
}

fn number_of(count: usize) -> Done<u64> {
    Ok(u64::try_from(count)?)
}
