//! The world of one seed: simulator, servers, back ends, the lines between them, and every fault that can be done to
//! them.

pub mod disk;
pub mod node;
pub mod platform;
pub mod process;
pub mod proxy;
pub mod servers;
mod settings;

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use daogou_ground::Chance;
use reqwest::Client;
use serde_json::Value;
use tokio::sync::Mutex;

use self::disk::Disk;
use self::node::Node;
use self::platform::Platform;
use self::process::{LOOK_EVERY, free_port};
use self::proxy::Proxy;
use self::servers::{DatabaseServer, Redis};
pub use self::settings::{APPID, Installation};
use self::settings::{environment, environment_at};
use crate::plan::{Fault, Line, Plan};
use crate::trouble::{Result, Trouble};

/// What all seeds share.
pub struct Tools {
    /// The program under test.
    pub program: PathBuf,
    /// The library that lets a process see another time; none: no clock jumps, and leases are waited for.
    pub clock: Option<PathBuf>,
    /// A disk can be mounted and filled.
    pub disks: bool,
    /// A SQLite database with its tables and nothing in them.
    pub empty: PathBuf,
    /// Redis is installed.
    pub redis: bool,
    /// Ports and names, never the same twice.
    pub chance: Chance,
    /// To the control interface and `/readyz`.
    pub http: Client,
}

/// Makes the tables of the database at `url`.
pub fn migrate(program: &Path, url: &str) -> Result<()> {
    let mut command = Command::new(program);
    command
        .args(["migrate", "up"])
        .env_clear()
        .env("DATABASE_URL", url);
    process::run(&command, None).map(drop)
}

/// The world of one seed.
pub struct World {
    /// The simulator.
    pub platform: Platform,
    /// Where logs are.
    pub folder: PathBuf,
    nodes: Vec<Mutex<Node>>,
    database: Option<Mutex<DatabaseServer>>,
    database_line: Option<Proxy>,
    redis: Option<Mutex<Redis>>,
    redis_line: Option<Proxy>,
    /// Spreads pushes over the nodes.
    _front: Option<Proxy>,
    disk: Option<Disk>,
    direct_url: String,
    http: Client,
    has_clock: bool,
    moved_time: Cell<bool>,
}

impl World {
    /// Builds the world of `plan` in `folder`; everything runs and nothing is wrong yet.
    pub async fn build(
        plan: &Plan,
        tools: &Tools,
        folder: &Path,
        database: Option<DatabaseServer>,
    ) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        let disk_folder = folder.join("disk");
        std::fs::create_dir_all(&disk_folder)?;
        let fills = |event: &crate::plan::Event| matches!(event.fault, Fault::DiskFull { .. });
        let disk = match tools.disks && plan.events.iter().any(fills) {
            true => Some(Disk::mount(&disk_folder)?),
            false => None,
        };
        let (direct_url, over_line, database_line) = match &database {
            Some(server) => {
                server.wipe().await?;
                let line = Proxy::to(vec![server.port()]).await?;
                let direct = server.database(server.port());
                (direct, server.database(line.port()), Some(line))
            }
            None => {
                let file = disk_folder.join("daogou.db");
                std::fs::copy(&tools.empty, &file)?;
                let url = format!("sqlite://{}?mode=rwc", file.display());
                (url.clone(), url, None)
            }
        };
        let (redis, redis_line) = match plan.redis {
            true => {
                let redis = Redis::start(folder, &tools.chance).await?;
                let line = Proxy::to(vec![redis.port()]).await?;
                (Some(Mutex::new(redis)), Some(line))
            }
            false => (None, None),
        };
        let port = free_port(&tools.chance)?;
        let platform = Platform::start(&tools.program, folder, port, tools.http.clone()).await?;
        let environment = environment(&over_line, redis_line.as_ref(), port, folder);
        let mut nodes = Vec::new();
        for number in 1..=plan.nodes {
            let node = Node::new(
                tools.program.clone(),
                folder.to_owned(),
                format!("node{number}"),
                free_port(&tools.chance)?,
                environment.clone(),
                tools.clock.clone(),
            )?;
            nodes.push(Mutex::new(node));
        }
        let mut world = Self {
            platform,
            folder: folder.to_owned(),
            nodes,
            database: database.map(Mutex::new),
            database_line,
            redis,
            redis_line,
            _front: None,
            disk,
            direct_url,
            http: tools.http.clone(),
            has_clock: tools.clock.is_some(),
            moved_time: Cell::new(false),
        };
        world.connect(plan).await?;
        Ok(world)
    }

    /// Starts the nodes and tells the platform where they are.
    async fn connect(&mut self, plan: &Plan) -> Result<()> {
        self.start_nodes().await?;
        let mut callbacks = Vec::new();
        let mut ports = Vec::new();
        for node in &self.nodes {
            let node = node.lock().await;
            callbacks.push(node.callback(APPID));
            ports.push(node.port());
        }
        if !plan.twins && plan.nodes > 1 {
            let front = Proxy::to(ports).await?;
            callbacks = vec![format!("http://127.0.0.1:{}/wechat/{APPID}", front.port())];
            self._front = Some(front);
        }
        self.platform.register(&callbacks).await
    }

    /// The database, past every line.
    pub fn database_url(&self) -> &str {
        &self.direct_url
    }

    /// Does what goes wrong; returns when it is over, as far as it ends by itself.
    pub async fn suffer(&self, fault: &Fault) -> Result<()> {
        match fault {
            Fault::Kill { node, down_ms } => self.restart(*node, *down_ms, true).await,
            Fault::Stop { node, down_ms } => self.restart(*node, *down_ms, false).await,
            Fault::KillDatabase { down_ms } => {
                let Some(database) = &self.database else {
                    return Ok(());
                };
                let mut database = database.lock().await;
                database.kill();
                pause(*down_ms).await;
                database.start().await
            }
            Fault::Database { line, for_ms } => {
                bend(self.database_line.as_ref(), *line, *for_ms).await;
                Ok(())
            }
            Fault::Redis { line, for_ms } => {
                bend(self.redis_line.as_ref(), *line, *for_ms).await;
                Ok(())
            }
            Fault::FlushRedis => {
                if let Some(redis) = &self.redis {
                    redis.lock().await.flush().await;
                }
                Ok(())
            }
            Fault::KillRedis { down_ms } => {
                let Some(redis) = &self.redis else {
                    return Ok(());
                };
                let mut redis = redis.lock().await;
                redis.kill();
                pause(*down_ms).await;
                redis.revive().await
            }
            Fault::WeChat(_, body) => {
                let body: Value =
                    serde_json::from_str(body).map_err(|error| Trouble::at("a fault", &error))?;
                self.platform.post("/faults", body).await.map(drop)
            }
            Fault::Clock { node, seconds } => match self.nodes.get(*node) {
                Some(node) if self.has_clock => node.lock().await.move_clock(*seconds),
                _ => Ok(()),
            },
            Fault::DiskFull { for_ms } => {
                let Some(disk) = &self.disk else {
                    return Ok(());
                };
                disk.fill()?;
                pause(*for_ms).await;
                disk.free();
                Ok(())
            }
        }
    }

    async fn restart(&self, node: usize, down_ms: u64, at_once: bool) -> Result<()> {
        let Some(node) = self.nodes.get(node) else {
            return Ok(());
        };
        let mut node = node.lock().await;
        if at_once {
            node.kill();
        } else {
            node.stop().await;
        }
        pause(down_ms).await;
        node.start()
    }

    /// Nothing is wrong any more and every process runs.
    pub async fn heal(&self) -> Result<()> {
        for line in [&self.database_line, &self.redis_line]
            .into_iter()
            .flatten()
        {
            line.set(Line::Open);
        }
        if let Some(disk) = &self.disk {
            disk.free();
        }
        if let Some(redis) = &self.redis {
            redis.lock().await.revive().await?;
        }
        if let Some(database) = &self.database {
            database.lock().await.revive().await?;
        }
        self.start_nodes().await
    }

    async fn start_nodes(&self) -> Result<()> {
        for node in &self.nodes {
            node.lock().await.is_ready(&self.http).await?;
        }
        Ok(())
    }

    /// Whether leases were made to end while something was under way.
    pub fn has_moved_time(&self) -> bool {
        self.moved_time.get()
    }

    /// How often a node had to be killed because it did not get ready any more.
    pub async fn given_up(&self) -> u32 {
        let mut all = 0;
        for node in &self.nodes {
            all += node.lock().await.given_up;
        }
        all
    }

    /// Time passes, for the servers and for the platform.
    pub async fn pass(&self, seconds: i64) -> Result<()> {
        self.moved_time.set(true);
        if !self.has_clock {
            tokio::time::sleep(Duration::from_secs(seconds.unsigned_abs())).await;
            return Ok(());
        }
        let body = serde_json::json!({ "advance_seconds": seconds });
        self.platform.post("/clock", body).await?;
        for node in &self.nodes {
            node.lock().await.move_clock(seconds)?;
        }
        Ok(())
    }

    /// Runs `daogou ARGS --json` beside the servers and reads its line. Meanwhile the lines to the databases, which this
    /// program carries, go on: a server that could not end what it has begun would keep the command waiting.
    pub async fn command(&self, program: &Path, args: &[&str]) -> Result<Value> {
        let mut command = Command::new(program);
        command
            .args(args)
            .arg("--json")
            .current_dir(&self.folder)
            .env_clear()
            .envs(self.settings());
        let run = tokio::task::spawn_blocking(move || process::run(&command, None));
        let line = run
            .await
            .map_err(|error| Trouble::at("a command", &error))??;
        serde_json::from_str(&line).map_err(|error| Trouble::at("the command's answer", &error))
    }

    fn settings(&self) -> Vec<(String, String)> {
        environment_at(
            &self.direct_url,
            None,
            self.platform.address(),
            &self.folder,
        )
    }

    /// Ends everything; the database server comes back for the next seed. `keep` leaves the database where it is.
    pub fn end(self, keep: bool) -> Option<DatabaseServer> {
        let Self {
            nodes,
            database,
            disk,
            folder,
            ..
        } = self;
        drop(nodes);
        if keep && disk.is_some() {
            // Its disk goes away.
            for suffix in ["", "-wal", "-shm"] {
                let name = format!("daogou.db{suffix}");
                let _none = std::fs::copy(folder.join("disk").join(&name), folder.join(&name));
            }
        }
        drop(disk);
        database.map(Mutex::into_inner)
    }
}

async fn pause(millis: u64) {
    tokio::time::sleep(Duration::from_millis(millis)).await;
}

async fn bend(line: Option<&Proxy>, into: Line, for_ms: u64) {
    if let Some(line) = line {
        line.set(into);
        pause(for_ms).await;
        line.set(Line::Open);
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
