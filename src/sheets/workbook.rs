//! XLSX: the first sheet, cell by cell. A sheet is never laid out in memory: one cell in the last corner would fill it.

use std::io::Cursor;

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx};

use super::{COLUMNS_MAX, Fault, Row, Rows, cell};

pub(super) fn rows(bytes: &[u8]) -> Result<Vec<Row>, Fault> {
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|_why| Fault::Broken)?;
    let first = book.sheet_names().first().cloned();
    let first = first.ok_or(Fault::Empty)?;
    let mut cells = book
        .worksheet_cells_reader(&first)
        .map_err(|_why| Fault::Broken)?;
    let (mut rows, mut row, mut at) = (Rows::default(), Vec::new(), 0);
    while let Some(found) = cells.next_cell().map_err(|_why| Fault::Broken)? {
        let (line, column) = found.get_position();
        let line = usize::try_from(line).unwrap_or(usize::MAX);
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        let text = said(found.get_value());
        if text.is_empty() {
            continue;
        }
        if column >= COLUMNS_MAX {
            return Err(Fault::TooWide);
        }
        if line != at {
            rows.take(at + 1, std::mem::take(&mut row))?;
            at = line;
        }
        if row.len() <= column {
            row.resize(column + 1, String::new());
        }
        if let Some(place) = row.get_mut(column) {
            *place = text;
        }
    }
    rows.take(at + 1, row)?;
    Ok(rows.0)
}

/// A cell as a person reads it; of a formula what came of it.
fn said(value: &DataRef) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        // A phone number that was typed as a number has no point, and no exponent.
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            cell(text)
        }
        DataRef::SharedString(text) => cell(text),
        DataRef::Bool(yes) => (if *yes { "是" } else { "否" }).to_owned(),
        DataRef::DateTime(moment) => date(moment),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

fn date(moment: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, ..) = moment.to_ymd_hms_milli();
    match (hour, minute) {
        (0, 0) => format!("{year:04}-{month:02}-{day:02}"),
        _ => format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}"),
    }
}
