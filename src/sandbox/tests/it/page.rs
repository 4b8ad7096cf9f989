//! The files of the page among themselves, and with the words of the simulator.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|own| own == extension) {
            found.push(path);
        }
    }
    assert!(!found.is_empty(), "nothing in {}", folder.display());
    found
}

fn names(paths: &[PathBuf]) -> BTreeSet<String> {
    paths
        .iter()
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect()
}

/// What stands between `before` and `after`, wherever it does.
fn between(text: &str, before: &str, after: &str) -> Vec<String> {
    let pieces = text.split(before).skip(1);
    pieces
        .filter_map(|piece| piece.split_once(after))
        .map(|(inside, _)| inside.to_owned())
        .collect()
}

#[test]
fn the_page_loads_every_module_and_every_style_at_once() {
    let assets = root().join("assets/sandbox");
    let index = read(&assets.join("index.html"));
    let preloaded = between(&index, r#"rel="modulepreload" href="/assets/js/"#, "\"");
    let started = between(&index, r#"type="module" src="/assets/js/"#, "\"");
    assert_eq!(
        preloaded
            .into_iter()
            .chain(started)
            .collect::<BTreeSet<_>>(),
        names(&files(&assets.join("js"), "js"))
    );
    let styles = between(&index, r#"rel="stylesheet" href="/assets/css/"#, "\"");
    assert_eq!(
        styles.into_iter().collect::<BTreeSet<_>>(),
        names(&files(&assets.join("css"), "css"))
    );
}

#[test]
fn every_refusal_of_the_simulator_has_chinese_words_on_the_page() {
    // What only a program can meet: a call that no page makes.
    const NOT_FOR_PEOPLE: &[&str] = &[
        "no such account, or it has no callback_url",
        "no such person in openid_like",
        "nothing was pushed for this person yet",
        "the control interface has no such call",
    ];
    let words = read(&root().join("assets/sandbox/js/words.js"));
    let mut refusals = BTreeSet::new();
    for file in files(&root().join("src/sandbox/src"), "rs") {
        let text = read(&file);
        for kind in ["missing", "conflict"] {
            refusals.extend(between(&text, &format!("Trouble::{kind}(\""), "\""));
        }
    }
    assert!(refusals.contains("the code has expired"), "{refusals:?}");
    let missing: Vec<_> = refusals
        .iter()
        .filter(|text| !NOT_FOR_PEOPLE.contains(&text.as_str()))
        .filter(|text| !words.contains(&format!("[\"{text}\", ")))
        .collect();
    assert!(missing.is_empty(), "words.js does not know {missing:?}");
}
