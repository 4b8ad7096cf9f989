//! Does it stay as fast and as small as the brand grows? The same talk on stores of growing size.

mod copies;
mod queries;

use std::process::Command;
use std::time::Instant;

use crate::api::Api;
use crate::cores;
use crate::fault::Done;
use crate::options::{Options, Part};
use crate::report::Report;
use crate::spine::latency;
use crate::spine::row::{self, Row};
use crate::spine::subjects::Whole;
use crate::stage::{self, Guide, ONE_CORE, Site, Stage};
use crate::stats::{Sample, figure, number};
use crate::table::Table;
use crate::wire::{self, Sender};

use copies::Pattern;
use queries::File;

/// Members of one guide.
const EACH: usize = 100;
const SIZES: [usize; 3] = [10_000, 100_000, 1_000_000];
/// Free disk that the largest store needs, with what making it needs besides.
const FREE_GB: f64 = 15.0;
/// Seeds of the openids, apart from those of the other parts.
const SEED: u64 = 50;
/// Flat means that the largest store costs at most so many times what the smallest does.
const FLAT: f64 = 1.5;
const MEMORY_FLAT: f64 = 1.25;

/// What a size came to.
struct Step {
    members: usize,
    messages: i64,
    gigabytes: f64,
    made_in: f64,
    start: f64,
    idle: f64,
    row: Row,
    p99: f64,
    rate: f64,
    peak: f64,
}

/// Measures the sizes that are wanted.
pub async fn run(options: &Options, report: &mut Report) -> Done<()> {
    let most = match options.part() {
        Part::Growth { members } => members,
        Part::All => 1_000_000,
        _ => 100_000,
    };
    if most < 1_000_000 {
        report.not_run(
            "growth to 1,000,000 members",
            "it takes long; `make bench BENCH=growth` or BENCH=all does it",
        );
    }
    let mut steps: Vec<Step> = Vec::new();
    for members in SIZES.into_iter().filter(|size| *size <= most) {
        let (free, needed) = (free_gigabytes()?, FREE_GB * number(members) / 1e6);
        if free < needed {
            let why = format!(
                "{} GB of disk are free, {} are needed",
                figure(free),
                figure(needed)
            );
            report.not_run(
                &format!("growth to {} members", figure(number(members))),
                &why,
            );
            break;
        }
        let rate = steps.first().map(|step| step.rate);
        steps.push(step(options, members, rate).await?);
    }
    report.show(table(options, &steps));
    targets(&steps, report);
    Ok(())
}

async fn step(options: &Options, members: usize, rate: Option<f64>) -> Done<Step> {
    cores::unpin_this_thread()?;
    eprintln!(
        "growth: making a store of {} members …",
        figure(number(members))
    );
    let sender = Sender::new(options.seed)?;
    let begun = Instant::now();
    let (site, guides) = grown(options, &sender, members).await?;
    let made_in = begun.elapsed().as_secs_f64();

    cores::pin_this_thread(cores::SERVER)?;
    let server = site.serve(ONE_CORE).await?;
    let start = server.started_in.as_secs_f64();
    // What starting took is given back before memory is read.
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    let idle = server.memory()?;
    let look = site.look().await?;
    let messages = look.count("SELECT count(*) FROM message").await?;
    let stage = Stage {
        site,
        server,
        guides,
        look,
    };

    let mut talk = Whole::new(&sender, &stage);
    let mut row = Row::new("");
    row::measure(&mut talk, options.time()).await?;
    for _ in 0..options.rounds {
        row.add(row::measure(&mut talk, options.time()).await?);
    }
    // The same rate for all sizes.
    let rate = rate.unwrap_or_else(|| row.rates().median() / 2.0);
    let (to_guides, _, lost) = latency::rounds(options, &mut talk, &stage, rate).await?;
    row.lost += lost;
    let p99 = Sample::of(
        to_guides
            .iter()
            .map(|round| round.percentile(0.99))
            .collect(),
    )
    .median();
    Ok(Step {
        members,
        messages,
        gigabytes: number(std::fs::metadata(stage.site.file())?.len()) / 1e9,
        made_in,
        start,
        idle,
        row,
        p99,
        rate,
        peak: stage.server.memory_peak()?,
    })
}

/// A store with so many members, and its guides with theirs. What it is copied from, the product wrote: a guide and a
/// member who have exchanged ten messages.
async fn grown(options: &Options, sender: &Sender, members: usize) -> Done<(Site, Vec<Guide>)> {
    let site = Site::new(
        options,
        stage::folder()?,
        Api::counter(cores::PLATFORM)?,
        None,
    )?;
    let stage = site.open(None, sender, 1, 1).await?;
    let guide = stage.guides.first().ok_or("no guide")?;
    let member = guide.members.first().ok_or("no member")?;
    for n in 0..9 {
        // The guide has said one thing already.
        let push = match n % 2 {
            0 => sender.text(member, "这款防水吗，我想下雨天穿", None)?,
            _ => sender.text(&guide.openid, "#1 防水的，放心穿", None)?,
        };
        stage
            .all_once(crate::load::Load::deal([vec![push]]))
            .await?;
    }
    let pattern = Pattern {
        member: member.clone(),
        guide: guide.openid.clone(),
        members,
        guides: members / EACH,
    };
    let Stage {
        site, server, look, ..
    } = stage;
    look.close().await?;
    server.stop().await?;
    File::open(&site.file()).await?.grow(&pattern, SEED).await?;
    // Gigabytes that were never flushed would be by the first to open the file, and its start would take the blame.
    let file = std::fs::File::open(site.file())?;
    tokio::task::spawn_blocking(move || file.sync_all()).await??;
    let openid = |seed, n: usize| Ok(wire::openid(seed, u64::try_from(n)?));
    let guide = |g: usize| {
        let own = (0..EACH).map(|number| openid(SEED, number * pattern.guides + g));
        Ok(Guide {
            name: String::new(),
            openid: openid(SEED + 1, g)?,
            scene: String::new(),
            ticket: String::new(),
            members: own.collect::<Done<_>>()?,
        })
    };
    let guides = (1..=pattern.guides).map(guide).collect::<Done<_>>()?;
    Ok((site, guides))
}

/// What the disk of this program has left.
fn free_gigabytes() -> Done<f64> {
    let folder = stage::folder()?;
    let output = Command::new("df")
        .args(["--output=avail", "-k"])
        .arg(folder.path())
        .output()?;
    let text = String::from_utf8(output.stdout)?;
    let kilobytes: u64 = text
        .split_whitespace()
        .last()
        .ok_or("df says nothing")?
        .parse()?;
    Ok(number(kilobytes) / 1e6)
}

fn table(options: &Options, steps: &[Step]) -> Table {
    let head = [
        "members",
        "messages",
        "store GB",
        "start ms",
        "idle MB",
        "CPU µs a push",
        "spread",
        "× smallest",
        "pushes/s",
        "p99 ms to the guide",
        "peak MB",
        "made in s",
    ];
    let mut table = Table::new(
        "Growth: the whole way on stores of growing size (SQLite, one core)",
        &head,
    );
    for step in steps {
        let smallest = steps
            .first()
            .map_or(f64::NAN, |first| first.row.cpu().median());
        table.row([
            figure(number(step.members)),
            figure(number(u64::try_from(step.messages).unwrap_or(0))),
            figure(step.gigabytes),
            figure(step.start * 1e3),
            figure(step.idle),
            figure(step.row.cpu().median()),
            step.row.cpu().spread(),
            figure(step.row.cpu().median() / smallest),
            figure(step.row.rates().median()),
            figure(step.p99),
            figure(step.peak),
            figure(step.made_in),
        ]);
    }
    let rate = steps.first().map_or(f64::NAN, |first| first.rate);
    table.note(format!("A member has ten messages with her guide, spread over three months, with everything the product wrote for them and would still have; {EACH} members a guide. The load is that of (c), random members of random guides, {} rounds of {} s; p99 at {} pushes/s for all sizes.", options.rounds, options.seconds, figure(rate)));
    table.note("Most of the store is in the machine's page cache, because it was just made.");
    table
}

fn targets(steps: &[Step], report: &mut Report) {
    let (Some(first), Some(last)) = (steps.first(), steps.last()) else {
        return;
    };
    let to = format!(
        "growth from {} to {} members",
        figure(number(first.members)),
        figure(number(last.members))
    );
    if steps.len() > 1 {
        let cpu = last.row.cpu().median() / first.row.cpu().median();
        report.at_most(&format!("{to}: CPU a push, flat"), FLAT, cpu, " ×");
        let memory = last.peak / first.peak;
        report.at_most(
            &format!("{to}: peak memory, flat"),
            MEMORY_FLAT,
            memory,
            " ×",
        );
    }
    report.at_most(
        &format!("start with {} members", figure(number(last.members))),
        1.0,
        last.start,
        " s",
    );
    report.at_most(
        &format!("idle memory with {} members", figure(number(last.members))),
        64.0,
        last.idle,
        " MB",
    );
    let lost: u64 = steps
        .iter()
        .map(|step| step.row.lost + step.row.refused)
        .sum();
    report.holds(
        &format!("{to}: every line arrived, once"),
        format!("{lost} lost, twice or refused"),
        lost == 0,
    );
}
