//! The file of a backup: JSON lines, compressed with gzip, so that `zcat` shows what is in it.
//!
//! First a [`Header`]; then for each table a line that describes it, a line for each row (an array of values in the
//! order of its columns) and a line with the number of rows; last the number of all rows and a SHA-256 of all lines
//! before. Any of these missing or different means that the file is damaged.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::bufread::MultiGzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use super::table::Table;
use crate::error::{Error, Result};

/// The form described above.
pub(super) const FORMAT: u32 = 1;
/// No row is longer: a push is at most 512 kB and its answer is not longer.
const LINE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// What a backup says of itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Header {
    /// [`FORMAT`].
    pub daogou_backup: u32,
    /// The version of the program that made it.
    pub program: String,
    /// When, in milliseconds since 1970 UTC.
    pub made_at: i64,
    /// `sqlite`, `postgres` or `mysql`: where the rows come from.
    pub database: String,
    /// The migrations that were applied.
    pub schema: Vec<String>,
    /// The fingerprint of the DAOGOU_SECRET_KEY under which its secrets are encrypted.
    pub key: String,
}

/// The end of a table.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct TableEnd {
    pub rows: u64,
    /// The last id that the database gave, also to rows that are gone: none may be given again.
    pub last_id: i64,
}

#[derive(Debug, Serialize, Deserialize)]
struct End {
    all_rows: u64,
    sha256: String,
}

/// What a line of a file is.
#[derive(Debug)]
pub(super) enum Part {
    Table(Table),
    Row(Vec<Json>),
    TableEnd(TableEnd),
    /// Everything was read and is what was written.
    End,
}

/// Writes a backup under another name beside its place; only [`Writer::finish`] puts it there.
pub(super) struct Writer {
    out: GzEncoder<BufWriter<NamedTempFile>>,
    place: PathBuf,
    replace: bool,
    hash: Sha256,
    line: Vec<u8>,
    rows: u64,
}

impl Writer {
    pub(super) fn create(place: &Path, replace: bool, header: &Header) -> Result<Self> {
        if !replace && place.exists() {
            return Err(is_there(place));
        }
        // Made for its owner alone: the rows are personal data.
        let file = tempfile::Builder::new()
            .prefix(".daogou-backup-")
            .tempfile_in(folder_of(place))
            .map_err(|e| cannot_write(place, &e))?;
        let mut writer = Self {
            out: GzEncoder::new(BufWriter::new(file), Compression::fast()),
            place: place.to_owned(),
            replace,
            hash: Sha256::new(),
            line: Vec::new(),
            rows: 0,
        };
        writer.line(header)?;
        Ok(writer)
    }

    pub(super) fn table(&mut self, table: &Table) -> Result<()> {
        self.line(table)
    }

    pub(super) fn row(&mut self, row: &[Json]) -> Result<()> {
        self.rows += 1;
        self.line(&row)
    }

    pub(super) fn table_end(&mut self, end: TableEnd) -> Result<()> {
        self.line(&end)
    }

    /// Puts the file in its place, durably; answers its size in bytes.
    pub(super) fn finish(mut self) -> Result<u64> {
        let sha256 = hex(self.hash.clone());
        let all_rows = self.rows;
        self.line(&End { all_rows, sha256 })?;
        let (place, replace) = (self.place, self.replace);
        let failed = |e: io::Error| cannot_write(&place, &e);
        let buffered = self.out.finish().map_err(failed)?;
        let file = buffered.into_inner().map_err(|e| failed(e.into_error()))?;
        file.as_file().sync_all().map_err(failed)?;
        let kept = if replace {
            file.persist(&place)
        } else {
            file.persist_noclobber(&place)
        };
        let file = kept.map_err(|e| match e.error.kind() {
            io::ErrorKind::AlreadyExists => is_there(&place),
            _ => failed(e.error),
        })?;
        // The name is durable only with its folder.
        File::open(folder_of(&place))
            .and_then(|folder| folder.sync_all())
            .map_err(failed)?;
        Ok(file.metadata().map_err(failed)?.len())
    }

    fn line(&mut self, what: &impl Serialize) -> Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, what)
            .map_err(|e| Error::Internal(format!("a row cannot be written: {e}")))?;
        self.line.push(b'\n');
        self.hash.update(&self.line);
        self.out
            .write_all(&self.line)
            .map_err(|e| cannot_write(&self.place, &e))
    }
}

/// Reads a backup line by line and checks it on the way.
pub(super) struct Reader {
    lines: BufReader<MultiGzDecoder<BufReader<File>>>,
    place: PathBuf,
    hash: Sha256,
    line: Vec<u8>,
    /// How many values a row has; none between tables.
    width: Option<usize>,
    rows_of_table: u64,
    rows: u64,
}

impl Reader {
    /// Opens a file and reads its header.
    pub(super) fn open(place: &Path) -> Result<(Self, Header)> {
        let file = File::open(place)
            .map_err(|e| Error::Refused(format!("cannot read {}: {e}", place.display())))?;
        let mut reader = Self {
            lines: BufReader::new(MultiGzDecoder::new(BufReader::new(file))),
            place: place.to_owned(),
            hash: Sha256::new(),
            line: Vec::new(),
            width: None,
            rows_of_table: 0,
            rows: 0,
        };
        let foreign = || Error::Refused(format!("{} is not a backup of Daogou", place.display()));
        reader.read_line().map_err(|_damaged| foreign())?;
        let first: Json = serde_json::from_slice(&reader.line).map_err(|_why| foreign())?;
        match first.get("daogou_backup").and_then(Json::as_u64) {
            Some(format) if format == u64::from(FORMAT) => {}
            Some(format) => {
                return Err(Error::Refused(format!(
                    "{} has the form {format}, which this program does not know: restore it with the program that \
                     made it, or a newer one",
                    place.display()
                )));
            }
            None => return Err(foreign()),
        }
        let header = serde_json::from_value(first).map_err(|_why| foreign())?;
        Ok((reader, header))
    }

    /// The next part. After [`Part::End`] there is nothing more.
    pub(super) fn next_part(&mut self) -> Result<Part> {
        let so_far = self.hash.clone();
        self.read_line()?;
        if self.width.is_some() {
            if self.line.first() == Some(&b'[') {
                return self.row();
            }
            let end: TableEnd = self.parsed()?;
            if end.rows != self.rows_of_table {
                return Err(self.damaged("a table does not have as many rows as it says"));
            }
            self.width = None;
            return Ok(Part::TableEnd(end));
        }
        if let Ok(table) = serde_json::from_slice::<Table>(&self.line) {
            self.width = Some(table.columns.len());
            self.rows_of_table = 0;
            return Ok(Part::Table(table));
        }
        let end: End = self.parsed()?;
        if end.all_rows != self.rows || end.sha256 != hex(so_far) {
            return Err(self.damaged("its checksum is another"));
        }
        let mut rest = [0];
        match self.lines.read(&mut rest) {
            Ok(0) => Ok(Part::End),
            _ => Err(self.damaged("something stands behind its end")),
        }
    }

    fn row(&mut self) -> Result<Part> {
        let row: Vec<Json> = self.parsed()?;
        if Some(row.len()) != self.width {
            return Err(self.damaged("a row has not as many values as its table has columns"));
        }
        self.rows_of_table += 1;
        self.rows += 1;
        Ok(Part::Row(row))
    }

    fn read_line(&mut self) -> Result<()> {
        self.line.clear();
        let mut bounded = (&mut self.lines).take(LINE_BYTES_MAX);
        let read = bounded.read_until(b'\n', &mut self.line);
        match read {
            Ok(_) if self.line.last() == Some(&b'\n') => {
                self.hash.update(&self.line);
                Ok(())
            }
            Ok(_) => Err(self.damaged("its end is missing")),
            Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => {
                Err(self.damaged("its end is missing"))
            }
            Err(e) => Err(self.damaged(&e.to_string())),
        }
    }

    fn parsed<'a, T: Deserialize<'a>>(&'a self) -> Result<T> {
        serde_json::from_slice(&self.line)
            .map_err(|_why| self.damaged("a line is not what was written"))
    }

    pub(super) fn damaged(&self, why: &str) -> Error {
        Error::Refused(format!(
            "{} is damaged: {why}; take another backup",
            self.place.display()
        ))
    }
}

fn folder_of(place: &Path) -> &Path {
    match place.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn is_there(place: &Path) -> Error {
    let place = place.display();
    Error::Refused(format!(
        "{place} is there already; choose another name, or let it be replaced with --force"
    ))
}

fn cannot_write(place: &Path, why: &io::Error) -> Error {
    Error::Refused(format!("cannot write {}: {why}", place.display()))
}

fn hex(hash: Sha256) -> String {
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests;
