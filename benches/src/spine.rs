//! CPU time a push, from the bare floor to the whole way, in rounds that take turns; then how long a line takes to the
//! guide.

mod alone;
pub mod latency;
mod peer;
pub mod row;
pub mod subjects;

use std::time::Duration;

use crate::fault::Done;
use crate::options::Options;
use crate::report::Report;
use crate::stage::{self, ONE_CORE};
use crate::stats::{Sample, figure};
use crate::table::Table;
use crate::wire::Sender;
use crate::{api::Api, cores};

use peer::Peer;
use row::Row;
use subjects::{Floor, Stored, Subject, Unbound, Whole};

const GUIDES: usize = 128;
const MEMBERS: usize = 10;

/// Measures it.
pub async fn run(options: &Options, report: &mut Report) -> Done<()> {
    cores::pin_this_thread(cores::SERVER)?;
    let sender = Sender::new(options.seed)?;
    let counted = stage::Site::new(
        options,
        stage::folder()?,
        Api::counter(cores::PLATFORM)?,
        None,
    )?
    .open(ONE_CORE, &sender, GUIDES, MEMBERS)
    .await?;
    let folder = stage::folder()?;
    let simulator = Api::simulator(
        &stage::program(options)?,
        folder.path(),
        Some(cores::PLATFORM),
    )
    .await?;
    let simulated = stage::Site::new(options, folder, simulator, None)?
        .open(ONE_CORE, &sender, GUIDES, MEMBERS)
        .await?;
    let floor = Floor::start(&sender).await?;

    let mut subjects: Vec<Box<dyn Subject + '_>> = vec![
        Box::new(floor),
        Box::new(Stored::new(&sender, &counted)),
        Box::new(Unbound::new(&sender, &counted)),
        Box::new(Whole::new(&sender, &counted)),
        Box::new(Whole::new(&sender, &simulated)),
    ];
    match &options.python {
        Some(python) => subjects.push(Box::new(Peer::start(python, &sender).await?)),
        None => report.not_run(
            "(d) wechatpy with FastAPI",
            "there is no Python with them; `make bench` installs them",
        ),
    }
    let mut rows: Vec<Row> = subjects.iter().map(|s| Row::new(s.label())).collect();
    let warm_up = Duration::from_millis(500);
    for subject in &mut subjects {
        row::measure(subject.as_mut(), warm_up).await?;
    }
    for _ in 0..options.rounds {
        for (row, subject) in rows.iter_mut().zip(&mut subjects) {
            row.add(row::measure(subject.as_mut(), options.time()).await?);
        }
    }
    drop(subjects);
    report.show(table(&rows));
    targets(&rows, report);
    alone::run(&sender, &counted, &rows, report).await?;
    let highest = rows.get(WHOLE).map_or(f64::NAN, |row| row.rates().median());
    latency::run(options, &sender, &counted, highest, report).await?;
    cores::unpin_this_thread()
}

const STORED: usize = 1;
const WHOLE: usize = 3;
const PEER: usize = 5;

fn table(rows: &[Row]) -> Table {
    let head = [
        "a push",
        "CPU µs",
        "spread",
        "× floor",
        "spread",
        "pushes/s",
        "answered in p50 ms",
        "p99 ms",
        "calls/push",
        "lines/call",
    ];
    let mut table = Table::new(
        "CPU time of the server a push (secure mode, one core, 64 connections, closed loop)",
        &head,
    );
    for row in rows {
        let ratios = row.ratios(rows.first());
        let optional = |value: Option<f64>| value.map(figure).unwrap_or_default();
        table.row([
            row.label.clone(),
            figure(row.cpu().median()),
            row.cpu().spread(),
            figure(ratios.median()),
            ratios.spread(),
            figure(row.rates().median()),
            figure(row.answered(0.5) * 1e3),
            figure(row.answered(0.99) * 1e3),
            optional(row.calls_a_push()),
            optional(row.lines_a_call()),
            figure(row.memory()),
        ]);
    }
    table.note("Medians of the rounds; spread: least and most of the rounds. Only the measured server's CPU time counts (user and system, as the kernel keeps it), until everything that its pushes caused is sent.");
    table.note("(a) floor: a bare actix-web server with the webhook's cryptographic and parsing work (signature, AES both ways, quick-xml), a text echoed, no store.");
    table.note("(b) stored: TEMPLATESENDJOBFINISH from 10,000 followers, each with its own job id: stored durably (SQLite, synchronous=FULL) before the answer, no other effect. Below it: a text of a follower whom nobody serves, kept in her conversation for the pool.");
    table.note(format!("(c) the whole way: {GUIDES} guides with {MEMBERS} members each. Of four pushes three are a bound member's line, relayed to her guide, and one is the guide's answer (#n …), sent to the member; both count, with the calls to the platform. The platform's side answers at once and notes what arrives; the last row calls `daogou sandbox` instead, with its quotas off, because it has not seen these pushes."));
    table.note("(d) peer: wechatpy 1.8 in FastAPI on uvicorn with uvloop and httptools, a text echoed, no store.");
    table.note("Memory: resident after the last round.");
    table
}

fn targets(rows: &[Row], report: &mut Report) {
    let ratio = |at: usize| {
        rows.get(at)
            .map_or(f64::NAN, |row| row.ratios(rows.first()).median())
    };
    report.at_most(
        "(b) stored: CPU a push against the floor",
        3.0,
        ratio(STORED),
        " ×",
    );
    report.at_most(
        "(c) the whole way: CPU a push against the floor",
        20.0,
        ratio(WHOLE),
        " ×",
    );
    report.at_most(
        "(c) the whole way through the simulator, against the floor",
        20.0,
        ratio(WHOLE + 1),
        " ×",
    );
    if let Some(peer) = rows.get(PEER) {
        let cheaper = |at: usize| peer.ratios(rows.get(at)).median();
        report.at_least(
            "(b) stored: how many times cheaper than the peer's echo",
            10.0,
            cheaper(STORED),
            " ×",
        );
        report.at_least(
            "(c) the whole way: how many times cheaper than the peer's echo",
            1.0,
            cheaper(WHOLE),
            " ×",
        );
    }
    let refused: u64 = rows.iter().map(|row| row.refused).sum();
    report.holds(
        "every push was accepted",
        format!("{refused} refused"),
        refused == 0,
    );
    let lost: u64 = rows.iter().map(|row| row.lost).sum();
    report.holds(
        "(c) every line arrived, once",
        format!("{lost} lost or twice"),
        lost == 0,
    );
}

/// The sample of what `value` gives for each.
fn sample<T>(of: &[T], value: impl Fn(&T) -> f64) -> Sample {
    Sample::of(of.iter().map(value).collect())
}
