//! A server process with its clock.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use reqwest::Client;

use super::process::{LOOK_EVERY, Process};
use crate::trouble::{Result, Trouble};

/// How long a start may take, with a database that recovers.
const START_WITHIN: Duration = Duration::from_secs(180);
/// A node that is not ready for so long is killed and started again, as whoever watches `/readyz` does.
const WATCHED_FOR: Duration = Duration::from_secs(20);
/// A graceful stop waits ten seconds for what is under way.
const STOP_WITHIN: Duration = Duration::from_secs(25);

/// A server.
pub struct Node {
    program: PathBuf,
    folder: PathBuf,
    name: String,
    port: u16,
    environment: Vec<(String, String)>,
    clock: Option<PathBuf>,
    /// How far its clock is ahead, in seconds.
    ahead: i64,
    process: Option<Process>,
    /// How often it was killed because it did not get ready.
    pub given_up: u32,
}

impl Node {
    /// A server that does not run yet. `clock` is the library that lets it see another time.
    pub fn new(
        program: PathBuf,
        folder: PathBuf,
        name: String,
        port: u16,
        environment: Vec<(String, String)>,
        clock: Option<PathBuf>,
    ) -> Result<Self> {
        let node = Self {
            program,
            folder,
            name,
            port,
            environment,
            clock,
            ahead: 0,
            process: None,
            given_up: 0,
        };
        node.write_clock()?;
        Ok(node)
    }

    /// Where pushes go.
    pub fn callback(&self, appid: &str) -> String {
        format!("http://127.0.0.1:{}/wechat/{appid}", self.port)
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Starts it, if it does not run.
    pub fn start(&mut self) -> Result<()> {
        if let Some(process) = &mut self.process
            && !process.has_ended()
        {
            return Ok(());
        }
        let mut command = Command::new(&self.program);
        command
            .arg("serve")
            .current_dir(&self.folder)
            .env_clear()
            .envs(self.environment.iter().cloned())
            .env("DAOGOU_LISTEN", format!("127.0.0.1:{}", self.port));
        if let Some(library) = &self.clock {
            command
                .env("LD_PRELOAD", library)
                .env("FAKETIME_TIMESTAMP_FILE", self.clock_file())
                .env("FAKETIME_NO_CACHE", "1")
                .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
                .env("DONT_FAKE_MONOTONIC", "1")
                .env("NO_FAKE_STAT", "1");
        }
        let log = self.folder.join(format!("{}.log", self.name));
        self.process = Some(Process::start(&command, None, &log)?);
        Ok(())
    }

    /// Waits until it is ready, starting it again when it gave up because a back end was away.
    pub async fn is_ready(&mut self, http: &Client) -> Result<()> {
        let deadline = Instant::now() + START_WITHIN;
        let url = format!("http://127.0.0.1:{}/readyz", self.port);
        let mut watched = Instant::now();
        while Instant::now() < deadline {
            if watched.elapsed() > WATCHED_FOR {
                self.kill();
                self.given_up += 1;
                watched = Instant::now();
            }
            self.start()?;
            let asked = http.get(&url).timeout(Duration::from_secs(5)).send().await;
            if asked.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(());
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Err(Trouble(format!("{} does not get ready", self.name)))
    }

    /// kill -9.
    pub fn kill(&mut self) {
        self.process = None;
    }

    /// SIGTERM, and its graceful end.
    pub async fn stop(&mut self) {
        if let Some(process) = &mut self.process {
            process.stop(STOP_WITHIN).await;
        }
        self.process = None;
    }

    /// Moves its wall clock.
    pub fn move_clock(&mut self, seconds: i64) -> Result<()> {
        self.ahead += seconds;
        self.write_clock()
    }

    fn clock_file(&self) -> PathBuf {
        self.folder.join(format!("{}.clock", self.name))
    }

    /// Written aside and put in place in one step: the server reads it at every look at its clock.
    fn write_clock(&self) -> Result<()> {
        let aside = self.folder.join(format!("{}.clock.new", self.name));
        std::fs::write(&aside, format!("{:+}", self.ahead))?;
        Ok(std::fs::rename(aside, self.clock_file())?)
    }
}
