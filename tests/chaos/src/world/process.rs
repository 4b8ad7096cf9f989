//! Processes: started with a log, killed without mercy, never left behind.

use std::fs::File;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use daogou_ground::Chance;

use crate::trouble::{Result, Trouble};

/// How often a condition is looked at.
pub const LOOK_EVERY: Duration = Duration::from_millis(15);

/// A running process; it ends with this value.
pub struct Process {
    child: Child,
}

impl Process {
    /// Starts `command` with its output at the end of `log`. Where setpriv exists it also dies with this program, however
    /// that ends; `user` is who it runs as.
    pub fn start(command: &Command, user: Option<&str>, log: &Path) -> Result<Self> {
        let mut wrapped = wrapped(command, user);
        let out = File::options().create(true).append(true).open(log)?;
        let child = wrapped
            .stdin(Stdio::null())
            .stdout(out.try_clone()?)
            .stderr(out)
            .spawn()
            .map_err(|error| Trouble::at(&format!("cannot start {command:?}"), &error))?;
        Ok(Self { child })
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// kill -9, with the processes it has started.
    pub fn kill_all(&mut self) {
        let children = children_of(self.child.id());
        // Ended already: nothing to kill.
        let _ended = self.child.kill();
        for child in children {
            signal("KILL", child);
        }
        let _reaped = self.child.wait();
    }

    /// SIGTERM, then a wait; kill -9 when that is not enough.
    pub async fn stop(&mut self, patience: Duration) {
        signal("TERM", self.child.id());
        let deadline = Instant::now() + patience;
        while Instant::now() < deadline {
            if self.has_ended() {
                return;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        self.kill_all();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill_all();
        for left in ["faketime_shm_", "sem.faketime_sem_"] {
            // What the clock's library leaves behind when its process is killed.
            let _none = std::fs::remove_file(format!("/dev/shm/{left}{}", self.child.id()));
        }
    }
}

fn wrapped(command: &Command, user: Option<&str>) -> Command {
    let mut wrapped = Command::new("setpriv");
    wrapped.args(["--pdeathsig", "KILL"]);
    if let Some(user) = user.filter(|_| is_root()) {
        wrapped.arg(format!("--reuid={user}"));
        wrapped.arg(format!("--regid={user}"));
        wrapped.arg("--init-groups");
    }
    wrapped.arg(command.get_program()).args(command.get_args());
    for (key, value) in command.get_envs() {
        match value {
            Some(value) => wrapped.env(key, value),
            None => wrapped.env_remove(key),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        wrapped.current_dir(folder);
    }
    wrapped
}

/// Runs a command to its end and returns what it printed.
pub fn run(command: &Command, user: Option<&str>) -> Result<String> {
    let output = wrapped(command, user)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Trouble::at(&format!("cannot run {command:?}"), &error))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let last = said.trim().lines().last().unwrap_or("?").to_owned();
    Err(Trouble(format!("{command:?} failed: {last}")))
}

/// Whether we may become somebody else and mount.
pub fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
}

fn signal(name: &str, process: u32) {
    // It may have ended meanwhile.
    let _ended = Command::new("kill")
        .args([format!("-{name}"), process.to_string()])
        .stderr(Stdio::null())
        .status();
}

fn children_of(parent: u32) -> Vec<u32> {
    let listed = std::fs::read_to_string(format!("/proc/{parent}/task/{parent}/children"));
    let listed = listed.unwrap_or_default();
    listed
        .split_whitespace()
        .filter_map(|id| id.parse().ok())
        .collect()
}

/// Where the ports begin that are given out, below those that the system hands out by itself; and how many there are.
const FIRST_PORT: u16 = 20_000;
const PORTS: u16 = 12_000;

/// A port of 127.0.0.1 that nobody uses. None is given out again before all others were: whoever has it may be down for a
/// moment, and another world's server in its place would be taken for it.
pub fn free_port(chance: &Chance) -> Result<u16> {
    static NEXT: OnceLock<AtomicU16> = OnceLock::new();
    let somewhere =
        || AtomicU16::new(u16::try_from(chance.below(PORTS.into())).unwrap_or_default());
    let next = NEXT.get_or_init(somewhere);
    for _ in 0..200 {
        let port = FIRST_PORT + next.fetch_add(1, Ordering::Relaxed) % PORTS;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    Err(Trouble("there is no free port".into()))
}

/// Whether somebody listens there.
pub fn is_open(port: u16) -> bool {
    let address = std::net::SocketAddr::from(([127, 0, 0, 1], port));
    TcpStream::connect_timeout(&address, Duration::from_millis(200)).is_ok()
}

/// The first of these files that exists.
pub fn first_of(candidates: impl IntoIterator<Item = PathBuf>) -> Option<PathBuf> {
    candidates.into_iter().find(|path| path.exists())
}

/// The library that lets a process see another time (Debian: faketime).
pub fn clock_library() -> Option<PathBuf> {
    let libraries = std::fs::read_dir("/usr/lib").ok()?.flatten();
    let folders = libraries.map(|entry| entry.path());
    first_of(folders.map(|folder| folder.join("faketime/libfaketimeMT.so.1")))
}
