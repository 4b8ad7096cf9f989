//! A small disk of its own that can be filled to the last byte.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::process;
use crate::trouble::Result;

/// Room for the database of one seed many times over.
const SIZE: &str = "size=24m";

/// A mounted disk.
pub struct Disk {
    folder: PathBuf,
}

impl Disk {
    /// Mounts one at `folder`; only root may.
    pub fn mount(folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", SIZE, "tmpfs"]).arg(folder);
        process::run(&mount, None)?;
        Ok(Self {
            folder: folder.to_owned(),
        })
    }

    /// Takes every byte that is left.
    pub fn fill(&self) -> Result<()> {
        let mut filler = std::fs::File::create(self.filler())?;
        for size in [1 << 20, 1 << 12, 1] {
            let piece = vec![0; size];
            // Until there is no room for another piece of that size.
            while filler.write_all(&piece).is_ok() {}
        }
        Ok(())
    }

    /// Gives them back.
    pub fn free(&self) {
        // It was not full.
        let _none = std::fs::remove_file(self.filler());
    }

    fn filler(&self) -> PathBuf {
        self.folder.join("filler")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let mut unmount = Command::new("umount");
        // Lazily: a process that was just killed may still have it open for a moment.
        let _left_behind = process::run(unmount.arg("-l").arg(&self.folder), None);
    }
}
