//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand, ValueEnum};

/// Measures Daogou under load and prints tables with ratios to the floor of the same run.
#[derive(Parser)]
#[command(version)]
pub struct Options {
    #[command(subcommand)]
    part: Option<Part>,
    /// How many rounds take turns.
    #[arg(long, global = true, default_value_t = 5)]
    pub rounds: usize,
    /// How long each row is under load in a round, in seconds.
    #[arg(long, global = true, default_value_t = 2.0)]
    pub seconds: f64,
    /// The same seed makes the same people and the same load.
    #[arg(long, global = true, default_value_t = 1)]
    pub seed: u64,
    /// How many people come in the stampede.
    #[arg(long, global = true, default_value_t = 40_000)]
    pub people: usize,
    /// The databases of the stampede; all that can be reached when left out.
    #[arg(long, global = true, value_enum)]
    pub store: Vec<Store>,
    /// Writes the tables into this file too.
    #[arg(long, global = true, value_name = "FILE")]
    pub markdown: Option<PathBuf>,
    /// Ends with 0 although a target is missed.
    #[arg(long, global = true)]
    pub no_fail: bool,
    /// The Python of the peer.
    #[arg(long, global = true, value_name = "PROGRAM")]
    pub python: Option<PathBuf>,
    /// The program under test; the one beside this program when left out.
    #[arg(long, global = true, value_name = "PROGRAM")]
    pub daogou: Option<PathBuf>,
}

/// What is measured.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Part {
    /// CPU time a push: floor, stored, the whole way, the peer; and how long a line takes to the guide.
    Spine,
    /// An activity opens: new people scan, follow, are bound and welcomed; every one is checked.
    Stampede,
    /// Start time and idle memory.
    Idle,
    /// How long a line takes to a guide's open page, with many pages open, and what a page costs.
    Workbench,
    /// What disk and database can do at most.
    Limits,
    /// The whole way on stores of growing size.
    Growth {
        /// The largest store.
        #[arg(long, default_value_t = 1_000_000)]
        members: usize,
    },
    /// All parts, growth to a million members included; without a part it ends at 100,000.
    All,
    /// What happens without a part.
    #[command(hide = true)]
    Usual,
    /// Serves the floor (the spine starts it).
    #[command(hide = true)]
    Floor {
        /// The port of 127.0.0.1.
        port: u16,
    },
}

/// A database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Store {
    /// In the process, on a file.
    Sqlite,
    /// A server of its own.
    Postgres,
    /// A server of its own.
    Mariadb,
}

impl Options {
    /// What is wanted.
    pub fn part(&self) -> Part {
        self.part.clone().unwrap_or(Part::Usual)
    }

    /// Whether every part is wanted.
    pub fn wants_all(&self) -> bool {
        matches!(self.part(), Part::Usual | Part::All)
    }

    /// The databases of the stampede.
    pub fn stores(&self) -> Vec<Store> {
        if self.store.is_empty() {
            Store::value_variants().to_vec()
        } else {
            self.store.clone()
        }
    }

    /// How long a row is under load in a round.
    pub fn time(&self) -> Duration {
        Duration::from_secs_f64(self.seconds.clamp(0.1, 600.0))
    }
}
