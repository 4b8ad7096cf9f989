//! Tables on their way out: every cell is a text, and none is a formula.

use std::fmt::Write;

use chrono::{DateTime, TimeZone};

use crate::archive::Archive;
use crate::error::{Error, Result};

/// What begins a formula, or makes a spreadsheet look for one behind it.
pub(super) const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// So many rows a sheet has; Excel has room for 1,048,576.
const SHEET_ROWS: u64 = 1_000_000;

/// Rows as CSV. With `first` comes the mark by which spreadsheets know UTF-8.
///
/// # Errors
/// Never in practice: it is written into memory.
pub fn csv<T: AsRef<str>>(rows: &[Vec<T>], first: bool) -> Result<Vec<u8>> {
    let failed = |error: csv::Error| Error::Internal(format!("a table is not written: {error}"));
    let mark: &[u8] = if first { "\u{feff}".as_bytes() } else { b"" };
    let mut table = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .flexible(true)
        .from_writer(mark.to_vec());
    for row in rows {
        let cells = row.iter().map(|cell| harmless(cell.as_ref()));
        table.write_record(cells).map_err(failed)?;
    }
    table
        .into_inner()
        .map_err(|error| Error::Internal(format!("a table is not written: {error}")))
}

/// A cell that a spreadsheet does not take for a formula.
fn harmless(cell: &str) -> String {
    match cell.starts_with(FORMULA) {
        true => format!("'{cell}"),
        false => cell.to_owned(),
    }
}

/// An XLSX that is written while it is read: it need never be in memory, nor on the disk.
pub struct Xlsx {
    archive: Archive,
    /// How many rows were written.
    rows: u64,
    head: Vec<String>,
}

impl Xlsx {
    /// Begins a file with these headings over at most `rows` rows; every sheet of it has them.
    ///
    /// # Errors
    /// Never in practice.
    pub fn new<Tz: TimeZone>(now: &DateTime<Tz>, head: Vec<String>, rows: u64) -> Result<Self> {
        let sheets = rows.div_ceil(SHEET_ROWS).max(1);
        let mut archive = Archive::new(now);
        for (name, text) in frame(sheets) {
            archive.begin(name)?;
            archive.write(text.as_bytes())?;
        }
        Ok(Self {
            archive,
            rows: 0,
            head,
        })
    }

    /// Writes a row.
    ///
    /// # Errors
    /// When the file becomes larger than the format allows.
    pub fn row<T: AsRef<str>>(&mut self, cells: &[T]) -> Result<()> {
        if self.rows.is_multiple_of(SHEET_ROWS) {
            self.begin_sheet()?;
        }
        self.rows += 1;
        self.archive.write(row(cells).as_bytes())
    }

    fn begin_sheet(&mut self) -> Result<()> {
        if self.rows > 0 {
            self.archive.write(SHEET_END.as_bytes())?;
        }
        let sheet = self.rows / SHEET_ROWS + 1;
        self.archive
            .begin(&format!("xl/worksheets/sheet{sheet}.xml"))?;
        self.archive.write(SHEET_BEGIN.as_bytes())?;
        self.archive.write(row(&self.head).as_bytes())
    }

    /// What is written and was not taken yet.
    pub fn take(&mut self) -> Vec<u8> {
        self.archive.take()
    }

    /// Ends the file.
    ///
    /// # Errors
    /// When the file becomes larger than the format allows.
    pub fn finish(&mut self) -> Result<()> {
        if self.rows == 0 {
            self.begin_sheet()?;
        }
        self.archive.write(SHEET_END.as_bytes())?;
        self.archive.finish()
    }
}

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;
const SHEET_BEGIN: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
    r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews>"#,
    r#"<sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>"#,
    r#"</sheetView></sheetViews><cols><col min="1" max="60" width="18" customWidth="1"/></cols><sheetData>"#,
);
const SHEET_END: &str = "</sheetData></worksheet>";

/// The parts around the sheets.
fn frame(sheets: u64) -> [(&'static str, String); 4] {
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const MAIN: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let (mut types, mut named, mut related) = (String::new(), String::new(), String::new());
    for n in 1..=sheets {
        // Writing into a text never fails.
        let _written = write!(
            types,
            r#"<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{MAIN}.worksheet+xml"/>"#
        );
        let _written = write!(named, r#"<sheet name="{n}" sheetId="{n}" r:id="rId{n}"/>"#);
        let _written = write!(
            related,
            r#"<Relationship Id="rId{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>"#
        );
    }
    [
        (
            "[Content_Types].xml",
            format!(
                r#"{HEAD}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{MAIN}.sheet.main+xml"/>{types}</Types>"#
            ),
        ),
        (
            "_rels/.rels",
            format!(
                r#"{HEAD}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                r#"{HEAD}<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="{OFFICE}"><sheets>{named}</sheets></workbook>"#
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                r#"{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{related}</Relationships>"#
            ),
        ),
    ]
}

/// A row of texts. A cell that says `t="inlineStr"` is never a formula.
fn row<T: AsRef<str>>(cells: &[T]) -> String {
    let mut text = "<row>".to_owned();
    for cell in cells {
        text.push_str(r#"<c t="inlineStr"><is><t xml:space="preserve">"#);
        escape(cell.as_ref(), &mut text);
        text.push_str("</t></is></c>");
    }
    text.push_str("</row>");
    text
}

fn escape(cell: &str, into: &mut String) {
    for sign in cell.chars() {
        match sign {
            '&' => into.push_str("&amp;"),
            '<' => into.push_str("&lt;"),
            '>' => into.push_str("&gt;"),
            '\t' | '\n' => into.push(sign),
            // XML has no room for these at all.
            sign if sign.is_control() || matches!(sign, '\u{fffe}' | '\u{ffff}') => {}
            sign => into.push(sign),
        }
    }
}
