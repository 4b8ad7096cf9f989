//! A ZIP file that is written while it is read: what is in it need never be in memory, nor on the disk. Sizes and checksums
//! stand behind each entry, as the format allows. Up to 4 GiB and 60,000 entries.

use std::io::Write;

use chrono::{DateTime, Datelike, TimeZone, Timelike};
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

use crate::error::{Error, Result};

/// What the format can address, less room for the directory at the end.
const BYTES_MAX: u64 = (1 << 32) - (64 << 20);
const ENTRIES_MAX: usize = 60_000;

/// Sizes behind the entry; names in UTF-8.
const FLAGS: u16 = 0x0808;
const DEFLATED: u16 = 8;
/// Version 2.0 of the format.
const VERSION: u16 = 20;

struct Entry {
    name: String,
    at: u32,
    crc: u32,
    packed: u32,
    size: u32,
}

struct Open {
    name: String,
    at: u32,
    crc: Crc,
    encoder: DeflateEncoder<Vec<u8>>,
}

/// A ZIP file in the making.
pub struct Archive {
    out: Vec<u8>,
    /// How many bytes were taken.
    taken: u64,
    entries: Vec<Entry>,
    open: Option<Open>,
    /// Time and date as the format has them.
    moment: [u16; 2],
}

impl Archive {
    pub fn new<Tz: TimeZone>(now: &DateTime<Tz>) -> Self {
        let narrow = |number: u32| u16::try_from(number).unwrap_or_default();
        let years = u32::try_from(now.year() - 1980).unwrap_or_default();
        Self {
            out: Vec::new(),
            taken: 0,
            entries: Vec::new(),
            open: None,
            moment: [
                narrow((now.hour() << 11) | (now.minute() << 5) | (now.second() / 2)),
                narrow((years << 9) | (now.month() << 5) | now.day()),
            ],
        }
    }

    /// Whether an entry of `bytes` still fits.
    pub fn has_room_for(&self, bytes: u64) -> bool {
        self.position() + bytes < BYTES_MAX && self.entries.len() < ENTRIES_MAX
    }

    /// What is written and was not taken yet.
    pub fn take(&mut self) -> Vec<u8> {
        let out = std::mem::take(&mut self.out);
        self.taken += wide(out.len());
        out
    }

    /// How much waits to be taken.
    pub fn waiting(&self) -> usize {
        self.out.len()
    }

    /// Begins an entry; the one before ends.
    pub fn begin(&mut self, name: &str) -> Result<()> {
        self.end()?;
        let at = small(self.position())?;
        self.words([0x0403_4b50]);
        self.halves([VERSION, FLAGS, DEFLATED]);
        self.halves(self.moment);
        // Checksum and sizes are not known yet.
        self.words([0; 3]);
        self.halves([length(name)?, 0]);
        self.out.extend(name.as_bytes());
        self.open = Some(Open {
            name: name.to_owned(),
            at,
            crc: Crc::new(),
            encoder: DeflateEncoder::new(Vec::new(), Compression::fast()),
        });
        Ok(())
    }

    /// Writes into the entry that was begun.
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        if let Some(open) = &mut self.open {
            open.crc.update(bytes);
            open.encoder.write_all(bytes).map_err(failed)?;
            self.out.append(open.encoder.get_mut());
        }
        Ok(())
    }

    fn end(&mut self) -> Result<()> {
        let Some(mut open) = self.open.take() else {
            return Ok(());
        };
        open.encoder.try_finish().map_err(failed)?;
        self.out.append(open.encoder.get_mut());
        let entry = Entry {
            name: open.name,
            at: open.at,
            crc: open.crc.sum(),
            packed: small(open.encoder.total_out())?,
            size: small(open.encoder.total_in())?,
        };
        self.words([0x0807_4b50, entry.crc, entry.packed, entry.size]);
        self.entries.push(entry);
        Ok(())
    }

    /// Writes the directory: the file is whole.
    pub fn finish(&mut self) -> Result<()> {
        self.end()?;
        let at = small(self.position())?;
        let entries = std::mem::take(&mut self.entries);
        for entry in &entries {
            self.words([0x0201_4b50]);
            self.halves([VERSION, VERSION, FLAGS, DEFLATED]);
            self.halves(self.moment);
            self.words([entry.crc, entry.packed, entry.size]);
            // No more about it, no comment, first disk, no attributes.
            self.halves([length(&entry.name)?, 0, 0, 0, 0]);
            self.words([0, entry.at]);
            self.out.extend(entry.name.as_bytes());
        }
        let size = small(self.position())? - at;
        let count = u16::try_from(entries.len()).map_err(|_many| too_large())?;
        self.words([0x0605_4b50]);
        self.halves([0, 0, count, count]);
        self.words([size, at]);
        self.halves([0]);
        Ok(())
    }

    fn position(&self) -> u64 {
        self.taken + wide(self.out.len())
    }

    fn words<const N: usize>(&mut self, words: [u32; N]) {
        self.out.extend(words.iter().flat_map(|w| w.to_le_bytes()));
    }

    fn halves<const N: usize>(&mut self, halves: [u16; N]) {
        self.out.extend(halves.iter().flat_map(|h| h.to_le_bytes()));
    }
}

fn length(name: &str) -> Result<u16> {
    u16::try_from(name.len()).map_err(|_long| too_large())
}

fn small(number: u64) -> Result<u32> {
    u32::try_from(number).map_err(|_large| too_large())
}

fn wide(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

fn too_large() -> Error {
    Error::Internal("a ZIP file has become too large".into())
}

fn failed(error: std::io::Error) -> Error {
    Error::Internal(format!("a ZIP file is not written: {error}"))
}
