//! What a backup or a restore refuses, with the exit code and what to do.

use std::io::Write;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::{header, lines, open_shop};
use crate::kit::{Store, TestApp};

fn said(app: &TestApp, args: &[&str]) -> (Option<i32>, String) {
    let output = app.daogou(args);
    assert!(output.stdout.is_empty(), "{args:?}");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), said)
}

/// Writes lines as a backup whose end is right again.
fn forge(file: &Path, mut lines: Vec<String>) {
    let end = lines.pop().expect("an end");
    let mut text = lines.join("\n");
    text.push('\n');
    let mut end: serde_json::Value = serde_json::from_str(&end).expect("JSON");
    let sum: Vec<_> = Sha256::digest(&text)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    end["sha256"] = sum.concat().into();
    end["all_rows"] = lines.iter().filter(|l| l.starts_with('[')).count().into();
    text += &format!("{end}\n");
    let to = std::fs::File::create(file).expect("a file");
    let mut out = flate2::write::GzEncoder::new(to, flate2::Compression::fast());
    out.write_all(text.as_bytes()).expect("written");
    out.finish().expect("written");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_does_not_replace_a_file_unless_told_to() {
    let app = TestApp::start().await;
    app.add_store("杭州城北店");
    let file = app.saves("b");
    let before = std::fs::read(&file).expect("the file");
    let name = file.display().to_string();
    let (code, told) = said(&app, &["backup", &name]);
    assert!(code == Some(1) && told.contains("--force"), "{told}");
    assert_eq!(std::fs::read(&file).expect("the file"), before);
    app.add_store("杭州城南店");
    app.daogou_json(&["backup", &name, "--force", "--json"]);
    assert!(lines(&file).iter().any(|line| line.contains("城南店")));
    let (code, told) = said(&app, &["backup", "no/such/folder/b"]);
    assert!(code == Some(1) && told.contains("cannot write"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_goes_into_an_empty_store_that_nobody_serves() {
    let mut app = TestApp::start().await;
    app.add_store("杭州城北店");
    let file = app.saves("b").display().to_string();
    let (code, told) = said(&app, &["restore", &file]);
    assert!(code == Some(1) && told.contains("stop it first"), "{told}");
    app.stop().await;
    let (code, told) = said(&app, &["restore", &file]);
    assert!(code == Some(1) && told.contains("not empty"), "{told}");
    // An empty one whose schema is there already will do.
    let store = app.backend.store();
    app.moves_to(store, "empty").await.expect("a database");
    assert!(app.daogou(&["migrate", "up"]).status.success());
    app.daogou_json(&["restore", &file, "--json"]);
    let stores = app.daogou_json(&["store", "list", "--json"]);
    assert!(stores.to_string().contains("杭州城北店"), "{stores}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_file_another_key_and_a_newer_schema_are_refused_before_anything_is_written() {
    let mut app = TestApp::start().await;
    app.add_store("杭州城北店");
    let file = app.saves("b");
    app.stop().await;
    app.moves_to(Store::Sqlite, "target").await.expect("SQLite");
    let whole = std::fs::read(&file).expect("the file");
    let hurt = app.folder().join("hurt");
    let name = hurt.display().to_string();

    std::fs::write(&hurt, &whole[..whole.len() / 2]).expect("written");
    let (code, told) = said(&app, &["restore", &name]);
    assert!(code == Some(1) && told.contains("damaged"), "{told}");

    let (code, told) = said(&app, &["restore", "nothing-there"]);
    assert!(code == Some(1) && told.contains("cannot read"), "{told}");

    let mut newer = lines(&file);
    newer[0] = newer[0].replace("\"schema\":[", "\"schema\":[\"m2099_01_01_000001_later\",");
    forge(&hurt, newer);
    let (code, told) = said(&app, &["restore", &name]);
    assert!(code == Some(1) && told.contains("newer schema"), "{told}");

    app.set(
        "DAOGOU_SECRET_KEY",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    );
    let file = file.display().to_string();
    let (code, told) = said(&app, &["restore", &file]);
    assert!(
        code == Some(2) && told.contains("DAOGOU_SECRET_KEY"),
        "{told}"
    );
    assert!(!app.folder().join("target/daogou.db").exists(), "{told}");
}

/// As a program wrote it that did not know the table.
fn without_table(lines: &mut Vec<String>, table: &str) {
    let begins = format!("\"table\":\"{table}\"");
    let from = lines.iter().position(|line| line.contains(&begins));
    let from = from.unwrap_or_else(|| panic!("no table {table}"));
    let ends = |line: &String| line.starts_with("{\"rows\"");
    let to = lines.iter().skip(from).position(ends).expect("its end");
    lines.drain(from..=from + to);
}

/// The file of a program that did not know the last tables yet.
/// A file from before `table` had `column`.
fn without_column(lines: &mut [String], table: &str, column: &str) {
    let begins = format!("\"table\":\"{table}\"");
    let at = lines.iter().position(|line| line.contains(&begins));
    let at = at.expect("the table");
    let mut head: serde_json::Value = serde_json::from_str(&lines[at]).expect("JSON");
    let columns = head["columns"].as_array_mut().expect("columns");
    let place = columns.iter().position(|known| known["name"] == column);
    let place = place.expect("the column");
    columns.remove(place);
    lines[at] = head.to_string();
    for line in &mut lines[at + 1..] {
        let mut row: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let Some(values) = row.as_array_mut() else {
            return;
        };
        values.remove(place);
        *line = row.to_string();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_an_older_schema_is_brought_up_to_the_present_one() {
    let mut app = TestApp::start().await;
    let _shop = open_shop(&app).await;
    let file = app.saves("b");
    app.stop().await;
    let schema = header(&file)["schema"].clone();
    let names = schema.as_array().expect("names");
    let of_outbound = names
        .iter()
        .position(|name| name.as_str().is_some_and(|n| n.ends_with("_outbound")))
        .expect("it is one of them");
    let mut older = lines(&file);
    let mut head = header(&file);
    head["schema"] = names[..of_outbound].to_vec().into();
    older[0] = head.to_string();
    for table in [
        "outbound",
        "audit",
        "audit_head",
        "fan_act",
        "fan_day",
        "consent",
        "erasure",
        "member_phone",
        "campaign",
        "follower_sync",
        "menu_version",
        "menu_answer",
        "import",
        "import_row",
        "member_card",
        "export",
        "export_piece",
        "member_merge",
        "visit",
        "script",
        "picture_line",
        "picture",
    ] {
        without_table(&mut older, table);
    }
    without_column(&mut older, "guide", "lost_line_id");
    for (table, column) in [
        ("conversation", "new_guide_id"),
        ("conversation", "unread"),
        ("guide_number", "starred_at"),
    ] {
        without_column(&mut older, table, column);
    }
    for column in ["name", "token_previous", "previous_until"] {
        without_column(&mut older, "account", column);
    }
    for column in ["totp", "totp_step", "recovery", "language"] {
        without_column(&mut older, "staff", column);
    }
    without_column(&mut older, "code", "variants");
    for column in ["code_id", "subscribe_scene"] {
        without_column(&mut older, "identity", column);
    }
    for (table, column) in [
        ("member", "insider"),
        ("member", "birthday"),
        ("store", "region_id"),
        ("store", "owner"),
        ("staff", "regions"),
        ("invitation", "regions"),
        ("guide", "speciality"),
        ("guide", "phone"),
        ("guide", "phone_masked"),
        ("guide", "photo_id"),
    ] {
        without_column(&mut older, table, column);
    }
    let forged = app.folder().join("older");
    forge(&forged, older);

    let store = app.backend.store();
    app.moves_to(store, "older-schema")
        .await
        .expect("a database");
    // Where the schema is the present one already, its rows have no place.
    assert!(app.daogou(&["migrate", "up"]).status.success());
    let name = forged.display().to_string();
    let (code, told) = said(&app, &["restore", &name, "--moved"]);
    assert!(code == Some(1) && told.contains("without tables"), "{told}");
    app.moves_to(store, "no-schema").await.expect("a database");
    let told = app.daogou_json(&["restore", &name, "--moved", "--json"]);
    assert!(told["tables"]["outbound"].is_null() && told["tables"]["message"].is_u64());
    let after = app.saves("after");
    assert_eq!(header(&after)["schema"], schema);
}
