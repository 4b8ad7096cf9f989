//! Opening the store.

use std::sync::OnceLock;
use std::time::Duration;

use sea_orm::sqlx::{Connection as _, Executor as _};
use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr, Statement};
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_util::task::TaskTracker;

use super::writer::Writer;
use super::{Db, Guard, Reads, checkpoint};
use crate::error::{Error, Result};
use crate::signals::Signals;
use crate::telemetry::figures;

/// How long SQLite waits for another process (the command line, a backup) to finish writing.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a caller waits for a connection before the store counts as down: WeChat gives up at 5 s.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(3);
/// How long a connection may have been idle without being asked whether it is still there.
const STALE_AFTER: Duration = Duration::from_secs(1);
/// How long such a connection may take to say so.
const SILENCE: Duration = Duration::from_secs(1);
/// How many prepared statements a connection keeps: more than there are, in the lengths that lists have.
const STATEMENTS: usize = 1000;
/// The same where the server keeps them for all connections of all nodes. (MySQL: max_prepared_stmt_count, 16382.)
const STATEMENTS_OF_SERVER: usize = 250;
/// After how long the server itself ends a transaction in which nobody says anything any more. Its locks would otherwise
/// stay for hours when the way between was lost in the middle, and what they lock with them. More than any unit may take.
const ABANDONED_POSTGRES: &str = "20s";
/// The same on MariaDB; MySQL, for which that is a comment, can only give up a connection that is silent.
const ABANDONED_MYSQL: &str =
    "SET SESSION wait_timeout = 120 /*M! , SESSION idle_transaction_timeout = 20 */";
const READERS: u32 = 4;
/// Units that write at once on a database server.
const SERVER_WRITERS: u32 = 16;

/// Who hears of every statement; nobody in production.
static LISTENER: OnceLock<fn(&Statement)> = OnceLock::new();

/// From now on `listener` hears of every statement, with its values, on stores that this process opens; the first one
/// stays. This is how a test learns what to ask a database's plan for: without a listener nothing is measured or called.
pub fn listen_to_statements(listener: fn(&Statement)) {
    LISTENER.get_or_init(|| listener);
}

/// Opens the store at `url` and, when `migrate` is set, brings its schema up to date.
///
/// # Errors
/// When the database cannot be reached, or its schema is behind and `migrate` is off.
pub async fn connect(url: &str, migrate: bool, tasks: &TaskTracker) -> Result<Db> {
    let signals = Signals::default();
    if url.starts_with("sqlite:") {
        let writer = open_sqlite(url, 1, false).await?;
        bring_up(&writer, url, migrate).await?;
        let reads = open_sqlite(url, READERS, true).await?;
        let (commits, committed) = watch::channel(());
        let copier = open_sqlite(url, 1, false).await?;
        tasks.spawn(checkpoint::follow(copier, committed));
        Ok(Db {
            reads: Reads::from(measured(reads)),
            writer: Writer::one(writer, tasks, signals.clone(), commits),
            signals,
        })
    } else {
        let mut options = options(url, SERVER_WRITERS + READERS);
        options.min_connections(1).test_before_acquire(false);
        read_committed(&mut options);
        let pool = open(options).await?;
        bring_up(&pool, url, migrate).await?;
        let seats = usize::try_from(SERVER_WRITERS).unwrap_or(1);
        let reads = pool.clone();
        Ok(Db {
            writer: Writer::many(pool, seats, tasks, signals.clone()),
            signals,
            reads: Reads::from(measured(reads)),
        })
    }
}

/// Takes the time of everything that is read.
fn measured(mut reads: DatabaseConnection) -> DatabaseConnection {
    let listener = LISTENER.get();
    reads.set_metric_callback(move |asked| {
        figures::read(asked.elapsed);
        if let Some(listener) = listener {
            listener(asked.statement);
        }
    });
    reads
}

pub(super) fn options(url: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_timeout(ACQUIRE_TIMEOUT)
        .sqlx_logging(false);
    options
}

/// Sets the isolation once a connection rather than by a statement of every transaction. What a unit has to be sure of it
/// locks.
fn read_committed(options: &mut ConnectOptions) {
    options
        .map_sqlx_postgres_opts(|o| {
            o.options([
                ("default_transaction_isolation", "read committed"),
                ("idle_in_transaction_session_timeout", ABANDONED_POSTGRES),
            ])
            .statement_cache_capacity(STATEMENTS_OF_SERVER)
        })
        .map_sqlx_postgres_pool_opts(|pool| {
            pool.before_acquire(|connection, its| Box::pin(is_alive(connection, its.idle_for)))
                .after_release(|connection, _| Box::pin(answers(connection, ACQUIRE_TIMEOUT)))
        })
        .map_sqlx_mysql_opts(|o| o.statement_cache_capacity(STATEMENTS_OF_SERVER))
        .map_sqlx_mysql_pool_opts(|pool| {
            let pool = pool
                .before_acquire(|connection, its| Box::pin(is_alive(connection, its.idle_for)))
                .after_release(|connection, _| Box::pin(answers(connection, ACQUIRE_TIMEOUT)));
            pool.after_connect(|connection, _| {
                Box::pin(async move {
                    let isolation = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED";
                    connection.execute(isolation).await?;
                    connection.execute(ABANDONED_MYSQL).await.map(drop)
                })
            })
        });
}

/// Asks a connection that has been lying for a while whether anybody is there, and soon looks for another one: whoever
/// wants it waits no longer than [`ACQUIRE_TIMEOUT`] in all.
async fn is_alive<C: sea_orm::sqlx::Connection>(
    connection: &mut C,
    idle_for: Duration,
) -> sea_orm::sqlx::Result<bool> {
    if idle_for < STALE_AFTER {
        return Ok(true);
    }
    answers(connection, SILENCE).await
}

/// A connection whose other end says nothing any more must not keep its place: the pool itself would wait for it until the
/// system gives it up, which takes many minutes.
async fn answers<C: sea_orm::sqlx::Connection>(
    connection: &mut C,
    within: Duration,
) -> sea_orm::sqlx::Result<bool> {
    match timeout(within, connection.ping()).await {
        Ok(answer) => answer.map(|()| true),
        Err(_silent) => Err(sea_orm::sqlx::Error::PoolTimedOut),
    }
}

pub(super) async fn open_sqlite(
    url: &str,
    connections: u32,
    read_only: bool,
) -> Result<DatabaseConnection> {
    let mut options = options(url, connections);
    options.map_sqlx_sqlite_opts(move |o| {
        let o = o
            .busy_timeout(BUSY_TIMEOUT)
            .foreign_keys(true)
            .statement_cache_capacity(STATEMENTS)
            .pragma("temp_store", "memory");
        if read_only {
            o.pragma("cache_size", "-4096")
                .read_only(true)
                .create_if_missing(false)
        } else {
            // The log is copied beside the writer; only when it is very long the writer does it.
            o.pragma("cache_size", "-32768")
                .pragma("wal_autocheckpoint", "16000")
                .journal_mode(sea_orm::sqlx::sqlite::SqliteJournalMode::Wal)
                .synchronous(sea_orm::sqlx::sqlite::SqliteSynchronous::Full)
        }
    });
    // When the disk is full SQLite may end a transaction by itself, or keep one open whose COMMIT failed. The driver's
    // count of transactions is wrong from then on, and what it takes for a COMMIT is none: such a connection goes.
    options.map_sqlx_sqlite_pool_opts(|pool| {
        pool.after_release(|connection, _| {
            let counts_right = !connection.is_in_transaction();
            Box::pin(async move { Ok(counts_right) })
        })
    });
    open(options).await
}

async fn open(options: ConnectOptions) -> Result<DatabaseConnection> {
    let mut connection = Database::connect(options).await.map_err(cannot_open)?;
    if let Some(listener) = LISTENER.get() {
        connection.set_metric_callback(|info| listener(info.statement));
    }
    Ok(connection)
}

async fn bring_up(connection: &DatabaseConnection, url: &str, migrate: bool) -> Result<()> {
    let pending = daogou_migrations::pending(connection).await?;
    if pending == 0 {
        return Ok(());
    }
    if !migrate {
        return Err(Error::Refused(format!(
            "the database is {pending} migrations behind and DAOGOU_MIGRATE is off; run `daogou migrate up`"
        )));
    }
    // Two processes that start together take turns; the second finds nothing left to do.
    let _turn = Guard::take(url, super::guard::MIGRATION).await?;
    let applied = daogou_migrations::up(connection).await?;
    tracing::info!(applied, "the schema is up to date");
    Ok(())
}

pub(super) fn cannot_open(error: DbErr) -> Error {
    Error::Unavailable(error)
}

#[cfg(test)]
mod tests;
