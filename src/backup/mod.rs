//! Backup and restore: the whole store as one file that any of the three databases takes back.
//!
//! Every table of the schema with its ids, as it was at one moment, while the server may go on. Not in it: the files of
//! DAOGOU_MEDIA_DIR, the settings, and the session layer, which can be rebuilt.

mod file;
mod fill;
mod queries;
mod table;

use std::collections::BTreeMap;
use std::path::Path;

use daogou_schema::Timestamp;
use futures_util::TryStreamExt as _;
use serde_json::Value as Json;

use crate::config::SecretKey;
use crate::db::Snapshot;
use crate::error::Result;
use crate::vault;
use file::{Header, TableEnd, Writer};
use table::Table;

pub use fill::{Checked, Since, check, fill};

/// How far the work is: the table and its rows so far.
pub type Progress<'a> = &'a mut dyn FnMut(&str, u64);

/// What a backup holds.
#[derive(Debug, PartialEq, Eq)]
pub struct Saved {
    /// Rows by table.
    pub rows: BTreeMap<String, u64>,
    /// The size of the file.
    pub bytes: u64,
}

/// Writes everything that `view` shows to `place`, which is there completely or not at all. `replace`: even if something
/// is there.
///
/// # Errors
/// When the store fails or the file cannot be written.
pub async fn save(
    view: &Snapshot,
    place: &Path,
    replace: bool,
    key: &SecretKey,
    now: Timestamp,
    progress: Progress<'_>,
) -> Result<Saved> {
    let header = Header {
        daogou_backup: file::FORMAT,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        made_at: now.0,
        database: view.kind().to_owned(),
        schema: daogou_migrations::names(),
        key: vault::fingerprint(key)?,
    };
    let mut out = Writer::create(place, replace, &header)?;
    let mut rows = BTreeMap::new();
    for table in queries::tables() {
        let count = save_table(view, &table, &mut out, progress).await?;
        rows.insert(table.table, count);
    }
    let bytes = out.finish()?;
    Ok(Saved { rows, bytes })
}

async fn save_table(
    view: &Snapshot,
    table: &Table,
    out: &mut Writer,
    progress: Progress<'_>,
) -> Result<u64> {
    out.table(table)?;
    let (mut count, mut last_row) = (0, None);
    {
        let rows = queries::rows(view, table).await?;
        let mut rows = std::pin::pin!(rows);
        while let Some(row) = rows.try_next().await? {
            out.row(&row)?;
            count += 1;
            last_row = Some(row);
            progress(&table.table, count);
        }
    }
    let last_id = if table.numbered {
        let id = table
            .columns
            .iter()
            .position(|c| table.key.contains(&c.name));
        let highest = id.and_then(|at| last_row.as_ref()?.get(at)?.as_i64());
        queries::last_id(view, table)
            .await?
            .max(highest.unwrap_or_default())
    } else {
        0
    };
    out.table_end(TableEnd {
        rows: count,
        last_id,
    })?;
    Ok(count)
}

/// A row of a file.
type Row = Vec<Json>;
