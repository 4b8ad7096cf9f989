//! Locks that die with their process: a second `serve` on an embedded session, or a second migration, waits or is
//! refused, and a restart after kill -9 starts at once.

use std::fs::File;
use std::time::{Duration, Instant};

use sea_orm::DbErr;
use sea_orm::sqlx::{self, Connection as _, MySqlConnection, PgConnection};

use crate::error::{Error, Result};

/// The lock of migrations.
pub(super) const MIGRATION: &str = "migration";
/// How long a migration waits for another to end.
const PATIENCE: Duration = Duration::from_secs(60);
const RETRY: Duration = Duration::from_millis(100);

/// A lock held until it is dropped.
pub struct Guard {
    held: Held,
}

enum Held {
    File { _file: File },
    Postgres { connection: Box<PgConnection> },
    MySql { connection: Box<MySqlConnection> },
}

impl Guard {
    /// Takes the lock `name` of the database at `url`, waiting for it.
    pub(super) async fn take(url: &str, name: &str) -> Result<Self> {
        let started = Instant::now();
        loop {
            if let Some(guard) = Self::try_take(url, name).await? {
                return Ok(guard);
            }
            if started.elapsed() > PATIENCE {
                return Err(Error::Refused(format!(
                    "another process holds the {name} lock for more than a minute"
                )));
            }
            tokio::time::sleep(RETRY).await;
        }
    }

    /// Takes the lock `name` of the database at `url` if nobody has it.
    ///
    /// # Errors
    /// When the lock cannot even be asked for.
    pub async fn try_take(url: &str, name: &str) -> Result<Option<Self>> {
        let held = if let Some(rest) = url.strip_prefix("sqlite:") {
            lock_file(rest, name)?
        } else if url.starts_with("mysql:") {
            lock_mysql(url, name).await.map_err(unavailable)?
        } else {
            lock_postgres(url, name).await.map_err(unavailable)?
        };
        Ok(held.map(|held| Self { held }))
    }
}

impl Guard {
    /// Whether it still holds; also keeps the server from closing a connection that says nothing for hours, which would
    /// give the lock away.
    pub async fn still_holds(&mut self) -> bool {
        match &mut self.held {
            Held::File { .. } => true,
            Held::Postgres { connection } => connection.ping().await.is_ok(),
            Held::MySql { connection } => connection.ping().await.is_ok(),
        }
    }
}

fn lock_file(rest: &str, name: &str) -> Result<Option<Held>> {
    let path = rest
        .trim_start_matches("//")
        .split('?')
        .next()
        .unwrap_or_default();
    let path = format!("{path}.{name}.lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|e| Error::Invalid(format!("cannot open the lock file {path}: {e}")))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(Held::File { _file: file })),
        Err(std::fs::TryLockError::WouldBlock) => Ok(None),
        Err(std::fs::TryLockError::Error(e)) => {
            Err(Error::Invalid(format!("cannot lock {path}: {e}")))
        }
    }
}

async fn lock_postgres(url: &str, name: &str) -> Result<Option<Held>, sqlx::Error> {
    let mut connection = PgConnection::connect(url).await?;
    let got: bool = sqlx::query_scalar("SELECT pg_try_advisory_lock(hashtext($1))")
        .bind(format!("daogou.{name}"))
        .fetch_one(&mut connection)
        .await?;
    Ok(got.then_some(Held::Postgres {
        connection: Box::new(connection),
    }))
}

async fn lock_mysql(url: &str, name: &str) -> Result<Option<Held>, sqlx::Error> {
    let mut connection = MySqlConnection::connect(url).await?;
    // Named locks of MySQL are global to the server: the database's name keeps installations apart.
    let got: Option<i64> =
        sqlx::query_scalar("SELECT GET_LOCK(CONCAT('daogou.', LEFT(DATABASE(), 40), '.', ?), 0)")
            .bind(name)
            .fetch_one(&mut connection)
            .await?;
    Ok((got == Some(1)).then(|| Held::MySql {
        connection: Box::new(connection),
    }))
}

fn unavailable(error: sqlx::Error) -> Error {
    Error::Unavailable(DbErr::Conn(sea_orm::RuntimeErr::SqlxError(error.into())))
}
