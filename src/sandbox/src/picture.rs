//! Pictures that the simulator draws: codes, and what a phone's camera would have.

use std::io::Cursor;

use actix_web::web::Bytes;
use image::{DynamicImage, ImageFormat, Luma, Rgb, RgbImage};

/// Pixels of a module of a code; a code is about 430 wide, as the platform's.
const MODULE: u32 = 12;

/// The code of a text as JPEG; `None` when the text is too long for one.
pub(crate) fn code_jpeg(text: &str) -> Option<Bytes> {
    encoded(code(text)?, ImageFormat::Jpeg)
}

/// The code of a text as PNG.
pub(crate) fn code_png(text: &str) -> Option<Bytes> {
    encoded(code(text)?, ImageFormat::Png)
}

fn code(text: &str) -> Option<DynamicImage> {
    let code = qrcode::QrCode::new(text.as_bytes()).ok()?;
    let drawn = code
        .render::<Luma<u8>>()
        .module_dimensions(MODULE, MODULE)
        .build();
    Some(DynamicImage::ImageLuma8(drawn))
}

/// A small picture with a gradient.
pub(crate) fn sample() -> Bytes {
    let picture = RgbImage::from_fn(160, 200, |x, y| {
        let shade = |value: u32| u8::try_from(value.min(255)).unwrap_or(u8::MAX);
        Rgb([shade(120 + x / 2), shade(90 + y / 2), shade(200 - y / 2)])
    });
    encoded(DynamicImage::ImageRgb8(picture), ImageFormat::Jpeg).unwrap_or_default()
}

fn encoded(picture: DynamicImage, format: ImageFormat) -> Option<Bytes> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).ok()?;
    Some(Bytes::from(bytes.into_inner()))
}
