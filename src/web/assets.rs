//! Style sheets, scripts and icons of the pages, embedded, each under an address that changes with its content.

use std::fmt::Write;
use std::sync::LazyLock;

use actix_web::http::header::{CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS};
use actix_web::{HttpResponse, web};
use rust_embed_for_web::{EmbedableFile, RustEmbed};
use sha2::{Digest, Sha256};

/// Debug builds read the folder from disk at every request.
#[derive(RustEmbed)]
#[folder = "assets"]
#[allow_missing = true]
struct Files;

/// What of it browsers get.
const FOLDERS: [&str; 2] = ["console/", "workbench/"];

/// What pages name; these files name the others.
const ENTRANCES: [&str; 6] = [
    "console/css/main.css",
    "console/css/mobile.css",
    "console/js/boot.js",
    "console/js/main.js",
    "workbench/css/main.css",
    "workbench/js/main.js",
];

/// All files together have one version, because they name each other.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut digest = Sha256::new();
    let mut names = ENTRANCES.map(str::to_owned).to_vec();
    let mut at = 0;
    while let Some(name) = names.get(at).cloned() {
        at += 1;
        let Some(file) = Files::get(&name) else {
            continue;
        };
        let data = file.data();
        let bytes: &[u8] = data.as_ref();
        digest.update(bytes);
        for other in named_in(&name, &String::from_utf8_lossy(bytes)) {
            if !names.contains(&other) {
                names.push(other);
            }
        }
    }
    let bytes = digest.finalize();
    bytes.iter().take(6).fold(String::new(), |mut hex, byte| {
        let _always_fits = write!(hex, "{byte:02x}");
        hex
    })
});

/// The files that `name` names in quotes, relative to its own folder.
fn named_in(name: &str, text: &str) -> Vec<String> {
    let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
    text.split('"')
        .filter(|word| {
            let kind = word.rsplit('.').next();
            matches!(kind, Some("css" | "js")) && word.len() < 64
        })
        .map(|word| joined(folder, word))
        .collect()
}

/// A relative address as one from the top.
fn joined(folder: &str, relative: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').collect();
    for part in relative.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Where a page finds the file `name`, for example `console/css/main.css`.
pub(super) fn address(name: &str) -> String {
    format!("/assets/{}/{name}", *VERSION)
}

/// A file. Any version is answered with the present one: an old page may still ask.
pub(super) async fn file(path: web::Path<(String, String)>) -> HttpResponse {
    let (version, name) = path.into_inner();
    let inside = FOLDERS.iter().any(|folder| name.starts_with(folder));
    let inside = inside
        && name
            .split('/')
            .all(|part| !part.is_empty() && !part.starts_with('.') && !part.contains('\\'));
    let Some(found) = Some(name.as_str())
        .filter(|_name| inside)
        .and_then(Files::get)
    else {
        return super::failure::not_found().await;
    };
    let kept = if version == *VERSION {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let kind = found.mime_type();
    let data = found.data();
    let bytes: &[u8] = data.as_ref();
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, kept))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .content_type(kind.unwrap_or_else(|| "application/octet-stream".into()))
        .body(bytes.to_vec())
}
