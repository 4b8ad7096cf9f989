//! Tables that people exchange: CSV and XLSX, read with limits whatever somebody sends, and written so that a spreadsheet takes no
//! cell for a formula.

mod text;
mod unpack;
mod workbook;
mod written;

pub use written::{Xlsx, csv};

/// The largest file that is read.
pub const BYTES_MAX: usize = 10 * 1024 * 1024;
/// The most rows that are read, without the headings.
pub const ROWS_MAX: usize = 50_000;
/// The most columns.
pub const COLUMNS_MAX: usize = 100;
/// So much of a cell is read, in characters; one more shows that there was more.
pub const CELL_CHARS_MAX: usize = 1_000;

/// What begins a ZIP file, which an XLSX is.
const ZIP: &[u8] = b"PK\x03\x04";
/// What begins the format of old Excel files, and of encrypted new ones.
const OLD_EXCEL: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// A table as it was read: cells without blank ends.
#[derive(Debug, PartialEq, Eq)]
pub struct Sheet {
    /// What stands in the first row.
    pub headings: Vec<String>,
    /// The rows below that are not empty.
    pub rows: Vec<Row>,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its number as a spreadsheet shows it: the headings have the first.
    pub line: i32,
    /// Its cells; those that are empty at the end may be missing.
    pub cells: Vec<String>,
}

/// Why a file cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It has no rows, or only headings.
    Empty,
    /// It is larger than [`BYTES_MAX`].
    TooLarge,
    /// It has more than [`ROWS_MAX`] rows.
    TooLong,
    /// It has more than [`COLUMNS_MAX`] columns.
    TooWide,
    /// It is of a format that Excel had until 2003, or it is locked by a password.
    OldExcel,
    /// It is no table at all.
    NoTable,
    /// It is an XLSX that is damaged, or that swells beyond measure when it is unpacked.
    Broken,
    /// Its text is neither UTF-8 nor GB18030.
    Coding,
}

/// Reads a file by what is in it, whatever it is called.
///
/// # Errors
/// Says why it cannot be read.
pub fn read(bytes: &[u8]) -> Result<Sheet, Fault> {
    if bytes.len() > BYTES_MAX {
        return Err(Fault::TooLarge);
    }
    let rows = match bytes {
        _ if bytes.starts_with(OLD_EXCEL) => return Err(Fault::OldExcel),
        _ if bytes.starts_with(ZIP) => workbook::rows(&unpack::unpacked(bytes)?)?,
        _ => text::rows(bytes)?,
    };
    let mut rows = rows.into_iter();
    let head = rows.next().ok_or(Fault::Empty)?;
    let rows: Vec<_> = rows.collect();
    match rows.is_empty() {
        true => Err(Fault::Empty),
        false => Ok(Sheet {
            headings: head.cells,
            rows,
        }),
    }
}

/// Rows while they are read.
#[derive(Default)]
struct Rows(Vec<Row>);

impl Rows {
    /// Takes a row in; an empty one is passed over.
    fn take(&mut self, line: usize, cells: Vec<String>) -> Result<(), Fault> {
        if cells.iter().all(String::is_empty) {
            return Ok(());
        }
        // With the headings.
        if self.0.len() > ROWS_MAX {
            return Err(Fault::TooLong);
        }
        let line = i32::try_from(line).map_err(|_far| Fault::TooLong)?;
        self.0.push(Row { line, cells });
        Ok(())
    }
}

/// A cell as it is kept: without blank ends, without the sign by which it was kept from being a formula, and not longer than
/// anything in it can be.
fn cell(text: &str) -> String {
    let text = text.trim();
    let text = match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(written::FORMULA) => rest,
        _ => text,
    };
    text.chars().take(CELL_CHARS_MAX + 1).collect()
}

#[cfg(test)]
mod tests;
