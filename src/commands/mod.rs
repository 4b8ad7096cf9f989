//! The commands: what they take, what they print, how they exit (0 done, 1 failed, 2 usage or settings).

mod account;
mod admin;
mod audit;
mod backup;
mod demo;
mod doctor;
mod guide;
mod inbound;
mod migrate;
mod outbound;
mod sandbox;
mod serve;
mod store;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use daogou_ground::{Chance, Clock};

use crate::config::{Config, Faults};
use crate::context::Context;
use crate::error::Error;
use crate::{app, telemetry};

/// 导购 Daogou: the backend with which a brand runs its WeChat service account, one guide for every customer.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the server and its workers, or one part of them.
    Serve(serve::Args),
    /// Runs everything on this machine with a sample brand: database, simulator of WeChat, server.
    Demo(demo::Args),
    /// Runs the simulator of WeChat alone.
    Sandbox(sandbox::Args),
    /// Brings the database schema up to date, or shows where it is.
    Migrate {
        #[command(subcommand)]
        action: migrate::Action,
    },
    /// Shows and sets what holds for a whole account 公众号.
    Account {
        #[command(subcommand)]
        action: account::Action,
    },
    /// Invites the staff of headquarters into the console.
    Admin {
        #[command(subcommand)]
        action: admin::Action,
    },
    /// Looks whether the audit log 操作记录 is as it was written.
    Audit {
        #[command(subcommand)]
        action: audit::Action,
    },
    /// Adds and lists stores 门店.
    Store {
        #[command(subcommand)]
        action: store::Action,
    },
    /// Adds and lists guides 导购.
    Guide {
        #[command(subcommand)]
        action: guide::Action,
    },
    /// Lists the pushes that were set aside or could not be read, and has them handled again.
    Inbound {
        #[command(subcommand)]
        action: inbound::Action,
    },
    /// Lists the messages that nobody knows to have arrived, that wait, or that WeChat refused.
    Outbound {
        #[command(subcommand)]
        action: outbound::Action,
    },
    /// Writes the whole store into one file, while the server may go on.
    Backup(backup::BackupArgs),
    /// Puts a backup into an empty database, of the same kind or another.
    Restore(backup::RestoreArgs),
    /// Checks the installation and says in plain words what is wrong.
    Doctor(doctor::Args),
}

/// Why a command ended without being done.
pub(crate) enum Failure {
    /// Exit 2: usage or settings.
    Usage(String),
    /// Exit 1.
    Failed(String),
}

impl From<Faults> for Failure {
    fn from(faults: Faults) -> Self {
        Self::Usage(faults.to_string())
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Invalid(_) => Self::Usage(error.to_string()),
            _ => Self::Failed(error.to_string()),
        }
    }
}

type Done = Result<(), Failure>;

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    telemetry::start_logs();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            complain(&format!("the runtime does not start: {error}"));
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(cli.command)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Usage(text)) => {
            complain(&text);
            ExitCode::from(2)
        }
        Err(Failure::Failed(text)) => {
            complain(&text);
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Done {
    match command {
        Command::Serve(args) => serve::run(args).await,
        Command::Demo(args) => Box::pin(demo::run(args)).await,
        Command::Sandbox(args) => sandbox::run(args).await,
        Command::Migrate { action } => migrate::run(action).await,
        Command::Account { action } => account::run(action).await,
        Command::Admin { action } => admin::run(action).await,
        Command::Audit { action } => audit::run(action).await,
        Command::Store { action } => store::run(action).await,
        Command::Guide { action } => guide::run(action).await,
        Command::Inbound { action } => inbound::run(action).await,
        Command::Outbound { action } => outbound::run(action).await,
        Command::Backup(args) => backup::save(args).await,
        Command::Restore(args) => backup::restore(args).await,
        Command::Doctor(args) => doctor::run(args).await,
    }
}

/// Opens the house for a command that does one thing and ends.
async fn open() -> Result<Context, Failure> {
    let config = Config::from_env_with_key()?;
    let settings = config.account.clone();
    let ctx = app::open(config, Clock::system(), Chance::system()).await?;
    if let Some(settings) = settings {
        crate::accounts::save(&ctx, &settings).await?;
    }
    Ok(ctx)
}

/// Prints for people or programs; stdout may be closed by then, which is nobody's fault.
fn say(text: &str) {
    use std::io::Write;
    let _closed = writeln!(std::io::stdout(), "{text}");
}

fn complain(text: &str) {
    use std::io::Write;
    let _closed = writeln!(std::io::stderr(), "{text}");
}

/// Waits until the process is asked to stop.
async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        }
        Err(_) => {
            // Ctrl-C is left; without any signal there is nothing to wait for but the end of the process.
            let _ended = tokio::signal::ctrl_c().await;
        }
    }
}

/// The one of a positional and a named argument that was given.
fn one_of(
    positional: Option<String>,
    named: Option<String>,
    what: &str,
) -> Result<String, Failure> {
    match (positional, named) {
        (Some(value), None) | (None, Some(value)) => Ok(value),
        (None, None) => Err(Failure::Usage(format!("{what} is missing"))),
        (Some(_), Some(_)) => Err(Failure::Usage(format!("{what} is given twice"))),
    }
}
