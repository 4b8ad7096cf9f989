//! Starting and doing nothing.

use std::time::Duration;

use crate::api::Api;
use crate::cores;
use crate::fault::Done;
use crate::options::Options;
use crate::report::Report;
use crate::stage::{self, Site};
use crate::stats::{Sample, figure};
use crate::table::Table;

/// How long it does nothing before its memory is read.
const REST: Duration = Duration::from_secs(3);
const MEMORY_MB: f64 = 64.0;
const START_SECONDS: f64 = 1.0;

/// Measures a start that makes the store, then starts on the store as it is.
pub async fn run(options: &Options, report: &mut Report) -> Done<()> {
    cores::unpin_this_thread()?;
    let site = Site::new(options, stage::folder()?, Api::counter(cores::ALL)?, None)?;
    let mut table = Table::new(
        "Start and idle, with an empty SQLite store",
        &[
            "",
            "start ms",
            "spread",
            "memory MB after 3 s",
            "CPU ms/s idle",
        ],
    );
    let (first, ..) = start(&site).await?;
    table.row([
        "first start, makes the store".into(),
        figure(first * 1e3),
        String::new(),
        String::new(),
        String::new(),
    ]);
    let (mut starts, mut memory, mut cpu) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..options.rounds.min(3) {
        let (seconds, megabytes, used) = start(&site).await?;
        starts.push(seconds);
        memory.push(megabytes);
        cpu.push(used);
    }
    let (starts, memory) = (Sample::of(starts), Sample::of(memory));
    table.row([
        "later starts".into(),
        figure(starts.median() * 1e3),
        spread_ms(&starts),
        figure(memory.median()),
        figure(Sample::of(cpu).median() * 1e3),
    ]);
    table.note("From the start of the process until /readyz answers 200 (asked every 5 ms).");
    report.show(table);
    report.at_most(
        "start with an empty store",
        START_SECONDS,
        starts.percentile(1.0),
        " s",
    );
    report.at_most("idle memory", MEMORY_MB, memory.percentile(1.0), " MB");
    Ok(())
}

fn spread_ms(starts: &Sample) -> String {
    Sample::of(vec![
        starts.percentile(0.0) * 1e3,
        starts.percentile(1.0) * 1e3,
    ])
    .spread()
}

/// Seconds to the start, MB after a rest, and CPU seconds a second of rest.
async fn start(site: &Site) -> Done<(f64, f64, f64)> {
    let server = site.serve(None).await?;
    let before = server.cpu()?;
    // The rest is what is measured: what a server that nobody calls uses.
    tokio::time::sleep(REST).await;
    let used = (server.cpu()? - before) / REST.as_secs_f64();
    let found = (server.started_in.as_secs_f64(), server.memory()?, used);
    server.stop().await?;
    Ok(found)
}
