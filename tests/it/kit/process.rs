//! `daogou serve` as a process of its own, which can be killed.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use super::{TestApp, eventually};

/// A server in a process of its own; it ends with this value.
pub struct Process {
    pub child: Child,
    /// Where it listens.
    pub url: String,
    log: Arc<Mutex<Vec<String>>>,
}

impl Process {
    /// Starts `daogou serve ARGS` in the environment of `app`, on a free port.
    pub fn serve(app: &TestApp, args: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_daogou"))
            .current_dir(app.folder())
            .arg("serve")
            .args(args)
            .env_clear()
            .envs(app.environment())
            .env("DAOGOU_LISTEN", "127.0.0.1:0")
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command starts");
        let log = BufReader::new(child.stderr.take().expect("a log"));
        let mut lines = log.lines();
        let mut said = Vec::new();
        let mut url = None;
        for line in lines.by_ref().map_while(Result::ok) {
            url = listening_at(&line);
            said.push(line);
            if url.is_some() {
                break;
            }
        }
        // Somebody has to read on, or the server would wait for a reader one day.
        let url =
            url.unwrap_or_else(|| panic!("the server does not say where it listens: {said:?}"));
        let log = Arc::new(Mutex::new(said));
        let heard = log.clone();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
                heard.push(line);
            }
        });
        Self { child, url, log }
    }

    /// What it has logged so far.
    pub fn log(&self) -> Vec<String> {
        let heard = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        heard.clone()
    }

    /// Waits until it answers.
    pub async fn is_healthy(&self, app: &TestApp) {
        eventually("the server answering", async || {
            let url = format!("{}/healthz", self.url);
            let answer = app.http.get(url).send().await.ok()?;
            answer.status().is_success().then_some(())
        })
        .await;
    }

    /// The most memory that it ever had, where the system says so.
    pub fn peak_kb(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.trim().trim_end_matches(" kB").parse().ok()
    }

    /// kill -9.
    pub fn kill(&mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends");
    }

    /// Asks it to end, as systemd does.
    pub fn terminate(&self) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status();
        assert!(sent.expect("kill runs").success());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _gone = self.child.kill();
        let _ended = self.child.wait();
    }
}

fn listening_at(line: &str) -> Option<String> {
    let (_, after) = line.split_once("127.0.0.1:")?;
    let port: String = after.chars().take_while(char::is_ascii_digit).collect();
    (!port.is_empty()).then(|| format!("http://127.0.0.1:{port}"))
}
