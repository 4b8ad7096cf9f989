//! Pictures, and what lies under the folder of media.

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};

use super::TestApp;

/// A picture unlike that of any other shade.
pub fn drawn(shade: u8) -> Vec<u8> {
    let picture = RgbImage::from_fn(48, 64, |x, _| {
        Rgb([shade, u8::try_from(x).unwrap_or(0), 120])
    });
    let mut bytes = Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, ImageFormat::Png)
        .expect("a picture");
    bytes.into_inner()
}

/// How many files lie under the folder of media.
pub fn files(app: &TestApp) -> usize {
    let folder = app.folder().join("media");
    let Ok(accounts) = std::fs::read_dir(folder) else {
        return 0;
    };
    let inside = |account: std::fs::DirEntry| std::fs::read_dir(account.path()).expect("a folder");
    accounts
        .flat_map(|account| inside(account.expect("an entry")))
        .count()
}
