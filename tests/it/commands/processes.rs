//! Real processes: one server for an embedded store, and a restart after kill -9 at once.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{KEY, run, stderr};
use crate::kit::{Server, TestApp, eventually};

struct Serve {
    process: Child,
    url: String,
}

impl Drop for Serve {
    fn drop(&mut self) {
        // It may have ended already.
        let _gone = self.process.kill();
        let _ended = self.process.wait();
    }
}

/// `daogou serve` as a process of its own, and where it listens.
fn serve(app: &TestApp) -> Serve {
    let mut process = Command::new(env!("CARGO_BIN_EXE_daogou"))
        .current_dir(app.folder())
        .arg("serve")
        .env_clear()
        .envs(app.environment())
        .env("DAOGOU_LISTEN", "127.0.0.1:0")
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let log = BufReader::new(process.stderr.take().expect("a log"));
    let mut url = None;
    let mut lines = log.lines();
    let mut said = Vec::new();
    for line in lines.by_ref().map_while(Result::ok) {
        let at = line.find("127.0.0.1:");
        let port = at.map(|at| {
            line[at..]
                .chars()
                .skip(10)
                .take_while(char::is_ascii_digit)
                .collect::<String>()
        });
        said.push(line.clone());
        if let Some(port) = port.filter(|port| !port.is_empty()) {
            url = Some(format!("http://127.0.0.1:{port}"));
            break;
        }
    }
    // Somebody has to read on, or the server would wait for a reader one day.
    std::thread::spawn(move || lines.for_each(drop));
    let url = url.unwrap_or_else(|| panic!("the server does not say where it listens: {said:?}"));
    Serve { process, url }
}

async fn is_healthy(app: &TestApp, url: &str) {
    eventually("the server answering", async || {
        let answer = app.http.get(format!("{url}/healthz")).send().await.ok()?;
        answer.status().is_success().then_some(())
    })
    .await;
}

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
    let first = serve(&app);
    is_healthy(&app, &first.url).await;
    let mut first = first;
    first.process.kill().expect("it can be killed");
    first.process.wait().expect("it ends");
    let begun = Instant::now();
    let second = serve(&app);
    is_healthy(&app, &second.url).await;
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
    let mut server = serve(&app);
    is_healthy(&app, &server.url).await;
    let id = server.process.id().to_string();
    let sent = Command::new("kill")
        .args(["-TERM", &id])
        .status()
        .expect("kill runs");
    assert!(sent.success());
    let ended = tokio::task::spawn_blocking(move || server.process.wait()).await;
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
