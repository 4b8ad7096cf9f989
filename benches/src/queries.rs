//! What the bench asks the store of the server under test, beside it and never while the clock runs.

use std::path::Path;
use std::time::{Duration, Instant};

use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, QueryResult,
    Statement, TransactionTrait,
};

use crate::fault::Done;

/// How long messages may be on their way after the last push.
const SETTLED_WITHIN: Duration = Duration::from_secs(30);

/// The store, seen from outside.
pub struct Look(DatabaseConnection);

impl Look {
    /// Opens it.
    pub async fn open(url: &str) -> Done<Self> {
        let mut options = ConnectOptions::new(url);
        options.max_connections(1).sqlx_logging(false);
        Ok(Self(Database::connect(options).await?))
    }

    /// Lets the store go.
    pub async fn close(self) -> Done<()> {
        Ok(self.0.close().await?)
    }

    /// The one number that `query` answers.
    pub async fn count(&self, query: &str) -> Done<i64> {
        let statement = Statement::from_string(self.0.get_database_backend(), query);
        let row = self.0.query_one_raw(statement).await?;
        Ok(row
            .ok_or("the query answers nothing")?
            .try_get_by_index(0)?)
    }

    /// Who is bound to whom: the member's openid and the guide's.
    pub async fn bound(&self) -> Done<Vec<(String, String)>> {
        let statement = Statement::from_string(
            self.0.get_database_backend(),
            "SELECT i.openid, g.openid FROM binding b JOIN identity i ON i.member_id = b.member_id \
             JOIN guide g ON g.id = b.guide_id",
        );
        let rows = self.0.query_all_raw(statement).await?;
        let pair = |row: &QueryResult| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?));
        rows.iter().map(pair).collect()
    }

    /// Makes a database on a server; the name is one word.
    pub async fn create_database(&self, name: &str) -> Done<()> {
        self.0
            .execute_unprepared(&format!("CREATE DATABASE {name}"))
            .await?;
        Ok(())
    }

    /// Waits until nothing is on its way any more: neither pushes being handled nor messages being sent.
    pub async fn settled(&self) -> Done<()> {
        self.settled_within(SETTLED_WITHIN).await
    }

    /// The same with more or less patience.
    pub async fn settled_within(&self, patience: Duration) -> Done<()> {
        let begun = Instant::now();
        loop {
            let busy = self.count(
                "SELECT (SELECT count(*) FROM inbound WHERE state = 'stored') + \
                 (SELECT count(*) FROM outbound WHERE state IN ('ready', 'claimed', 'answering'))",
            );
            let busy = busy.await?;
            if busy == 0 {
                return Ok(());
            }
            if begun.elapsed() > patience {
                return Err(format!("{busy} pushes and messages are still on their way").into());
            }
            // Looks again, seldom enough to cost the measured server nothing.
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// SQLite without us: a table of its own, with the settings of the server's writer.
pub struct Bare(DatabaseConnection);

impl Bare {
    /// Makes the file and its table.
    pub async fn open(file: &Path) -> Done<Self> {
        let mut options = ConnectOptions::new(format!("sqlite://{}?mode=rwc", file.display()));
        options
            .max_connections(1)
            .sqlx_logging(false)
            .map_sqlx_sqlite_opts(|options| {
                options
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Full)
            });
        let connection = Database::connect(options).await?;
        connection
            .execute_unprepared("CREATE TABLE bare (id INTEGER PRIMARY KEY, body TEXT NOT NULL)")
            .await?;
        Ok(Self(connection))
    }

    /// Writes so many rows and commits: by a statement each, or by one for all.
    pub async fn commit(&self, body: &str, rows: usize, together: bool) -> Done<()> {
        let shared = self.0.begin().await?;
        let (times, values) = if together { (1, rows) } else { (rows, 1) };
        let query = format!(
            "INSERT INTO bare (body) VALUES {}",
            vec!["(?)"; values].join(", ")
        );
        for _ in 0..times {
            let bound = vec![body.into(); values];
            shared
                .execute_raw(Statement::from_sql_and_values(
                    DbBackend::Sqlite,
                    &query,
                    bound,
                ))
                .await?;
        }
        Ok(shared.commit().await?)
    }
}
