//! `daogou backup FILE` and `daogou restore FILE`.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args as ClapArgs;
use daogou_ground::Clock;
use daogou_schema::Timestamp;
use serde_json::json;

use super::{Done, say};
use crate::app;
use crate::backup::{self, Since};
use crate::config::Config;
use crate::db::{Filling, Snapshot};

/// How often a person at a terminal is told how far it is …
const TELL_EVERY: Duration = Duration::from_secs(1);
/// … and a log.
const LOG_EVERY: Duration = Duration::from_secs(30);

#[derive(ClapArgs)]
pub(super) struct BackupArgs {
    /// The file to write, for example daogou-2026-11-22.backup.
    file: PathBuf,
    /// Replace the file if it is there.
    #[arg(long)]
    force: bool,
    /// One line of JSON on stdout: {"file", "bytes", "rows", "tables": {name: rows}}.
    #[arg(long)]
    json: bool,
}

#[derive(ClapArgs)]
pub(super) struct RestoreArgs {
    /// The file that `daogou backup` wrote.
    file: PathBuf,
    /// No server ran since the backup was made (a move to another database): what was under way goes on. Without this it
    /// is listed as unknown, because the server has sent it since.
    #[arg(long)]
    moved: bool,
    /// One line of JSON on stdout: {"rows", "tables": {name: rows}, "messages_unknown", "pushes_set_aside"}.
    #[arg(long)]
    json: bool,
}

pub(super) async fn save(args: BackupArgs) -> Done {
    let config = Config::from_env_with_key()?;
    let key = config.require_secret_key()?;
    let view = Snapshot::open(config.database_url.expose()).await?;
    let now = Timestamp::from(Clock::system().now());
    let mut teller = Teller::new("saving");
    let mut progress = |table: &str, rows: u64| teller.tell(table, rows);
    let saving = backup::save(&view, &args.file, args.force, key, now, &mut progress);
    let saved = Box::pin(saving).await?;
    view.close().await?;
    let rows: u64 = saved.rows.values().sum();
    let file = args.file.display();
    say(&if args.json {
        json!({ "file": file.to_string(), "bytes": saved.bytes, "rows": rows, "tables": saved.rows }).to_string()
    } else {
        format!(
            "{file}: {rows} rows, {} kB\n{}\nIt holds messages and openids: keep it as you keep the database. Not in it: \
             DAOGOU_SECRET_KEY, without which the stored AppSecrets cannot be read, and the pictures and voices in {}",
            saved.bytes.div_ceil(1000),
            listed(&saved.rows),
            config.media_dir.display(),
        )
    });
    Ok(())
}

pub(super) async fn restore(args: RestoreArgs) -> Done {
    let config = Config::from_env_with_key()?;
    let key = config.require_secret_key()?;
    let url = config.database_url.expose();
    let mut teller = Teller::new("checking");
    let checked = check(&args.file, key, &mut teller)?;
    // Held to the end: no server without Redis can start on a store that is half full. One with Redis and an account has
    // a row in it, so the store is not empty.
    let _alone = app::claim_unserved(url).await?;
    let db = Filling::open(url).await?;
    let since = if args.moved {
        Since::Stood
    } else {
        Since::Served
    };
    let now = Timestamp::from(Clock::system().now());
    let mut teller = Teller::new("restoring");
    let mut progress = |table: &str, rows: u64| teller.tell(table, rows);
    let filling = backup::fill(&db, &checked, since, now, &mut progress);
    let filled = Box::pin(filling).await?;
    let rows: u64 = filled.rows.values().sum();
    let (unknown, set_aside) = (filled.messages_unknown, filled.pushes_set_aside);
    if args.json {
        let line = json!({
            "rows": rows, "tables": filled.rows, "messages_unknown": unknown, "pushes_set_aside": set_aside,
        });
        say(&line.to_string());
        return Ok(());
    }
    say(&format!("{rows} rows restored\n{}", listed(&filled.rows)));
    if unknown + set_aside > 0 {
        say(&format!(
            "{unknown} messages were under way when the backup was made and are listed as unknown (daogou outbound list); \
             {set_aside} pushes are set aside. Nothing is sent twice by itself"
        ));
    }
    say(&format!(
        "Before the server starts: put the pictures and voices back into {}, and give Redis another ?prefix= or empty it",
        config.media_dir.display()
    ));
    Ok(())
}

fn check(
    file: &Path,
    key: &crate::config::SecretKey,
    teller: &mut Teller,
) -> crate::error::Result<backup::Checked> {
    backup::check(file, key, &mut |table, rows| teller.tell(table, rows))
}

fn listed(rows: &BTreeMap<String, u64>) -> String {
    let lines: Vec<_> = rows
        .iter()
        .filter(|(_, count)| **count > 0)
        .map(|(table, count)| format!("  {table} {count}"))
        .collect();
    lines.join("\n")
}

/// Tells on stderr how far it is, now and then.
struct Teller {
    doing: &'static str,
    told: Instant,
}

impl Teller {
    fn new(doing: &'static str) -> Self {
        Self {
            doing,
            told: Instant::now(),
        }
    }

    fn tell(&mut self, table: &str, rows: u64) {
        // Asking for the time costs more than a row.
        if !rows.is_multiple_of(1000) {
            return;
        }
        let mut err = std::io::stderr();
        let (every, end) = match err.is_terminal() {
            true => (TELL_EVERY, "   \r"),
            false => (LOG_EVERY, "\n"),
        };
        if self.told.elapsed() >= every {
            self.told = Instant::now();
            // Nobody may be reading.
            let _closed = write!(err, "{} {table}: {rows} rows{end}", self.doing);
        }
    }
}
