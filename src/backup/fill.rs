//! Restore: a checked file into an empty store, everything or nothing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use daogou_schema::Timestamp;
use sea_orm::Value;

use super::file::{Header, Part, Reader};
use super::table::Table;
use super::{Progress, Row, queries};
use crate::config::SecretKey;
use crate::db::{Filling, Txn};
use crate::error::{Error, Result};
use crate::{lanes, outbound, reception, vault};

/// Rows are written this many at a time …
const BATCH_ROWS: usize = 500;
/// … or fewer, because SQLite takes 32766 values in a statement …
const BATCH_VALUES: usize = 30_000;
/// … and MySQL 16 MB.
const BATCH_BYTES: usize = 4 * 1024 * 1024;

/// A file that was read to its end and is what was written.
pub struct Checked {
    place: PathBuf,
    header: Header,
    /// Rows and last id by table.
    tables: BTreeMap<String, (u64, i64)>,
}

/// What became of the messages and pushes that were under way when the backup was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// The server went on: they were sent and handled without the backup knowing. They are listed, never sent again.
    Served,
    /// No server ran since: they go on where they stood.
    Stood,
}

/// What was restored.
#[derive(Debug, PartialEq, Eq)]
pub struct Filled {
    /// Rows by table.
    pub rows: BTreeMap<String, u64>,
    /// Messages whose outcome is listed as unknown.
    pub messages_unknown: u64,
    /// Pushes that are set aside.
    pub pushes_set_aside: u64,
}

/// Reads the file at `place` to its end. Nothing is believed of a file that is not whole.
///
/// # Errors
/// When it cannot be read, is damaged, comes from a newer program, or its secrets are encrypted under another key.
pub fn check(place: &Path, key: &SecretKey, progress: Progress<'_>) -> Result<Checked> {
    let (mut reader, header) = Reader::open(place)?;
    let known = daogou_migrations::names();
    if !known.starts_with(&header.schema) {
        return Err(Error::Refused(format!(
            "{} was made by daogou {} with a newer schema than this program's ({}): restore it with that version or a \
             newer one",
            place.display(),
            header.program,
            env!("CARGO_PKG_VERSION")
        )));
    }
    let mut tables = BTreeMap::new();
    let mut current = String::new();
    let mut rows = 0;
    loop {
        match reader.next_part()? {
            Part::Table(table) if is_plain(&table) => {
                (current, rows) = (table.table, 0);
            }
            Part::Table(_) => return Err(reader.damaged("a table has an impossible name")),
            Part::Row(_) => {
                rows += 1;
                progress(&current, rows);
            }
            Part::TableEnd(end) => {
                tables.insert(current.clone(), (end.rows, end.last_id));
            }
            Part::End => break,
        }
    }
    let all = queries::tables();
    let is_current = header.schema == known;
    if is_current && all.iter().any(|table| !tables.contains_key(&table.table)) {
        return Err(reader.damaged("a table is missing"));
    }
    if header.key != vault::fingerprint(key)? {
        return Err(Error::Invalid(format!(
            "the secrets in {} are encrypted under another DAOGOU_SECRET_KEY: set the key that was set when it was made",
            place.display()
        )));
    }
    Ok(Checked {
        place: place.to_owned(),
        header,
        tables,
    })
}

/// Names go into statements: letters, digits and underscores only.
fn is_plain(table: &Table) -> bool {
    let plain = |name: &String| name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    plain(&table.table) && table.columns.iter().map(|c| &c.name).all(plain)
}

/// Fills the empty store behind `db` with what the file holds and brings its schema up to the program's.
///
/// # Errors
/// When the store is not empty, or fails: it is empty then.
pub async fn fill(
    db: &Filling,
    file: &Checked,
    since: Since,
    now: Timestamp,
    progress: Progress<'_>,
) -> Result<Filled> {
    let applied = daogou_migrations::status(db.conn()).await?;
    let applied = applied.iter().filter(|(_, applied)| *applied).count();
    refuse_occupied(db, applied > 0).await?;
    let wanted = file.header.schema.len();
    let missing = wanted.checked_sub(applied).ok_or_else(|| {
        Error::Refused(format!(
            "the file's schema is older than the database's ({wanted} of {applied} migrations): give it a database \
             without tables, its schema is brought up afterwards"
        ))
    })?;
    daogou_migrations::up_by(db.conn(), u32::try_from(missing).unwrap_or(u32::MAX)).await?;
    for (table, &(_, last_id)) in &file.tables {
        if last_id > 0 {
            queries::set_last_id(db.conn(), table, last_id).await?;
        }
    }
    let txn = db.begin().await?;
    copy(&txn, file, progress).await?;
    let mut filled = Filled {
        rows: file
            .tables
            .iter()
            .map(|(name, (rows, _))| (name.clone(), *rows))
            .collect(),
        messages_unknown: 0,
        pushes_set_aside: 0,
    };
    // Whoever held a lane is another process, or none.
    lanes::free_all(&txn, Timestamp(0)).await?;
    if since == Since::Served {
        filled.messages_unknown = outbound::restored_in(&txn, now).await?;
        filled.pushes_set_aside = reception::restored_in(&txn).await?;
    }
    db.commit(txn).await?;
    daogou_migrations::up(db.conn()).await?;
    Ok(filled)
}

async fn refuse_occupied(db: &Filling, has_tables: bool) -> Result<()> {
    if !has_tables {
        return Ok(());
    }
    for table in queries::tables() {
        // A table of a newer schema may not be there yet: then it has no rows either.
        if queries::has_rows(db.conn(), &table).await.unwrap_or(false) {
            return Err(Error::Refused(format!(
                "the database is not empty (there are rows in {}): a restore goes into an empty one only. Name another \
                 in DATABASE_URL, or take the old one away",
                table.table
            )));
        }
    }
    Ok(())
}

async fn copy(txn: &Txn, file: &Checked, progress: Progress<'_>) -> Result<()> {
    let (mut reader, _header) = Reader::open(&file.place)?;
    let mut batch: Option<Batch> = None;
    let mut rows = 0;
    loop {
        match reader.next_part()? {
            Part::Table(table) => {
                rows = 0;
                batch = Some(Batch::of(table));
            }
            Part::Row(row) => {
                let Some(batch) = &mut batch else { continue };
                rows += 1;
                progress(&batch.table.table, rows);
                batch
                    .add(row)
                    .ok_or_else(|| reader.damaged("a value is not of its column's kind"))?;
                if batch.is_full() {
                    batch.write(txn).await?;
                }
            }
            Part::TableEnd(_) => {
                if let Some(mut batch) = batch.take() {
                    batch.write(txn).await?;
                }
            }
            Part::End => return Ok(()),
        }
    }
}

/// Rows that are written together.
struct Batch {
    table: Table,
    rows: Vec<Vec<Value>>,
    bytes: usize,
}

impl Batch {
    fn of(table: Table) -> Self {
        Self {
            table,
            rows: Vec::new(),
            bytes: 0,
        }
    }

    /// None when a value is not of its column's kind.
    fn add(&mut self, row: Row) -> Option<()> {
        let mut values = Vec::with_capacity(row.len());
        for (column, json) in self.table.columns.iter().zip(row) {
            self.bytes += json.as_str().map_or(8, str::len);
            values.push(queries::value(column.kind, json)?);
        }
        self.rows.push(values);
        Some(())
    }

    fn is_full(&self) -> bool {
        let values = self.rows.len() * self.table.columns.len();
        self.rows.len() >= BATCH_ROWS
            || values >= BATCH_VALUES - self.table.columns.len()
            || self.bytes >= BATCH_BYTES
    }

    async fn write(&mut self, txn: &Txn) -> Result<()> {
        let rows = std::mem::take(&mut self.rows);
        self.bytes = 0;
        if rows.is_empty() {
            return Ok(());
        }
        let count = rows.len();
        let done = queries::insert(txn, &self.table, rows).await;
        done.map_err(|error| {
            Error::Refused(format!(
                "the database does not take one of {count} rows of {}: {error}. Nothing was restored",
                self.table.table
            ))
        })
    }
}
