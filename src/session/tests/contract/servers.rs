//! Private Redis servers: single, and behind a Sentinel.

use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use redis::FromRedisValue;
use tempfile::TempDir;

/// Redis starts within milliseconds; a machine at its limits may need much longer.
const START_TIMEOUT: Duration = Duration::from_secs(30);
const READY: &str = "Ready to accept connections";

pub(crate) struct RedisServer {
    port: u16,
    url: String,
    options: Vec<String>,
    process: Child,
    _sentinel: Option<Process>,
    home: TempDir,
}

impl RedisServer {
    pub(crate) fn single() -> Option<Self> {
        Self::launch(&[], |port| format!("redis://127.0.0.1:{port}"))
    }

    pub(crate) fn with_password(password: &str) -> Option<Self> {
        Self::launch(&["--requirepass", password], |port| {
            format!("redis://:{password}@127.0.0.1:{port}")
        })
    }

    pub(crate) fn behind_sentinel() -> Option<Self> {
        let mut server = Self::single()?;
        let port = free_port();
        let conf = server.home.path().join("sentinel.conf");
        let monitor = format!(
            "port {port}\nbind 127.0.0.1\nsentinel monitor brand 127.0.0.1 {} 1\n",
            server.port
        );
        std::fs::write(&conf, monitor).unwrap();
        let conf = conf.to_str().unwrap().to_owned();
        let (process, _log) = spawn(&[conf, "--sentinel".to_owned()], "+monitor master brand")?;
        server._sentinel = Some(Process(process));
        // The first Sentinel is a dead one: the next must be asked.
        server.url = format!(
            "redis+sentinel://127.0.0.1:{},127.0.0.1:{port}/brand/0",
            free_port()
        );
        Some(server)
    }

    fn launch(options: &[&str], url: impl Fn(u16) -> String) -> Option<Self> {
        let (server, _log) = Self::launch_with_log(options, url)?;
        Some(server)
    }

    /// The same, with what it says after it was ready.
    pub(crate) fn launch_with_log(
        options: &[&str],
        url: impl Fn(u16) -> String,
    ) -> Option<(Self, Receiver<String>)> {
        let options: Vec<String> = options.iter().map(|&option| option.to_owned()).collect();
        let home = tempfile::tempdir().unwrap();
        let (port, process, log) = launch(&options, &home)?;
        let server = Self {
            port,
            url: url(port),
            options,
            process,
            _sentinel: None,
            home,
        };
        Some((server, log))
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn url(&self) -> String {
        self.url.clone()
    }

    pub(crate) fn stop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    pub(crate) fn start_again(&mut self) {
        let (process, _log) =
            spawn(&arguments(self.port, &self.options, &self.home), READY).unwrap();
        self.process = process;
    }

    /// Asks the server directly, past the session.
    pub(crate) async fn ask<T: FromRedisValue>(&self, words: &[&str]) -> T {
        let client = redis::Client::open(("127.0.0.1", self.port)).unwrap();
        let mut wire = client.get_multiplexed_async_connection().await.unwrap();
        let mut command = redis::Cmd::new();
        for word in words {
            command.arg(word);
        }
        command.query_async(&mut wire).await.unwrap()
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        let _already_gone = self.process.kill();
        let _already_gone = self.process.wait();
    }
}

struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _already_gone = self.0.kill();
        let _already_gone = self.0.wait();
    }
}

/// Says that a test did not run, on the terminal and in the list that `make test` shows at its end.
#[expect(
    clippy::disallowed_methods,
    reason = "the test runner's own setting, not the product's"
)]
pub(crate) fn not_run(what: &str) {
    let line = format!("NOT RUN: {what}: there is no redis-server program\n");
    eprint!("{line}");
    if let Some(list) = std::env::var_os("DAOGOU_NOT_RUN") {
        let mut list = std::fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(list)
            .unwrap();
        list.write_all(line.as_bytes()).unwrap();
    }
}

/// A port may be taken by another between looking and starting: then again.
fn launch(options: &[String], home: &TempDir) -> Option<(u16, Child, Receiver<String>)> {
    for _ in 0..5 {
        let port = free_port();
        if let Some((process, log)) = spawn(&arguments(port, options, home), READY) {
            return Some((port, process, log));
        }
    }
    None
}

fn arguments(port: u16, options: &[String], home: &TempDir) -> Vec<String> {
    let dir = home.path().to_str().unwrap();
    let port = port.to_string();
    let common = [
        "--port",
        &port,
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--appendonly",
        "no",
        "--dir",
        dir,
    ];
    common
        .iter()
        .map(|&word| word.to_owned())
        .chain(options.iter().cloned())
        .collect()
}

/// Starts `redis-server` and waits for the line that says it works. None when there is no such program or it ended.
fn spawn(arguments: &[String], ready: &str) -> Option<(Child, Receiver<String>)> {
    let started = Command::new("redis-server")
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn();
    let mut process = match started {
        Ok(process) => process,
        Err(error) if error.kind() == ErrorKind::NotFound => return None,
        Err(error) => panic!("redis-server does not start: {error}"),
    };
    let output = BufReader::new(process.stdout.take().unwrap());
    let (lines, log) = channel();
    std::thread::spawn(move || {
        for line in output.lines().map_while(Result::ok) {
            // Err: nobody waits any more; the pipe is emptied all the same.
            let _unread = lines.send(line);
        }
    });
    if wait_for(&log, ready) {
        Some((process, log))
    } else {
        let _ended = process.wait();
        None
    }
}

pub(crate) fn wait_for(log: &Receiver<String>, words: &str) -> bool {
    while let Ok(line) = log.recv_timeout(START_TIMEOUT) {
        if line.contains(words) {
            return true;
        }
    }
    false
}

pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}
