//! The command line, as scripts and people use it: exit codes, one line of JSON, errors that name what and what to do.

mod inbound;
mod processes;

use std::process::{Command, Output};

use crate::kit::TestApp;

pub(crate) const STORE: &str = "杭州城北店";
const KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

/// `daogou ARGS` in `folder` with nothing in the environment but `pairs`.
fn run(folder: &std::path::Path, pairs: &[(&str, &str)], args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_daogou"));
    command
        .current_dir(folder)
        .env_clear()
        .envs(pairs.iter().copied())
        .args(args);
    command.output().expect("the command runs")
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn every_fault_of_the_settings_is_named_at_once_with_exit_2() {
    let folder = tempfile::tempdir().expect("a folder");
    let pairs = [
        ("DAOGOU_LISTEN", "somewhere"),
        ("DATABASE_URL", "oracle://x"),
        ("DAOGOU_SECRET_KEY", "c2hvcnQ="),
        ("REDIS_URL", "memcached://x"),
        ("DAOGOU_TIMEZONE", "Moon/Base"),
        ("DAOGOU_RAW_DAYS", "many"),
        ("DAOGOU_MIGRATE", "perhaps"),
        ("DAOGOU_TEMPLATES_DIR", "/nowhere/at/all"),
        ("WECHAT_APPID", "wx0123456789abcdef"),
        ("WECHAT_MODE", "secret"),
        ("WECHAT_KIND", "shop"),
    ];
    let output = run(folder.path(), &pairs, &["serve"]);
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output);
    for (key, _) in pairs.iter().filter(|(key, _)| *key != "WECHAT_APPID") {
        assert!(said.contains(key), "{key} is missing from {said}");
    }
    for key in ["WECHAT_APP_SECRET", "WECHAT_TOKEN"] {
        assert!(said.contains(key), "{key} is missing from {said}");
    }
    assert!(output.stdout.is_empty());
}

#[test]
fn a_missing_key_exits_2_with_the_command_that_makes_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = run(folder.path(), &[], &["serve"]);
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output);
    assert!(
        said.contains("DAOGOU_SECRET_KEY") && said.contains("openssl rand -base64 32"),
        "{said}"
    );
    assert!(
        !folder.path().join("daogou.db").exists(),
        "nothing was begun"
    );
}

#[test]
fn the_real_environment_wins_over_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = format!("DAOGOU_SECRET_KEY={KEY}\nDATABASE_URL=sqlite://from-file.db?mode=rwc\n");
    std::fs::write(folder.path().join(".env"), file).expect("a file");
    let pairs = [("DATABASE_URL", "sqlite://from-environment.db?mode=rwc")];
    let output = run(folder.path(), &pairs, &["migrate", "up"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(folder.path().join("from-environment.db").exists());
    assert!(!folder.path().join("from-file.db").exists());
}

#[test]
fn usage_faults_exit_2() {
    let folder = tempfile::tempdir().expect("a folder");
    let pairs = [("DAOGOU_SECRET_KEY", KEY)];
    for args in [
        &["frobnicate"][..],
        &["guide", "add", "林小满"],
        &["store", "add"],
        &["store", "list", "--jsn"],
        &[],
    ] {
        let output = run(folder.path(), &pairs, args);
        assert_eq!(
            output.status.code(),
            Some(2),
            "{args:?}: {}",
            stderr(&output)
        );
        assert!(
            !output.stderr.is_empty() && output.stdout.is_empty(),
            "{args:?}"
        );
    }
    assert_eq!(
        run(folder.path(), &pairs, &["--help"]).status.code(),
        Some(0)
    );
    assert_eq!(
        run(folder.path(), &pairs, &["--version"]).status.code(),
        Some(0)
    );
}

#[test]
fn without_an_account_a_command_says_what_to_set() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = run(
        folder.path(),
        &[("DAOGOU_SECRET_KEY", KEY)],
        &["store", "list"],
    );
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("WECHAT_APPID"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn migrate_shows_what_is_pending_and_brings_it_up() {
    let folder = tempfile::tempdir().expect("a folder");
    let pairs = [("DATABASE_URL", "sqlite://daogou.db?mode=rwc")];
    let status = || {
        let output = run(folder.path(), &pairs, &["migrate", "status"]);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        String::from_utf8(output.stdout).expect("text")
    };
    assert!(status().lines().all(|line| line.starts_with("pending")));
    let up = run(folder.path(), &pairs, &["migrate", "up"]);
    assert_eq!(up.status.code(), Some(0), "{}", stderr(&up));
    assert!(status().lines().count() > 10);
    assert!(status().lines().all(|line| line.starts_with("applied")));
}

#[test]
fn with_migrations_off_a_store_that_is_behind_is_refused_with_exit_1() {
    let folder = tempfile::tempdir().expect("a folder");
    let pairs = [("DAOGOU_SECRET_KEY", KEY), ("DAOGOU_MIGRATE", "off")];
    let output = run(folder.path(), &pairs, &["store", "list"]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(
        stderr(&output).contains("daogou migrate up"),
        "{}",
        stderr(&output)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn json_is_one_line_on_stdout_with_the_documented_keys() {
    let app = TestApp::start().await;
    let store = app.daogou_json(&["store", "add", STORE, "--json"]);
    assert!(store["id"].is_i64(), "{store}");
    let guide = app.daogou_json(&["guide", "add", "林小满", "--store", STORE, "--json"]);
    for key in ["scene", "ticket", "url", "link_scene"] {
        assert!(guide[key].is_string(), "{key} is missing from {guide}");
    }
    assert!(guide["id"].is_i64());
    assert_ne!(guide["scene"], guide["link_scene"]);
    let stores = app.daogou_json(&["store", "list", "--json"]);
    assert_eq!(stores["stores"][0]["name"], STORE);
    let guides = app.daogou_json(&["guide", "list", "--json"]);
    let listed = &guides["guides"][0];
    assert_eq!(
        (&listed["name"], &listed["scene"]),
        (
            &guide["name"].as_str().map_or("林小满".into(), Into::into),
            &guide["scene"]
        )
    );
    assert_eq!(
        (&listed["linked"], &listed["on_duty"]),
        (&false.into(), &true.into())
    );
    assert_eq!(listed["store"], STORE);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_qr_code_stands_in_the_terminal_and_in_two_files() {
    let app = TestApp::start().await;
    app.add_store(STORE);
    let output = app.daogou(&["guide", "add", "林小满", "--store", STORE]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let shown = String::from_utf8(output.stdout).expect("text");
    assert!(
        shown.contains('█') || shown.contains('▀') || shown.contains('▄'),
        "{shown}"
    );
    let listed = app.daogou_json(&["guide", "list", "--json"]);
    let (id, url) = (
        &listed["guides"][0]["id"],
        listed["guides"][0]["url"].as_str().expect("a url"),
    );
    for name in [format!("guide-{id}"), format!("guide-{id}-link")] {
        let file = app.folder().join("codes").join(&name);
        let svg = std::fs::read_to_string(file.with_extension("svg")).expect("an SVG");
        assert!(svg.contains("<svg"));
        assert!(file.with_extension("png").exists());
    }
    let png = image::open(app.folder().join(format!("codes/guide-{id}.png")))
        .expect("a PNG")
        .to_luma8();
    let mut picture = rqrr::PreparedImage::prepare(png);
    let grids = picture.detect_grids();
    let (_, content) = grids
        .first()
        .expect("a QR code")
        .decode()
        .expect("it can be read");
    assert_eq!(content, url, "a phone reads what WeChat gave");
}

#[tokio::test(flavor = "multi_thread")]
async fn when_wechat_refuses_a_code_no_half_guide_is_left() {
    let app = TestApp::start().await;
    app.add_store(STORE);
    for (fault, times) in [
        (
            serde_json::json!({ "path": "/cgi-bin/qrcode/create", "errcode": 45029 }),
            1,
        ),
        (
            serde_json::json!({ "path": "/cgi-bin/qrcode/create", "drop": true }),
            1,
        ),
        (
            serde_json::json!({ "path": "/cgi-bin/stable_token", "errcode": 40125 }),
            1,
        ),
        (
            serde_json::json!({ "path": "/cgi-bin/stable_token", "errcode": 40164 }),
            1,
        ),
    ] {
        let mut fault = fault;
        fault["times"] = times.into();
        app.fault(fault.clone()).await;
        let refused = app.daogou(&["guide", "add", "林小满", "--store", STORE, "--json"]);
        assert_eq!(
            refused.status.code(),
            Some(1),
            "{fault}: {}",
            stderr(&refused)
        );
        assert!(refused.stdout.is_empty());
        let said = stderr(&refused);
        if let Some(code) = fault["errcode"].as_i64() {
            assert!(said.contains(&code.to_string()), "{said}");
        }
        assert!(
            !said.contains("0123456789abcdef0123456789abcdef"),
            "no secret in {said}"
        );
        let listed = app.daogou_json(&["guide", "list", "--json"]);
        assert_eq!(listed["guides"], serde_json::json!([]), "{fault}");
    }
    // The link code is the second call: a refusal there leaves nothing either.
    app.daogou_json(&["guide", "add", "吴桐", "--store", STORE, "--json"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_exist_is_named_with_where_to_look() {
    let app = TestApp::start().await;
    let unknown = app.daogou(&["guide", "add", "林小满", "--store", "没有的店", "--json"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(
        stderr(&unknown).contains("没有的店") && stderr(&unknown).contains("daogou store list")
    );
    let unknown = app.daogou(&["guide", "link", "没有的人", "--json"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(
        stderr(&unknown).contains("没有的人") && stderr(&unknown).contains("daogou guide list")
    );
    for name in ["", "   ", &"长".repeat(61)] {
        let refused = app.daogou(&["store", "add", "--name", name, "--json"]);
        assert_eq!(refused.status.code(), Some(2), "{name:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rule_of_an_account_is_shown_and_set() {
    let app = TestApp::start().await;
    assert_eq!(
        app.daogou_json(&["account", "rule", "--json"])["rule"],
        "first"
    );
    let set = app.daogou_json(&["account", "rule", "protect", "--days", "7", "--json"]);
    assert_eq!((&set["rule"], &set["days"]), (&"protect".into(), &7.into()));
    let unclear = app.daogou(&["account", "rule", "protect", "--json"]);
    assert_eq!(unclear.status.code(), Some(2));
    assert!(stderr(&unclear).contains("--days"), "{}", stderr(&unclear));
    let senseless = app.daogou(&["account", "rule", "last", "--days", "3"]);
    assert_eq!(senseless.status.code(), Some(2));
    assert_eq!(
        app.daogou_json(&["account", "rule", "--json"])["rule"],
        "protect"
    );
    // A restart with the same environment leaves it alone.
    let mut app = app;
    app.restart().await;
    assert_eq!(app.daogou_json(&["account", "rule", "--json"])["days"], 7);
}
