//! A ZIP archive of files that are small and packed already, pictures: each is stored as it is, under a name in UTF-8.

use flate2::Crc;

/// What begins a file, its entry in the directory, and the directory's end. (PKWARE APPNOTE 4.3.)
const FILE: u32 = 0x0403_4b50;
const ENTRY: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
/// The version that reads stored files.
const VERSION: u16 = 20;
/// Names are UTF-8.
const UTF8: u16 = 1 << 11;
/// The first day that the format knows: the same files make the same archive.
const DAY: u16 = 0x0021;

/// An archive that grows in memory; whoever fills it bounds it.
#[derive(Default)]
pub(super) struct Archive {
    files: Vec<u8>,
    directory: Vec<u8>,
    count: u16,
}

impl Archive {
    /// Adds a file.
    ///
    /// # Errors
    /// When the format has no room for it: 65,535 files, 4 GB.
    pub(super) fn add(&mut self, name: &str, content: &[u8]) -> Result<(), String> {
        let full = |_too_large| "the archive is full".to_owned();
        let at = u32::try_from(self.files.len()).map_err(full)?;
        let size = u32::try_from(content.len()).map_err(full)?;
        let length = u16::try_from(name.len()).map_err(full)?;
        self.count = self.count.checked_add(1).ok_or("the archive is full")?;
        let mut sum = Crc::new();
        sum.update(content);
        let head = head(sum.sum(), size, length);
        self.files.extend(FILE.to_le_bytes());
        self.files.extend(&head);
        self.files.extend(name.as_bytes());
        self.files.extend(content);
        self.directory.extend(ENTRY.to_le_bytes());
        self.directory.extend(VERSION.to_le_bytes());
        self.directory.extend(&head);
        // No remark, the first disk, no attributes.
        self.directory.extend([0; 10]);
        self.directory.extend(at.to_le_bytes());
        self.directory.extend(name.as_bytes());
        Ok(())
    }

    /// The archive as a file.
    ///
    /// # Errors
    /// When it is larger than the format allows.
    pub(super) fn finish(self) -> Result<Vec<u8>, String> {
        let full = |_too_large| "the archive is full".to_owned();
        let at = u32::try_from(self.files.len()).map_err(full)?;
        let size = u32::try_from(self.directory.len()).map_err(full)?;
        let mut bytes = self.files;
        bytes.extend(self.directory);
        bytes.extend(END.to_le_bytes());
        bytes.extend([0; 4]);
        bytes.extend(self.count.to_le_bytes());
        bytes.extend(self.count.to_le_bytes());
        bytes.extend(size.to_le_bytes());
        bytes.extend(at.to_le_bytes());
        bytes.extend([0; 2]);
        Ok(bytes)
    }
}

/// What a file's beginning and its entry have in common: stored, so that both sizes are one.
fn head(sum: u32, size: u32, name: u16) -> Vec<u8> {
    let mut head = Vec::with_capacity(26);
    for word in [VERSION, UTF8, 0, 0, DAY] {
        head.extend(word.to_le_bytes());
    }
    for word in [sum, size, size] {
        head.extend(word.to_le_bytes());
    }
    head.extend(name.to_le_bytes());
    head.extend([0; 2]);
    head
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_directory_leads_to_every_file() {
        let mut archive = Archive::default();
        archive
            .add("城北店-林小满.png", b"123456789")
            .expect("room");
        archive.add("b", b"").expect("room");
        let bytes = archive.finish().expect("room");
        let word = |at: usize| {
            let four = bytes.get(at..at + 4).expect("four bytes");
            u32::from_le_bytes(four.try_into().expect("four"))
        };
        let end = bytes.len() - 22;
        assert_eq!(word(end), END);
        let entry = usize::try_from(word(end + 16)).expect("an offset");
        assert_eq!(word(entry), ENTRY);
        // The check value of this CRC for these nine signs.
        assert_eq!(word(entry + 16), 0xcbf4_3926);
        let name = "城北店-林小满.png".len();
        let second = entry + 46 + name;
        assert_eq!(word(second), ENTRY);
        let file = usize::try_from(word(second + 42)).expect("an offset");
        assert_eq!((word(file), file), (FILE, 30 + name + 9));
        assert_eq!(second + 46 + 1, end);
    }
}
