//! What a picture is, told by its first bytes: nothing is decoded, so no picture can be larger than it looks.

use std::io::Cursor;

use daogou_schema::picture::Kind;
use image::{ImageFormat, ImageReader};

/// What WeChat takes at the most. (WeChat: temporary media, image.)
pub const BYTES_MAX: usize = 10 * 1024 * 1024;
/// The longest side in pixels: more than any camera of a phone has, less than what a browser cannot draw.
pub const SIDE_MAX: u32 = 12_000;
/// Pixels in all.
const PIXELS_MAX: u64 = 80_000_000;

/// Why a picture is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum No {
    /// There is nothing.
    Empty,
    /// It has more than [`BYTES_MAX`].
    Large,
    /// It is no JPEG, PNG or GIF, whatever it is called.
    Other,
    /// It has too many pixels.
    Wide,
}

impl No {
    /// The same for whoever chose the picture, with what to do.
    pub fn told(self) -> &'static str {
        match self {
            Self::Empty => "请选择一张图片",
            Self::Large => "图片不能超过 10 MB，请缩小后再上传",
            Self::Other => "只能上传 JPG、PNG 或 GIF 图片，请换一张",
            Self::Wide => "图片的长宽太大，请缩小到 12000 像素以内再上传",
        }
    }
}

/// What a picture looks like from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// What it is.
    pub kind: Kind,
    /// Its size.
    pub bytes: i32,
    /// Pixels.
    pub width: i32,
    /// Pixels.
    pub height: i32,
}

/// Looks at the head of a picture.
///
/// # Errors
/// Why it is not taken.
pub fn look(bytes: &[u8]) -> Result<Seen, No> {
    if bytes.is_empty() {
        return Err(No::Empty);
    }
    if bytes.len() > BYTES_MAX {
        return Err(No::Large);
    }
    let (kind, (width, height)) = kind(bytes).ok_or(No::Other)?;
    if width == 0 || height == 0 {
        return Err(No::Other);
    }
    let pixels = u64::from(width) * u64::from(height);
    if width > SIDE_MAX || height > SIDE_MAX || pixels > PIXELS_MAX {
        return Err(No::Wide);
    }
    let small = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    Ok(Seen {
        kind,
        bytes: i32::try_from(bytes.len()).unwrap_or(i32::MAX),
        width: small(width),
        height: small(height),
    })
}

fn kind(bytes: &[u8]) -> Option<(Kind, (u32, u32))> {
    let size = |format| {
        let reader = ImageReader::with_format(Cursor::new(bytes), format);
        reader.into_dimensions().ok()
    };
    if bytes.starts_with(b"\xff\xd8\xff") {
        return Some((Kind::Jpeg, size(ImageFormat::Jpeg)?));
    }
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Some((Kind::Png, size(ImageFormat::Png)?));
    }
    gif(bytes).map(|size| (Kind::Gif, size))
}

/// The size that a GIF says in its head.
fn gif(bytes: &[u8]) -> Option<(u32, u32)> {
    let behind = bytes
        .strip_prefix(b"GIF89a")
        .or_else(|| bytes.strip_prefix(b"GIF87a"))?;
    let side = |at: usize| {
        let two: [u8; 2] = behind.get(at..at + 2)?.try_into().ok()?;
        Some(u32::from(u16::from_le_bytes(two)))
    };
    Some((side(0)?, side(2)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes.extend([8, 2, 0, 0, 0]);
        let crc = crc(bytes.get(12..).unwrap_or_default());
        bytes.extend(crc.to_be_bytes());
        bytes.extend(b"\0\0\0\0IDAT\x35\xaf\x06\x1e");
        bytes
    }

    fn crc(bytes: &[u8]) -> u32 {
        let step = |crc: u32, byte: &u8| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
                (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
            })
        };
        !bytes.iter().fold(u32::MAX, step)
    }

    #[test]
    fn a_picture_is_told_by_its_content() {
        let gif = look(b"GIF89a\x40\x01\xf0\0\0\0\0;").unwrap();
        assert_eq!((gif.kind, gif.width, gif.height), (Kind::Gif, 320, 240));
        let seen = look(&png(640, 480)).unwrap();
        assert_eq!((seen.kind, seen.width, seen.height), (Kind::Png, 640, 480));
        assert_eq!(look(b""), Err(No::Empty));
        assert_eq!(look(b"<svg onload=alert(1)>"), Err(No::Other));
        assert_eq!(look(b"\xff\xd8\xff\xe0 no more"), Err(No::Other));
        assert_eq!(look(b"GIF89a\0\0\0\0"), Err(No::Other));
    }

    #[test]
    fn what_says_that_it_is_huge_is_believed() {
        assert_eq!(look(&png(60_000, 10)), Err(No::Wide));
        assert_eq!(look(&png(12_000, 12_000)), Err(No::Wide));
        assert_eq!(look(&vec![0; BYTES_MAX + 1]), Err(No::Large));
    }
}
