//! Server processes: start, what the kernel says of them, end.

use std::ffi::OsStr;
use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::cores;
use crate::fault::Done;
use crate::http::Connection;

/// How long a server may take to answer.
const START_WITHIN: Duration = Duration::from_secs(60);
/// How long it may take to end.
const END_WITHIN: Duration = Duration::from_secs(20);
/// The unit of `/proc/PID/stat` on every Linux.
const TICKS_A_SECOND: f64 = 100.0;

/// A running server. Ends with this value.
pub struct Process {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// From its start until it was ready.
    pub started_in: Duration,
    log: PathBuf,
}

/// What to start.
pub struct Launch<'a> {
    /// The program.
    pub program: &'a OsStr,
    /// Its arguments; `{port}` becomes the port.
    pub arguments: &'a [&'a str],
    /// Its environment, likewise; nothing else is in it.
    pub environment: &'a [(&'a str, String)],
    /// The core it is bound to; none means all.
    pub core: Option<&'a str>,
    /// Where it runs and leaves its log.
    pub folder: &'a Path,
    /// The name of its log.
    pub name: &'a str,
    /// What answers 200 once it is ready.
    pub ready: &'a str,
}

impl Launch<'_> {
    /// Starts it on a free port and returns when it is ready.
    pub async fn start(&self) -> Done<Process> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let with_port = |text: &str| text.replace("{port}", &port.to_string());
        let log = self.folder.join(format!("{}.log", self.name));
        let begun = Instant::now();
        let mut command = cores::command_on(self.core, self.program);
        let child = command
            .args(self.arguments.iter().map(|a| with_port(a)))
            .env_clear()
            .envs(self.environment.iter().map(|(k, v)| (k, with_port(v))))
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .current_dir(self.folder)
            .stdin(Stdio::null())
            .stdout(File::create(&log)?)
            .stderr(File::options().append(true).open(&log)?)
            .spawn()
            .map_err(|e| format!("{}: {e}", self.name))?;
        let mut process = Process {
            child,
            address: SocketAddr::from(([127, 0, 0, 1], port)),
            started_in: Duration::ZERO,
            log,
        };
        process.wait_until_ready(self, begun).await?;
        Ok(process)
    }
}

impl Process {
    async fn wait_until_ready(&mut self, launch: &Launch<'_>, begun: Instant) -> Done<()> {
        while begun.elapsed() < START_WITHIN {
            if let Some(status) = self.child.try_wait()? {
                let log = std::fs::read_to_string(&self.log).unwrap_or_default();
                return Err(format!("{} ended ({status}): {}", launch.name, log.trim()).into());
            }
            if let Ok(mut connection) = Connection::open(self.address).await
                && connection.get(launch.ready).await.is_ok_and(|a| a == 200)
            {
                self.started_in = begun.elapsed();
                return Ok(());
            }
            // Looks again; as exact as the start is then known.
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Err(format!("{} is not ready after {START_WITHIN:?}", launch.name).into())
    }

    /// CPU time that all its threads have used so far, user and system, in seconds, to 10 ms.
    pub fn cpu(&self) -> Done<f64> {
        cpu_of(&self.child.id().to_string())
    }

    /// Resident memory now, in MB.
    pub fn memory(&self) -> Done<f64> {
        self.memory_line("VmRSS:")
    }

    /// The most resident memory it ever had, in MB.
    pub fn memory_peak(&self) -> Done<f64> {
        self.memory_line("VmHWM:")
    }

    fn memory_line(&self, name: &str) -> Done<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kilobytes: u32 = line
            .and_then(|line| line.split_whitespace().next())
            .ok_or("/proc/PID/status lacks the memory")?
            .parse()?;
        Ok(f64::from(kilobytes) / 1024.0)
    }

    /// Asks it to end and waits until it has.
    pub async fn stop(mut self) -> Done<()> {
        let pid = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &pid]).status()?;
        let begun = Instant::now();
        while self.child.try_wait()?.is_none() {
            if begun.elapsed() > END_WITHIN {
                return Err(format!("process {pid} does not end").into());
            }
            // Looks again: nothing tells when a process has ended but asking.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }
}

/// CPU time of a process, by its number or `self`.
pub fn cpu_of(process: &str) -> Done<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name in brackets may hold blanks; behind it utime and stime are the 12th and 13th.
    let (_, fields) = stat.rsplit_once(')').ok_or("/proc/PID/stat has no name")?;
    let times = fields.split_whitespace().skip(11).take(2);
    let ticks: u64 = times.filter_map(|field| field.parse::<u64>().ok()).sum();
    Ok(f64::from(u32::try_from(ticks)?) / TICKS_A_SECOND)
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended; then there is nothing to do.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}
