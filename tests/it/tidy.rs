//! The house rules, kept by the project. Each rule is a function over source texts (`rules`), so that it is also shown
//! to find what it forbids (`finds`).

mod finds;
mod rules;
mod source;

use std::collections::BTreeMap;
use std::path::Path;

use rules::*;
use source::Source;

#[test]
fn the_project_keeps_the_rules_about_files() {
    let project = the_project();
    nothing(every_module_says_what_it_is_for(&project));
    nothing(a_long_file_says_why(&project));
}

#[test]
fn the_project_keeps_its_floors() {
    let product = the_product();
    nothing(every_module_has_its_floor(&product));
    nothing(a_floor_names_only_lower_floors(&product));
    nothing(the_webhook_calls_only_reception(&product));
}

#[test]
fn the_project_keeps_each_technique_in_its_place() {
    let product = the_product();
    nothing(only_the_web_speaks_http(&product));
    nothing(queries_stand_in_queries_rs(&product));
    nothing(only_the_writer_opens_transactions(&product));
    nothing(tasks_belong_to_app_and_workers(&product));
    nothing(entities_are_not_serialised(&product));
}

#[test]
fn the_back_ends_of_the_project_do_not_know_each_other() {
    let mut manifests = BTreeMap::new();
    for (folder, _) in CRATES {
        manifests.insert((*folder).to_owned(), read(&format!("{folder}/Cargo.toml")));
    }
    nothing(back_ends_do_not_know_each_other(&manifests));
    nothing(the_simulator_does_not_know_our_client(&the_product()));
}

#[test]
fn the_example_settings_are_the_settings() {
    let config = read("src/config.rs");
    assert!(!keys_of(&config).is_empty());
    nothing(the_example_lists_what_is_read(
        &config,
        &read(".env.example"),
    ));
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// All Rust files of the project.
fn the_project() -> Vec<Source> {
    let mut files = Vec::new();
    for folder in ["src", "migrations", "tests", "benches"] {
        collect(folder, &mut files);
    }
    assert!(
        files.len() > 50,
        "only {} files: is this the project?",
        files.len()
    );
    files
}

fn collect(folder: &str, files: &mut Vec<Source>) {
    let Ok(entries) = std::fs::read_dir(root().join(folder)) else {
        return;
    };
    for entry in entries.flatten() {
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(&path, files);
        } else if path.ends_with(".rs") {
            let text = read(&path);
            files.push(Source { path, text });
        }
    }
}

/// Only what is built into the product, without its tests.
fn the_product() -> Vec<Source> {
    let is_test = |path: &str| path.contains("/tests/") || path.ends_with("/tests.rs");
    the_project()
        .into_iter()
        .filter(|file| file.path.starts_with("src/") && !is_test(&file.path))
        .collect()
}

fn nothing(found: Vec<String>) {
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}
