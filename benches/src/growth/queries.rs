//! The bulk work on the store's file, while no server runs.

use std::path::Path;

use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteLockingMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement, Value,
};

use super::copies::{Pattern, Table};
use crate::fault::Done;
use crate::wire;

/// How many people are noted by one statement.
const TOGETHER: usize = 1_000;

/// The file, opened by us alone, without any safety: it is thrown away when this breaks off.
pub struct File(DatabaseConnection);

impl File {
    /// Opens it.
    pub async fn open(file: &Path) -> Done<Self> {
        let mut options = ConnectOptions::new(format!("sqlite://{}", file.display()));
        options
            .max_connections(1)
            .sqlx_logging(false)
            .map_sqlx_sqlite_opts(|options| {
                options
                    .journal_mode(SqliteJournalMode::Off)
                    .synchronous(SqliteSynchronous::Off)
                    .locking_mode(SqliteLockingMode::Exclusive)
                    .foreign_keys(false)
                    .pragma("cache_size", "-2000000")
            });
        Ok(Self(Database::connect(options).await?))
    }

    /// Copies the rows of the pattern's member and guide for all others. Person `n` (from 1) has the openid of
    /// `wire::openid(seed, n)`, guide `n` that of `wire::openid(seed + 1, n)`; members take turns among the guides.
    pub async fn grow(&self, pattern: &Pattern, seed: u64) -> Done<()> {
        let indices = self
            .texts("SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
            .await?;
        let names = self
            .texts("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
            .await?;
        for name in names {
            self.run(&format!("DROP INDEX \"{name}\"")).await?;
        }
        self.note_people(pattern, seed).await?;
        let tables = self.tables().await?;
        for table in &tables {
            self.run(&table.put_aside()).await?;
        }
        for table in &tables {
            for (series, condition) in table.series(pattern) {
                self.run(&table.copy(pattern, series, &condition)).await?;
            }
        }
        for index in indices {
            self.run(&index).await?;
        }
        let broken = self
            .texts("SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1")
            .await?;
        match broken.first() {
            Some(table) => Err(format!("a copied row of {table} refers to nothing").into()),
            None => {
                self.texts("PRAGMA journal_mode = WAL").await?;
                Ok(self.0.clone().close().await?)
            }
        }
    }

    async fn note_people(&self, pattern: &Pattern, seed: u64) -> Done<()> {
        self.run("CREATE TEMP TABLE person (n INTEGER PRIMARY KEY, openid TEXT, guide INTEGER, number INTEGER)").await?;
        self.run("CREATE TEMP TABLE keeper (n INTEGER PRIMARY KEY, openid TEXT)")
            .await?;
        let people: Vec<usize> = (0..pattern.members).collect();
        for some in people.chunks(TOGETHER) {
            let mut values: Vec<Value> = Vec::with_capacity(some.len() * 4);
            for n in some {
                let (guide, number) = (n % pattern.guides + 1, n / pattern.guides + 1);
                values.push(i64::try_from(n + 1)?.into());
                values.push(wire::openid(seed, u64::try_from(n + 1)?).into());
                values.push(i64::try_from(guide)?.into());
                values.push(i64::try_from(number)?.into());
            }
            self.insert("person", 4, some.len(), values).await?;
        }
        let guides: Vec<usize> = (1..=pattern.guides).collect();
        for some in guides.chunks(TOGETHER) {
            let mut values: Vec<Value> = Vec::with_capacity(some.len() * 2);
            for n in some {
                values.push(i64::try_from(*n)?.into());
                values.push(wire::openid(seed + 1, u64::try_from(*n)?).into());
            }
            self.insert("keeper", 2, some.len(), values).await?;
        }
        Ok(())
    }

    async fn insert(
        &self,
        table: &str,
        columns: usize,
        rows: usize,
        values: Vec<Value>,
    ) -> Done<()> {
        let row = format!("({})", vec!["?"; columns].join(", "));
        let query = format!(
            "INSERT INTO temp.{table} VALUES {}",
            vec![row; rows].join(", ")
        );
        let statement = Statement::from_sql_and_values(DbBackend::Sqlite, query, values);
        self.0.execute_raw(statement).await?;
        Ok(())
    }

    async fn tables(&self) -> Done<Vec<Table>> {
        let names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
        let mut tables = Vec::new();
        for name in self.texts(names).await? {
            let columns = self
                .texts(&format!("SELECT name FROM pragma_table_info('{name}')"))
                .await?;
            tables.push(Table { name, columns });
        }
        tables.retain(Table::is_copied);
        Ok(tables)
    }

    async fn run(&self, query: &str) -> Done<()> {
        let done = self.0.execute_unprepared(query).await;
        done.map_err(|error| format!("{error}: {query}"))?;
        Ok(())
    }

    /// The first column of what `query` answers.
    async fn texts(&self, query: &str) -> Done<Vec<String>> {
        let rows = self
            .0
            .query_all_raw(Statement::from_string(DbBackend::Sqlite, query))
            .await?;
        rows.iter()
            .map(|row| Ok(row.try_get_by_index(0)?))
            .collect()
    }
}
