//! Samples from elsewhere: read where they are present, never part of the project.

use std::path::PathBuf;

use daogou_wechat::{AesKey, Door, Mode};

/// The text of a sample file; `None`, loudly, when the samples are not there.
pub fn read(name: &str) -> Option<String> {
    let text = std::fs::read_to_string(folder().join(name)).ok();
    if text.is_none() {
        eprintln!("NOT RUN: {name} is not in DAOGOU_FIXTURES or ../shared/fixtures");
    }
    text
}

/// The names of the files in a folder of samples, without its index.
pub fn list(name: &str) -> Option<Vec<String>> {
    let Ok(entries) = std::fs::read_dir(folder().join(name)) else {
        eprintln!("NOT RUN: {name} is not in DAOGOU_FIXTURES or ../shared/fixtures");
        return None;
    };
    let mut names: Vec<_> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|file| !file.ends_with(".tsv"))
        .collect();
    names.sort();
    Some(names)
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests have no Config; the variable says where samples lie"
)]
fn folder() -> PathBuf {
    match std::env::var_os("DAOGOU_FIXTURES") {
        Some(folder) => folder.into(),
        None => concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/fixtures").into(),
    }
}

/// A door with one key, or with none when the key's text is empty.
pub fn door(appid: &str, token: &str, key: &str, mode: Mode) -> Door {
    let keys = if key.is_empty() {
        Vec::new()
    } else {
        vec![AesKey::parse(key).unwrap()]
    };
    Door {
        appid: appid.to_owned(),
        token: token.to_owned(),
        token_previous: None,
        keys,
        mode,
    }
}
