//! `make bench`: measures the server under load and prints tables with ratios to the floor of the same run.
//!
//! The floor is a bare actix-web server with exactly the webhook's cryptographic and parsing work and no store. Only the
//! measured server's own CPU time counts, as the kernel keeps it; several rounds take turns, so that a change of the
//! machine's speed meets all of them.

mod api;
mod bare;
mod cores;
mod database;
mod fault;
mod floor;
mod growth;
mod http;
mod idle;
mod limits;
mod load;
mod options;
mod process;
mod queries;
mod report;
mod spine;
mod stage;
mod stampede;
mod stats;
mod table;
mod talk;
mod wire;
mod workbench;

use std::process::ExitCode;

use clap::Parser;

use options::{Options, Part};
use report::Report;

fn main() -> ExitCode {
    let options = Options::parse();
    match run(&options) {
        Ok(report) => report.finish(&options),
        Err(error) => {
            eprintln!("daogou-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> fault::Done<Report> {
    if let Part::Floor { port } = options.part() {
        floor::serve(port)?;
        return Ok(Report::default());
    }
    let mut report = Report::default();
    report.machine(options)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let (part, all) = (options.part(), options.wants_all());
        if all || part == Part::Limits {
            limits::run(options, &mut report).await?;
        }
        if all || part == Part::Spine {
            spine::run(options, &mut report).await?;
        }
        if all || part == Part::Idle {
            idle::run(options, &mut report).await?;
        }
        if all || part == Part::Stampede {
            stampede::run(options, &mut report).await?;
        }
        if all || part == Part::Workbench {
            workbench::run(options, &mut report).await?;
        }
        if all || matches!(part, Part::Growth { .. }) {
            growth::run(options, &mut report).await?;
        }
        Ok(report)
    })
}
