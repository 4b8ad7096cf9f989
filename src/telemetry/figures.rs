//! Every metric there is, in one table; `docs/metrics.md` shows it to people. Counting costs little where pushes come by
//! the thousand: handles are made once and kept.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use metrics::{Counter, Histogram};

/// What a metric is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// How long something took, in seconds.
    Seconds,
    /// How long something took that may wait for hours, in seconds.
    Waiting,
}

/// One metric.
pub struct Figure {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub sort: Sort,
    /// Its labels, separated by commas.
    pub labels: &'static str,
    /// What it counts.
    pub help: &'static str,
}

macro_rules! figures {
    ($($constant:ident = $name:literal, $sort:ident, $labels:literal, $help:literal;)*) => {
        $(const $constant: &str = $name;)*
        /// All of them.
        pub const FIGURES: &[Figure] = &[
            $(Figure { name: $constant, sort: Sort::$sort, labels: $labels, help: $help },)*
            Figure { name: "daogou_wechat_calls_total", sort: Sort::Counter, labels: "path,errcode",
                help: "calls to WeChat; errcode 0 is a success, unknown and not_sent are no answer and no connection" },
            Figure { name: "daogou_wechat_seconds", sort: Sort::Seconds, labels: "path", help: "how long calls to WeChat took" },
            Figure { name: "daogou_redis_seconds", sort: Sort::Seconds, labels: "", help: "how long Redis commands took" },
            Figure { name: "daogou_redis_failures_total", sort: Sort::Counter, labels: "",
                help: "Redis commands without an answer within a second, or refused" },
        ];
    };
}

figures! {
    PUSHES = "daogou_pushes_total", Counter, "type,outcome",
        "pushes; outcome is passive, success, refused, failed or busy";
    INTAKE = "daogou_intake_seconds", Seconds, "", "from a push's request to its answer, stored durably";
    HANDLED = "daogou_handled_seconds", Waiting, "", "from a push's arrival until all its effects are stored";
    RELAY = "daogou_relay_seconds", Waiting, "purpose", "from the promise of a message until WeChat took it";
    OUTBOUND = "daogou_outbound_total", Counter, "purpose,outcome",
        "tries to send a message; outcome is sent, again, held, refused or unknown";
    WINDOWS = "daogou_window_refusals_total", Counter, "reason",
        "messages that WeChat refused because the person's window is shut or used up";
    DEPTH = "daogou_queue_depth", Gauge, "queue",
        "pushes not handled, messages ready or being sent, messages held; counted to 10000";
    OLDEST = "daogou_queue_oldest_seconds", Gauge, "queue", "age of the oldest of these that is due";
    TOKEN = "daogou_token_seen_timestamp_seconds", Gauge, "account",
        "when this process first used the account's present access token";
    DB = "daogou_db_seconds", Seconds, "kind",
        "how long units of work took from their queue to their commit (write), and single questions (read)";
    DB_FAILURES = "daogou_db_failures_total", Counter, "", "units of work that the store did not take";
    HTTP = "daogou_http_seconds", Seconds, "route,status", "how long requests took";
    JOBS = "daogou_job_failures_total", Counter, "job", "rounds of background work that failed";
    READY = "daogou_ready", Gauge, "part", "1 when the part answers, else 0";
    MEMORY = "process_resident_memory_bytes", Gauge, "", "memory of the process";
    BUILD = "daogou_build_info", Gauge, "version", "always 1";
}

/// Tells the recorder what each metric means, and which program this is.
pub(super) fn describe() {
    for figure in FIGURES {
        let Figure { name, help, .. } = figure;
        let text = match figure.labels {
            "" => (*help).to_owned(),
            labels => format!("{help}; by {labels}"),
        };
        match figure.sort {
            Sort::Counter => metrics::describe_counter!(*name, text),
            Sort::Gauge => metrics::describe_gauge!(*name, text),
            Sort::Seconds | Sort::Waiting => metrics::describe_histogram!(*name, text),
        }
    }
    metrics::gauge!(BUILD, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
}

type Words = (&'static str, &'static str, &'static str);

thread_local! {
    static COUNTERS: RefCell<HashMap<Words, Counter>> = RefCell::default();
    static HISTOGRAMS: RefCell<HashMap<Words, Histogram>> = RefCell::default();
}

/// Counts one push of a type, with what became of it.
pub fn push(kind: &'static str, outcome: &'static str, took: Duration) {
    static SECONDS: LazyLock<Histogram> = LazyLock::new(|| metrics::histogram!(INTAKE));
    SECONDS.record(took);
    with_counter(
        (PUSHES, kind, outcome),
        || metrics::counter!(PUSHES, "type" => kind, "outcome" => outcome),
    );
}

/// A push took effect so long after it arrived.
pub fn handled(after: Duration) {
    static SECONDS: LazyLock<Histogram> = LazyLock::new(|| metrics::histogram!(HANDLED));
    SECONDS.record(after);
}

/// One try to send a message, so long after it was promised.
pub fn sent(purpose: &'static str, outcome: &'static str, after: TimeDelta) {
    with_counter(
        (OUTBOUND, purpose, outcome),
        || metrics::counter!(OUTBOUND, "purpose" => purpose, "outcome" => outcome),
    );
    if outcome == "sent" {
        with_histogram(
            (RELAY, purpose, ""),
            seconds(after),
            || metrics::histogram!(RELAY, "purpose" => purpose),
        );
    }
}

/// WeChat refused a message because of the person's window.
pub fn window_refusal(reason: &'static str) {
    metrics::counter!(WINDOWS, "reason" => reason).increment(1);
}

/// How full a queue is, and how old the oldest in it that is due.
pub fn queue(name: &'static str, depth: u32, oldest: TimeDelta) {
    metrics::gauge!(DEPTH, "queue" => name).set(f64::from(depth));
    metrics::gauge!(OLDEST, "queue" => name).set(seconds(oldest));
}

/// A unit of work was committed, or not, after so long.
pub fn written(took: Duration, failed: bool) {
    static WRITES: LazyLock<(Histogram, Counter)> = LazyLock::new(|| {
        (
            metrics::histogram!(DB, "kind" => "write"),
            metrics::counter!(DB_FAILURES),
        )
    });
    WRITES.0.record(took);
    if failed {
        WRITES.1.increment(1);
    }
}

/// The store answered a question after so long.
pub fn read(took: Duration) {
    static READS: LazyLock<Histogram> = LazyLock::new(|| metrics::histogram!(DB, "kind" => "read"));
    READS.record(took);
}

/// A request was answered.
pub fn answered(route: &'static str, status: &'static str, took: Duration) {
    with_histogram(
        (HTTP, route, status),
        took.as_secs_f64(),
        || metrics::histogram!(HTTP, "route" => route, "status" => status),
    );
}

/// A background job whose failures are counted, from none on: an alarm needs to see the first.
pub fn job(job: &'static str) -> Counter {
    metrics::counter!(JOBS, "job" => job)
}

/// Whether a part of the house answers.
pub fn ready(part: &'static str, ready: bool) {
    metrics::gauge!(READY, "part" => part).set(f64::from(u8::from(ready)));
}

/// The process's memory, where the system tells it.
pub fn memory(kilobytes: u32) {
    metrics::gauge!(MEMORY).set(1024.0 * f64::from(kilobytes));
}

/// The account's token as it is used now; noted when it is another one than the last time.
pub fn token_used(account: i64, token: &str, now: i64) {
    static SEEN: LazyLock<Mutex<HashMap<i64, u64>>> = LazyLock::new(Mutex::default);
    let mut hasher = DefaultHasher::new();
    token.hash(&mut hasher);
    let mark = hasher.finish();
    let before = SEEN
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .insert(account, mark);
    if before != Some(mark) {
        let since = TimeDelta::seconds(now);
        metrics::gauge!(TOKEN, "account" => account.to_string()).set(seconds(since));
    }
}

fn with_counter(key: Words, make: impl FnOnce() -> Counter) {
    COUNTERS.with_borrow_mut(|known| known.entry(key).or_insert_with(make).increment(1));
}

fn with_histogram(key: Words, value: f64, make: impl FnOnce() -> Histogram) {
    HISTOGRAMS.with_borrow_mut(|known| known.entry(key).or_insert_with(make).record(value));
}

/// Never negative: a clock that was put back is no news here.
fn seconds(time: TimeDelta) -> f64 {
    time.to_std().unwrap_or_default().as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_lists_every_metric_as_it_is() {
        let document = include_str!("../../docs/metrics.md");
        let rows = document.lines().filter_map(|line| {
            let cells: Vec<_> = line.split('|').map(str::trim).collect();
            let name = cells.get(1)?.strip_prefix('`')?.strip_suffix('`')?;
            Some((name, *cells.get(2)?, cells.get(3)?.replace(' ', "")))
        });
        let sort = |sort| match sort {
            Sort::Counter => "counter",
            Sort::Gauge => "gauge",
            Sort::Seconds | Sort::Waiting => "histogram",
        };
        let mut listed: Vec<_> = rows.collect();
        let mut known: Vec<_> = FIGURES
            .iter()
            .map(|figure| (figure.name, sort(figure.sort), figure.labels.to_owned()))
            .collect();
        listed.sort();
        known.sort();
        assert_eq!(listed, known);
    }
}
