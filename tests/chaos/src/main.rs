//! Chaos: real servers against the simulated platform, with a seeded schedule of faults; at the end what every phone got
//! is compared with what was sent.
//!
//! Exit codes: 0 every account balanced, 1 one did not, 2 usage or nothing could be played.

mod account;
mod book;
mod mark;
mod plan;
mod report;
mod seed;
mod traffic;
mod trouble;
mod world;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use daogou_ground::{Chance, http_client, install_tls};
use futures_util::future::join_all;

use crate::plan::{Plan, Store};
use crate::report::Sum;
use crate::trouble::{Result, Trouble};
use crate::world::Tools;
use crate::world::servers::DatabaseServer;

/// How often a seed is begun at the most before it counts as one that cannot be played.
const TRIES: u32 = 3;

#[derive(Parser)]
#[command(about = "Plays seeded faults against real servers and draws up the account")]
struct Args {
    /// The daogou program.
    #[arg(long)]
    program: PathBuf,
    /// sqlite, postgres, mariadb, or all, side by side.
    #[arg(long, default_value = "all")]
    store: String,
    /// 1-200, 1- (until the time is over), fixed (1-10), fresh:5, or several of these with commas.
    #[arg(long, default_value = "fixed")]
    seeds: String,
    /// Plays this one seed.
    #[arg(long)]
    seed: Option<u64>,
    /// No new seed is begun after so many minutes.
    #[arg(long)]
    minutes: Option<f64>,
    /// So many seeds of each database at the same time.
    #[arg(long, default_value_t = 1)]
    together: usize,
    /// Where failing seeds are kept; the others leave nothing.
    #[arg(long)]
    folder: Option<PathBuf>,
    /// Where what could not run is written down.
    #[arg(long)]
    not_run: Option<PathBuf>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Args::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(trouble) => {
            eprintln!("chaos: {trouble}");
            ExitCode::from(2)
        }
    }
}

async fn run(args: Args) -> Result<bool> {
    install_tls();
    let program = args
        .program
        .canonicalize()
        .map_err(|error| Trouble::at(&args.program.display().to_string(), &error))?;
    let stores = stores(&args.store)?;
    Seeds::of(&args)?;
    let home = match &args.folder {
        Some(folder) => folder.clone(),
        // Not below TMPDIR: the databases run as their own users, who may not enter everybody's. In memory where that
        // is possible: a killed process loses nothing by it, and other programs' disks do not set the pace.
        None => {
            let place = ["/dev/shm", "/tmp"].map(Path::new);
            let place = place.into_iter().find(|place| place.is_dir());
            tempfile::Builder::new()
                .prefix("daogou-chaos.")
                .tempdir_in(place.unwrap_or(Path::new("/tmp")))?
                .keep()
        }
    };
    std::fs::create_dir_all(&home)?;
    let mut open = std::process::Command::new("chmod");
    world::process::run(open.arg("755").arg(&home), None)?;
    let empty = home.join("empty.db");
    world::migrate(&program, &format!("sqlite://{}?mode=rwc", empty.display()))?;
    let tools = Tools {
        empty,
        program,
        clock: world::process::clock_library(),
        disks: world::process::is_root(),
        redis: is_installed("redis-server"),
        chance: Chance::system(),
        http: http_client()?,
    };
    lacks(&args, &tools)?;
    let all = stores
        .iter()
        .map(|store| play_on(*store, &args, &tools, &home));
    let sums = join_all(all).await;
    let mut balanced = true;
    for (store, sum) in stores.iter().zip(sums) {
        match sum {
            Ok(failed) => balanced &= !failed,
            Err(trouble) => not_run(&args, &format!("chaos on {store}: {trouble}"))?,
        }
    }
    std::fs::remove_file(&tools.empty)?;
    // Empty when nothing failed.
    let _kept = std::fs::remove_dir(&home);
    Ok(balanced)
}

fn stores(named: &str) -> Result<Vec<Store>> {
    if named == "all" {
        return Ok(vec![Store::Sqlite, Store::Postgres, Store::Mariadb]);
    }
    let store = <Store as clap::ValueEnum>::from_str(named, true);
    store
        .map(|store| vec![store])
        .map_err(|_why| Trouble(format!("there is no database {named}")))
}

/// Names what cannot go wrong here.
fn lacks(args: &Args, tools: &Tools) -> Result<()> {
    if tools.clock.is_none() {
        let what =
            "chaos: no clock jumps and real waits: there is no libfaketime (Debian: faketime)";
        not_run(args, what)?;
    }
    if !tools.disks {
        not_run(args, "chaos: no disk gets full: only root can mount one")?;
    }
    if !tools.redis {
        let what =
            "chaos: no Redis, so one node only: there is no redis-server (Debian: redis-server)";
        not_run(args, what)?;
    }
    Ok(())
}

fn not_run(args: &Args, what: &str) -> Result<()> {
    println!("NOT RUN: {what}");
    if let Some(list) = &args.not_run {
        let mut list = std::fs::File::options()
            .create(true)
            .append(true)
            .open(list)?;
        writeln!(list, "NOT RUN: {what}")?;
    }
    Ok(())
}

fn is_installed(name: &str) -> bool {
    let mut command = std::process::Command::new(name);
    world::process::run(command.arg("--version"), None).is_ok()
}

/// Where the next seed comes from.
struct Seeds {
    listed: VecDeque<u64>,
    /// After the list it goes on from here.
    endless: Option<u64>,
    until: Option<Instant>,
}

impl Seeds {
    fn of(args: &Args) -> Result<Self> {
        let until = args
            .minutes
            .map(|minutes| Instant::now() + Duration::from_secs_f64(minutes * 60.0));
        let mut seeds = Self {
            listed: args.seed.into_iter().collect(),
            endless: None,
            until,
        };
        if args.seed.is_some() {
            return Ok(seeds);
        }
        for part in args.seeds.split(',') {
            seeds.read(part.trim())?;
        }
        Ok(seeds)
    }

    fn read(&mut self, part: &str) -> Result<()> {
        let wrong = || Trouble(format!("these are no seeds: {part}"));
        let number = |text: &str| text.parse::<u64>().map_err(|_error| wrong());
        if part == "fixed" {
            self.listed.extend(1..=10);
        } else if let Some(count) = part.strip_prefix("fresh:") {
            let chance = Chance::system();
            let fresh = (0..number(count)?).map(|_| chance.below(1_000_000_000));
            self.listed.extend(fresh);
        } else if let Some(from) = part.strip_suffix('-') {
            self.endless = Some(number(from)?);
        } else if let Some((from, to)) = part.split_once('-') {
            self.listed.extend(number(from)?..=number(to)?);
        } else {
            self.listed.push_back(number(part)?);
        }
        Ok(())
    }

    fn next(&mut self) -> Option<u64> {
        if self.until.is_some_and(|until| Instant::now() >= until) {
            return None;
        }
        self.listed.pop_front().or_else(|| {
            let next = self.endless?;
            self.endless = Some(next + 1);
            Some(next)
        })
    }
}

/// Plays all seeds on one database and says whether any failed.
async fn play_on(store: Store, args: &Args, tools: &Tools, home: &Path) -> Result<bool> {
    let begun = Instant::now();
    let seeds = RefCell::new(Seeds::of(args)?);
    let sum = RefCell::new(Sum::default());
    let benches = (0..args.together.max(1))
        .map(|bench| one_bench(store, bench, args, tools, home, &seeds, &sum));
    for ended in join_all(benches).await {
        ended?;
    }
    let sum = sum.into_inner();
    println!("{}", sum.lines(store, begun.elapsed()));
    Ok(!sum.failed.is_empty())
}

/// A server with the tables in place; none on SQLite.
async fn ready_server(store: Store, place: &Path, tools: &Tools) -> Result<Option<DatabaseServer>> {
    std::fs::create_dir_all(place)?;
    let server = DatabaseServer::make(store, place, &tools.chance).await?;
    if let Some(server) = &server {
        world::migrate(&tools.program, &server.database(server.port()))?;
    }
    Ok(server)
}

/// One seed after the other, on a database server of its own.
async fn one_bench(
    store: Store,
    bench: usize,
    args: &Args,
    tools: &Tools,
    home: &Path,
    seeds: &RefCell<Seeds>,
    sum: &RefCell<Sum>,
) -> Result<()> {
    let place = home.join(format!("{store}-server-{bench}"));
    let mut server = ready_server(store, &place, tools).await?;
    loop {
        let Some(seed) = seeds.borrow_mut().next() else {
            break;
        };
        let mut plan = Plan::new(seed, store);
        if !tools.redis {
            plan.without_redis();
        }
        let folder = home.join(format!("{store}-{seed}"));
        if server.is_none() && store != Store::Sqlite {
            server = ready_server(store, &place.join(tools.chance.word(8)), tools).await?;
        }
        let (mut outcome, mut database) = seed::play(&plan, tools, &folder, server).await;
        for _ in 1..TRIES {
            let Err(trouble) = &outcome else { break };
            // On a machine that stands still while the scene is set nothing was learned: once more, from the beginning.
            println!("{store} seed {seed}: could not be played, so once more: {trouble}");
            std::fs::remove_dir_all(&folder)?;
            if database.is_none() && store != Store::Sqlite {
                database = ready_server(store, &place.join(tools.chance.word(8)), tools).await?;
            }
            (outcome, database) = seed::play(&plan, tools, &folder, database).await;
        }
        server = database;
        let replay = format!(
            "daogou-chaos --program {} --store {store} --seed {seed}",
            args.program.display()
        );
        println!("{}", report::seed(&plan, &outcome, &replay, &folder));
        sum.borrow_mut().add(&plan, &outcome);
        match &outcome {
            Ok(outcome) if outcome.account.wrongs.is_empty() => {
                std::fs::remove_dir_all(&folder)?;
            }
            Ok(outcome) => report::keep(&outcome.book, &plan, &folder)?,
            Err(_trouble) => {}
        }
    }
    drop(server);
    Ok(std::fs::remove_dir_all(&place)?)
}
