//! Pictures of pages, for whoever looks at them.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

use crate::kit::Browser;

/// The tallest picture, in pixels: what a long page shows at its end it shows before.
const HEIGHT_MAX: u64 = 2400;

/// A folder of pictures.
pub struct Album(PathBuf);

impl Album {
    /// An empty one beside what the tests build; its place is printed.
    pub fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join("pages")
            .join(name);
        let _old = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("a folder");
        println!("pictures of every page: {}", folder.display());
        Self(folder)
    }

    /// The whole page as it looks now.
    pub async fn take(&self, browser: &Browser, page: &str, scheme: &str, width: u32) {
        let height = browser
            .asks("return document.documentElement.scrollHeight")
            .await;
        let height = height.as_u64().unwrap_or(900).clamp(900, HEIGHT_MAX);
        let clip = json!({ "x": 0, "y": 0, "width": width, "height": height, "scale": 1 });
        let wanted = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let taken = browser.tells("Page.captureScreenshot", wanted).await;
        let picture = taken["data"]
            .as_str()
            .and_then(|text| BASE64_STANDARD.decode(text).ok());
        let word = |c: char| if c.is_alphanumeric() { c } else { '-' };
        let name: String = page.chars().map(word).collect();
        let name = format!("{}-{width}-{scheme}.png", name.trim_matches('-'));
        let written = std::fs::write(self.0.join(name), picture.expect("a picture"));
        written.expect("it is kept");
    }
}
