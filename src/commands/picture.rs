//! QR codes as pictures: in the terminal, as PNG and as SVG.

use std::path::Path;

use image::Luma;
use qrcode::QrCode;
use qrcode::render::{svg, unicode};

/// Pixels of one module in the PNG: sharp on a poster of a few centimetres.
const MODULE_PIXELS: u32 = 12;

/// A code ready to be drawn.
pub(super) struct Picture(QrCode);

impl Picture {
    /// The code that holds `url`.
    pub(super) fn of(url: &str) -> Result<Self, String> {
        QrCode::new(url)
            .map(Self)
            .map_err(|e| format!("the code cannot be drawn: {e}"))
    }

    /// As text, dark on light whatever the terminal's colours are.
    pub(super) fn for_terminal(&self) -> String {
        self.0
            .render::<unicode::Dense1x2>()
            .dark_color(unicode::Dense1x2::Light)
            .light_color(unicode::Dense1x2::Dark)
            .build()
    }

    /// Writes `name.png` and `name.svg` into `folder` and says where.
    pub(super) fn save(&self, folder: &Path, name: &str) -> Result<String, String> {
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
        let pixels = self
            .0
            .render::<Luma<u8>>()
            .module_dimensions(MODULE_PIXELS, MODULE_PIXELS)
            .build();
        pixels.save(&png).map_err(|e| failed(&e))?;
        std::fs::write(
            &svg,
            self.0
                .render::<svg::Color<'_>>()
                .min_dimensions(300, 300)
                .build(),
        )
        .map_err(|e| failed(&e))?;
        Ok(format!("{} · {}", png.display(), svg.display()))
    }
}
