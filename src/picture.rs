//! QR codes as pictures: in the terminal, as PNG and as SVG.

use std::io::Cursor;
use std::path::Path;

use image::{ImageBuffer, ImageFormat, Luma};
use qrcode::QrCode;
use qrcode::render::{svg, unicode};

/// Pixels of one module in the PNG: sharp on a poster of a few centimetres.
const MODULE_PIXELS: u32 = 12;

/// A code ready to be drawn.
pub(crate) struct Picture(QrCode);

impl Picture {
    /// The code that holds `url`.
    pub(crate) fn of(url: &str) -> Result<Self, String> {
        QrCode::new(url)
            .map(Self)
            .map_err(|e| format!("the code cannot be drawn: {e}"))
    }

    /// As text, dark on light whatever the terminal's colours are.
    pub(crate) fn for_terminal(&self) -> String {
        self.0
            .render::<unicode::Dense1x2>()
            .dark_color(unicode::Dense1x2::Light)
            .light_color(unicode::Dense1x2::Dark)
            .build()
    }

    /// Writes `name.png` and `name.svg` into `folder` and says where.
    pub(crate) fn save(&self, folder: &Path, name: &str) -> Result<String, String> {
        let failed = |what: &dyn std::fmt::Display| {
            format!(
                "the picture cannot be written to {}: {what}",
                folder.display()
            )
        };
        std::fs::create_dir_all(folder).map_err(|e| failed(&e))?;
        let (png, svg) = (
            folder.join(format!("{name}.png")),
            folder.join(format!("{name}.svg")),
        );
        self.pixels().save(&png).map_err(|e| failed(&e))?;
        std::fs::write(&svg, self.svg()).map_err(|e| failed(&e))?;
        Ok(format!("{} · {}", png.display(), svg.display()))
    }

    /// As SVG.
    pub(crate) fn svg(&self) -> String {
        let mut drawing = self.0.render::<svg::Color<'_>>();
        drawing.min_dimensions(300, 300).build()
    }

    /// As PNG.
    pub(crate) fn png(&self) -> Result<Vec<u8>, String> {
        let mut file = Cursor::new(Vec::new());
        self.pixels()
            .write_to(&mut file, ImageFormat::Png)
            .map_err(|e| format!("the code cannot be drawn: {e}"))?;
        Ok(file.into_inner())
    }

    fn pixels(&self) -> ImageBuffer<Luma<u8>, Vec<u8>> {
        let mut drawing = self.0.render::<Luma<u8>>();
        drawing
            .module_dimensions(MODULE_PIXELS, MODULE_PIXELS)
            .build()
    }
}
