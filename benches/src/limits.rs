//! What the machine itself can do, to explain the other figures: flushes of the disk, and SQLite's commits without us.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::time::Instant;

use crate::cores;
use crate::fault::Done;
use crate::options::Options;
use crate::queries::Bare;
use crate::report::Report;
use crate::stage;
use crate::stats::{figure, number};
use crate::table::Table;

/// What a stored push weighs, more or less.
const ROW_BYTES: usize = 600;

/// Measures it, on one core.
pub async fn run(options: &Options, report: &mut Report) -> Done<()> {
    cores::pin_this_thread(cores::SERVER)?;
    let folder = stage::folder()?;
    let mut table = Table::new(
        "Bare limits of this machine",
        &["", "a second", "CPU µs each"],
    );
    let mut file = File::create(folder.path().join("flushed"))?;
    let block = [7; 4096];
    let (rate, cpu) = repeat(options, || {
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&block)?;
        Ok(file.sync_data()?)
    })?;
    table.row([
        "fdatasync of a 4 kB block, one after the other".into(),
        figure(rate),
        figure(cpu),
    ]);
    for rows in [1, 64, 512] {
        let path = folder.path().join(format!("rows{rows}.db"));
        let bare = Bare::open(&path).await?;
        let (rate, cpu) = commits(options, &bare, rows, false).await?;
        table.row([
            format!("SQLite rows, {rows} a commit, a statement each"),
            figure(rate),
            figure(cpu),
        ]);
        if rows > 1 {
            let (rate, cpu) = commits(options, &bare, rows, true).await?;
            table.row([
                format!("SQLite rows, {rows} a commit, one statement"),
                figure(rate),
                figure(cpu),
            ]);
        }
    }
    table.note(format!("One core; SQLite through the driver that the server uses, WAL, synchronous=FULL, rows of {ROW_BYTES} bytes in a table without further index. CPU: of this program, user and system."));
    report.show(table);
    cores::unpin_this_thread()
}

/// How often `act` can be done a second, and the CPU µs of each.
fn repeat(options: &Options, mut act: impl FnMut() -> Done<()>) -> Done<(f64, f64)> {
    let (begun, cpu, mut times) = (Instant::now(), own_cpu()?, 0_u64);
    while begun.elapsed() < options.time() {
        act()?;
        times += 1;
    }
    Ok((
        number(times) / begun.elapsed().as_secs_f64(),
        (own_cpu()? - cpu) / number(times) * 1e6,
    ))
}

async fn commits(options: &Options, bare: &Bare, rows: usize, together: bool) -> Done<(f64, f64)> {
    let body = "x".repeat(ROW_BYTES);
    let (begun, cpu, mut written) = (Instant::now(), own_cpu()?, 0);
    while begun.elapsed() < options.time() {
        bare.commit(&body, rows, together).await?;
        written += rows;
    }
    Ok((
        number(written) / begun.elapsed().as_secs_f64(),
        (own_cpu()? - cpu) / number(written) * 1e6,
    ))
}

fn own_cpu() -> Done<f64> {
    crate::process::cpu_of("self")
}
