//! What is in an XLSX is unpacked by ourselves, with an end to it, and packed anew: whoever reads it afterwards sees what was
//! measured here and nothing else.

use std::io::{Read, Write};

use chrono::DateTime;
use flate2::read::DeflateDecoder;

use super::Fault;
use crate::archive::Archive;

/// So much may be in it.
const UNPACKED_MAX: u64 = 64 * 1024 * 1024;
/// So many parts.
const PARTS_MAX: u16 = 1_000;
/// What ends the directory, what begins an entry of it and what begins a part. (PKWARE APPNOTE 4.3.)
const END: u32 = 0x0605_4b50;
const ENTRY: u32 = 0x0201_4b50;
const PART: u32 = 0x0403_4b50;
const END_BYTES: usize = 22;
/// The longest remark behind the end.
const REMARK_MAX: usize = 65_535;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// The same file, with only the parts that hold tables.
pub(super) fn unpacked(bytes: &[u8]) -> Result<Vec<u8>, Fault> {
    let end = end_of(bytes).ok_or(Fault::Broken)?;
    let count = half(bytes, end + 10).ok_or(Fault::Broken)?;
    if count > PARTS_MAX {
        return Err(Fault::Broken);
    }
    let mut at = place(bytes, end + 16).ok_or(Fault::Broken)?;
    let mut packed = Archive::new(&DateTime::UNIX_EPOCH);
    let mut left = UNPACKED_MAX;
    for _ in 0..count {
        let entry = Entry::read(bytes, at).ok_or(Fault::Broken)?;
        if is_needed(&entry.name) {
            packed.begin(&entry.name).map_err(|_full| Fault::Broken)?;
            left = entry.copy(&mut packed, left)?;
        }
        at = entry.next;
    }
    packed.finish().map_err(|_full| Fault::Broken)?;
    Ok(packed.take())
}

/// Pictures, drawings, programs and the like are passed over.
fn is_needed(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let of_book = name.starts_with("xl/worksheets/") || name.starts_with("xl/_rels/");
    let whole = [
        "xl/workbook.xml",
        "xl/sharedstrings.xml",
        "xl/styles.xml",
        "[content_types].xml",
    ];
    of_book || name.starts_with("_rels/") || whole.contains(&name.as_str())
}

/// A part as the directory names it.
struct Entry<'a> {
    name: String,
    method: u16,
    data: &'a [u8],
    /// Where the next entry begins.
    next: usize,
}

impl<'a> Entry<'a> {
    fn read(bytes: &'a [u8], at: usize) -> Option<Self> {
        if word(bytes, at)? != ENTRY {
            return None;
        }
        let lengths = [28, 30, 32].map(|place| half(bytes, at + place).map(usize::from));
        let [Some(name), Some(extra), Some(remark)] = lengths else {
            return None;
        };
        let begin = at + 46;
        let title = bytes.get(begin..begin + name)?;
        let part = place(bytes, at + 42)?;
        if word(bytes, part)? != PART {
            return None;
        }
        let skipped = usize::from(half(bytes, part + 26)?) + usize::from(half(bytes, part + 28)?);
        let data = part + 30 + skipped;
        Some(Self {
            name: String::from_utf8(title.to_vec()).ok()?,
            method: half(bytes, at + 10)?,
            data: bytes.get(data..data.checked_add(place(bytes, at + 20)?)?)?,
            next: begin + name + extra + remark,
        })
    }

    /// Copies what is in it and says how much may still come.
    fn copy(&self, into: &mut Archive, left: u64) -> Result<u64, Fault> {
        let mut source: Box<dyn Read + '_> = match self.method {
            STORED => Box::new(self.data),
            DEFLATED => Box::new(DeflateDecoder::new(self.data)),
            _ => return Err(Fault::Broken),
        };
        let mut limited = source.by_ref().take(left + 1);
        let copied = std::io::copy(&mut limited, &mut Sink(into)).map_err(|_why| Fault::Broken)?;
        left.checked_sub(copied).ok_or(Fault::Broken)
    }
}

struct Sink<'a>(&'a mut Archive);

impl Write for Sink<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(bytes).map_err(std::io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Where the directory's end stands: at the end of the file, before a remark.
fn end_of(bytes: &[u8]) -> Option<usize> {
    let last = bytes.len().checked_sub(END_BYTES)?;
    let first = last.saturating_sub(REMARK_MAX);
    (first..=last)
        .rev()
        .find(|at| word(bytes, *at) == Some(END))
}

fn half(bytes: &[u8], at: usize) -> Option<u16> {
    let two = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_le_bytes(two.try_into().ok()?))
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(four.try_into().ok()?))
}

fn place(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(word(bytes, at)?).ok()
}
