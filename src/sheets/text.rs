//! CSV, as spreadsheets in China write it: UTF-8 with or without its mark, GB18030, or "Unicode text"; with commas, semicolons or
//! tabs.

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030};

use super::{COLUMNS_MAX, Fault, Row, Rows, cell};

/// More separators in one line than any table has: what would become millions of cells is not even cut up.
const SEPARATORS_MAX: usize = 2_000;

pub(super) fn rows(bytes: &[u8]) -> Result<Vec<Row>, Fault> {
    let text = decoded(bytes)?;
    let separator = separator(&text);
    let crowded = |line: &[u8]| line.iter().filter(|byte| **byte == separator).count();
    if text
        .as_bytes()
        .split(|byte| *byte == b'\n')
        .any(|line| crowded(line) > SEPARATORS_MAX)
    {
        return Err(Fault::TooWide);
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(text.as_bytes());
    let (mut rows, mut record, mut within) = (Rows::default(), csv::StringRecord::new(), 0);
    while reader
        .read_record(&mut record)
        .map_err(|_why| Fault::NoTable)?
    {
        if record.len() > COLUMNS_MAX {
            return Err(Fault::TooWide);
        }
        // A spreadsheet counts rows, also empty ones, and not the lines inside a cell.
        let line = record
            .position()
            .map_or(0, |place| first_line(&text, place));
        let line = line.saturating_sub(within);
        within += record
            .iter()
            .map(|cell| cell.matches('\n').count())
            .sum::<usize>();
        rows.take(line, record.iter().map(cell).collect())?;
    }
    Ok(rows.0)
}

/// The line on which a record begins, behind the empty ones before it.
fn first_line(text: &str, place: &csv::Position) -> usize {
    let begin = usize::try_from(place.byte()).unwrap_or(usize::MAX);
    let rest = text.as_bytes().get(begin..).unwrap_or_default();
    let ends = rest.iter().take_while(|byte| matches!(byte, b'\n' | b'\r'));
    let empty = ends.filter(|byte| **byte == b'\n').count();
    usize::try_from(place.line()).unwrap_or_default() + empty
}

fn decoded(bytes: &[u8]) -> Result<Cow<'_, str>, Fault> {
    let (text, faulty) = match (Encoding::for_bom(bytes), std::str::from_utf8(bytes)) {
        (Some((encoding, _)), _) => {
            let (text, _, faulty) = encoding.decode(bytes);
            (text, faulty)
        }
        (None, Ok(text)) => (Cow::Borrowed(text), false),
        (None, Err(_)) => GB18030.decode_without_bom_handling(bytes),
    };
    match faulty {
        true => Err(Fault::Coding),
        // No text has these; pictures and programs do.
        false if text.contains('\0') => Err(Fault::NoTable),
        false => Ok(text),
    }
}

/// What stands between the headings.
fn separator(text: &str) -> u8 {
    let head = text.lines().find(|line| !line.trim().is_empty());
    let count = |sign: &u8| {
        let signs = head.unwrap_or_default().bytes();
        signs.filter(|byte| byte == sign).count()
    };
    // Of equal ones the last counts.
    [b';', b'\t', b',']
        .into_iter()
        .max_by_key(count)
        .unwrap_or(b',')
}
