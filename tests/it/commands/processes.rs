//! Real processes: one server for an embedded store, and a restart after kill -9 at once.

use std::process::Command;
use std::time::{Duration, Instant};

use super::{KEY, run, stderr};
use crate::kit::{Process, Server, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn a_second_server_on_one_embedded_store_exits_2_and_says_what_to_do() {
    let app = TestApp::start().await;
    let mut environment = app.environment();
    environment.push(("DAOGOU_LISTEN", "127.0.0.1:0".into()));
    let second = Command::new(env!("CARGO_BIN_EXE_daogou"))
        .current_dir(app.folder())
        .arg("serve")
        .env_clear()
        .envs(environment)
        .output()
        .expect("the command runs");
    assert_eq!(second.status.code(), Some(2));
    let said = String::from_utf8_lossy(&second.stderr);
    assert!(said.contains("REDIS_URL"), "{said}");
    // The command line works beside it.
    app.add_store("杭州城北店");
}

#[test]
fn a_port_that_is_taken_exits_1_and_names_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    let pairs = [("DAOGOU_SECRET_KEY", KEY), ("DAOGOU_LISTEN", &*address)];
    let output = run(folder.path(), &pairs, &["serve"]);
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output);
    assert!(
        said.contains("DAOGOU_LISTEN") && said.contains(&address),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn after_kill_nine_the_next_server_starts_at_once() {
    let mut app = TestApp::start().await;
    app.stop().await;
    let mut first = Process::serve(&app, &[]);
    first.is_healthy(&app).await;
    first.kill();
    let begun = Instant::now();
    let second = Process::serve(&app, &[]);
    second.is_healthy(&app).await;
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "{:?}",
        begun.elapsed()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_term_signal_ends_the_server_cleanly_with_exit_0() {
    let mut app = TestApp::start().await;
    app.stop().await;
    let mut server = Process::serve(&app, &[]);
    server.is_healthy(&app).await;
    let id = server.child.id().to_string();
    let sent = Command::new("kill")
        .args(["-TERM", &id])
        .status()
        .expect("kill runs");
    assert!(sent.success());
    let ended = tokio::task::spawn_blocking(move || server.child.wait()).await;
    assert_eq!(
        ended.expect("it is waited for").expect("it ends").code(),
        Some(0)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_embedded_store_is_free_again_when_its_server_has_stopped() {
    let mut app = TestApp::start().await;
    app.stop().await;
    let again = Server::start(&app.environment(), &app.clock).await;
    again.stop().await;
    app.restart().await;
}
