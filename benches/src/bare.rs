//! What the store costs without us: the very rows that a load has left, written once more into a copy of the store from
//! before it, by the same driver, as many at a time as a full batch has, and nothing else: nothing asked, nothing changed,
//! nobody answered.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Instant;

use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, QueryResult,
    Statement, TransactionTrait, Value,
};

use crate::fault::Done;
use crate::process;
use crate::stats::number;

/// How many pushes share a commit: one of each of the load's connections.
const PUSHES_A_COMMIT: usize = 64;
/// How many rows share a statement: as many as in the server.
const ROWS_A_STATEMENT: usize = 64;

/// A store before a load, to be compared with what it is afterwards.
pub struct Before {
    copy: PathBuf,
}

/// What writing the rows again came to.
pub struct Written {
    /// How many pushes a second their rows could be written.
    pub rate: f64,
    /// CPU µs of a push's rows, in the driver's threads and ours.
    pub cpu_micros: f64,
    /// Rows of a push.
    pub rows: f64,
}

impl Before {
    /// Copies the SQLite store `of`, which may be in use, beside it.
    pub async fn copy(of: &Path) -> Done<Self> {
        let copy = of.with_extension("before");
        // An earlier load's copy.
        for suffix in ["", "-wal", "-shm"] {
            let mut file = copy.clone().into_os_string();
            file.push(suffix);
            match std::fs::remove_file(file) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        let store = open(of).await?;
        let vacuum = Statement::from_sql_and_values(
            DbBackend::Sqlite,
            "VACUUM INTO ?",
            [copy.display().to_string().into()],
        );
        store.execute_raw(vacuum).await?;
        store.close().await?;
        Ok(Self { copy })
    }

    /// Writes what `pushes` pushes have left in the store `after` into the copy.
    pub async fn write_again(self, after: &Path, pushes: usize) -> Done<Written> {
        let (copy, store) = (open(&self.copy).await?, open(after).await?);
        let mut left = Vec::new();
        for name in tables(&copy).await? {
            left.push(Left::find(&name, &copy, &store).await?);
        }
        store.close().await?;
        copy.execute_unprepared("PRAGMA foreign_keys = OFF").await?;
        let rows: usize = left.iter().map(|table| table.rows.len()).sum();
        let (begun, cpu) = (Instant::now(), process::cpu_of("self")?);
        let commits = pushes.div_ceil(PUSHES_A_COMMIT);
        for commit in 0..commits {
            let shared = copy.begin().await?;
            for table in &mut left {
                for (sql, values) in table.share(commit, commits) {
                    let insert = Statement::from_sql_and_values(DbBackend::Sqlite, sql, values);
                    shared.execute_raw(insert).await?;
                }
            }
            shared.commit().await?;
        }
        let written = Written {
            rate: number(pushes) / begun.elapsed().as_secs_f64(),
            cpu_micros: (process::cpu_of("self")? - cpu) / number(pushes) * 1e6,
            rows: number(rows) / number(pushes),
        };
        copy.close().await?;
        Ok(written)
    }
}

/// The rows that a load has left in one table.
struct Left {
    name: String,
    columns: Vec<Column>,
    rows: Vec<Vec<Value>>,
    statements: HashMap<usize, String>,
}

struct Column {
    name: String,
    kind: String,
}

impl Left {
    async fn find(
        name: &str,
        before: &DatabaseConnection,
        after: &DatabaseConnection,
    ) -> Done<Self> {
        let columns = columns(before, name).await?;
        let newest = format!("SELECT coalesce(max(rowid), 0) FROM \"{name}\"");
        let newest: i64 = asked(before, &newest, Vec::new())
            .await?
            .first()
            .ok_or("no newest row")?
            .try_get_by_index(0)?;
        let names = list(columns.iter().map(|column| format!("\"{}\"", column.name)));
        let query = format!("SELECT {names} FROM \"{name}\" WHERE rowid > ? ORDER BY rowid");
        let rows = asked(after, &query, vec![newest.into()]).await?;
        Ok(Self {
            name: name.to_owned(),
            rows: rows
                .iter()
                .map(|row| values(row, &columns))
                .collect::<Done<_>>()?,
            columns,
            statements: HashMap::new(),
        })
    }

    /// The statements with this commit's share of the rows.
    fn share(&mut self, commit: usize, commits: usize) -> Vec<(String, Vec<Value>)> {
        let count = self.rows.len();
        let (from, until) = (commit * count / commits, (commit + 1) * count / commits);
        let share: Vec<Vec<Value>> = (from..until)
            .filter_map(|at| self.rows.get_mut(at).map(std::mem::take))
            .collect();
        share
            .chunks(ROWS_A_STATEMENT)
            .map(|rows| (self.insert(rows.len()), rows.concat()))
            .collect()
    }

    fn insert(&mut self, rows: usize) -> String {
        let (name, columns) = (&self.name, &self.columns);
        let insert = || {
            let names = list(columns.iter().map(|column| format!("\"{}\"", column.name)));
            let row = format!("({})", list(columns.iter().map(|_| "?".to_owned())));
            let rows = list((0..rows).map(|_| row.clone()));
            format!("INSERT INTO \"{name}\" ({names}) VALUES {rows}")
        };
        self.statements.entry(rows).or_insert_with(insert).clone()
    }
}

fn list(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}

/// With the settings of the server's writer.
async fn open(file: &Path) -> Done<DatabaseConnection> {
    let mut options = ConnectOptions::new(format!("sqlite://{}", file.display()));
    options
        .max_connections(1)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(|options| {
            options
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .statement_cache_capacity(1000)
                .pragma("cache_size", "-32768")
        });
    Ok(Database::connect(options).await?)
}

async fn asked(
    store: &DatabaseConnection,
    query: &str,
    values: Vec<Value>,
) -> Done<Vec<QueryResult>> {
    let asked = Statement::from_sql_and_values(DbBackend::Sqlite, query, values);
    Ok(store.query_all_raw(asked).await?)
}

async fn tables(store: &DatabaseConnection) -> Done<Vec<String>> {
    let query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
    let rows = asked(store, query, Vec::new()).await?;
    let name = |row: &QueryResult| Ok(row.try_get_by_index(0)?);
    rows.iter().map(name).collect()
}

async fn columns(store: &DatabaseConnection, table: &str) -> Done<Vec<Column>> {
    let query = "SELECT name, lower(type) FROM pragma_table_info(?)";
    let rows = asked(store, query, vec![table.into()]).await?;
    let column = |row: &QueryResult| {
        Ok(Column {
            name: row.try_get_by_index(0)?,
            kind: row.try_get_by_index(1)?,
        })
    };
    rows.iter().map(column).collect()
}

fn values(row: &QueryResult, columns: &[Column]) -> Done<Vec<Value>> {
    let value = |(at, column): (usize, &Column)| {
        Ok(match column.kind.as_str() {
            kind if kind.contains("blob") => row.try_get_by_index::<Option<Vec<u8>>>(at)?.into(),
            kind if kind.contains("int") || kind.contains("bool") => {
                row.try_get_by_index::<Option<i64>>(at)?.into()
            }
            _ => row.try_get_by_index::<Option<String>>(at)?.into(),
        })
    };
    columns.iter().enumerate().map(value).collect()
}
