//! Private database servers and Redis: made once, killed and started again as often as a seed wants.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use daogou_ground::Chance;
use sea_orm::{ConnectionTrait, Database, Statement};

use super::process::{self, LOOK_EVERY, Process, first_of, free_port, is_open};
use crate::plan::Store;
use crate::trouble::{Result, Trouble};

/// How long a server may take to come up; recovering from a kill is part of it.
const START_WITHIN: Duration = Duration::from_secs(60);

/// The database of all seeds.
const DATABASE: &str = "chaos";
/// Which migrations it has had.
const KEPT: &str = "seaql_migrations";

/// A database server of one kind.
pub struct DatabaseServer {
    store: Store,
    folder: PathBuf,
    port: u16,
    process: Option<Process>,
}

impl DatabaseServer {
    /// Makes one in `folder` and starts it. None on SQLite, which has none.
    pub async fn make(store: Store, folder: &Path, chance: &Chance) -> Result<Option<Self>> {
        let data = folder.join("data");
        match store {
            Store::Sqlite => return Ok(None),
            Store::Postgres => make_postgres(&data)?,
            Store::Mariadb => make_mariadb(&data)?,
        }
        let mut server = Self {
            store,
            folder: folder.to_owned(),
            port: free_port(chance)?,
            process: None,
        };
        server.start().await?;
        server.create().await?;
        Ok(Some(server))
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Starts it and waits until it answers.
    pub async fn start(&mut self) -> Result<()> {
        self.process = None;
        let (command, user) = match self.store {
            Store::Sqlite => return Ok(()),
            Store::Postgres => (self.postgres()?, "postgres"),
            Store::Mariadb => (self.mariadb()?, "mysql"),
        };
        let log = self.folder.join("server.log");
        let deadline = Instant::now() + START_WITHIN;
        while Instant::now() < deadline {
            let mut process = Process::start(&command, Some(user), &log)?;
            while Instant::now() < deadline && !process.has_ended() {
                if self.answers().await {
                    self.process = Some(process);
                    return Ok(());
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
            // A killed PostgreSQL leaves its shared memory until the last of its processes is gone.
            tokio::time::sleep(LOOK_EVERY * 4).await;
        }
        Err(Trouble(format!(
            "{} does not start; see {}",
            self.store,
            log.display()
        )))
    }

    /// kill -9 of all its processes.
    pub fn kill(&mut self) {
        if let Some(process) = &mut self.process {
            process.kill_all();
        }
        self.process = None;
    }

    /// Starts it if it was killed.
    pub async fn revive(&mut self) -> Result<()> {
        let runs = match &mut self.process {
            Some(process) => !process.has_ended(),
            None => false,
        };
        if runs { Ok(()) } else { self.start().await }
    }

    fn url(&self, port: u16, database: &str) -> String {
        match self.store {
            Store::Sqlite => String::new(),
            Store::Postgres => format!("postgres://postgres@127.0.0.1:{port}/{database}"),
            Store::Mariadb => format!("mysql://root@127.0.0.1:{port}/{database}"),
        }
    }

    /// Where the one database of all seeds is, over `port`.
    pub fn database(&self, port: u16) -> String {
        self.url(port, DATABASE)
    }

    /// Throws away what the last seed left; the tables stay.
    pub async fn wipe(&self) -> Result<()> {
        let mut options = sea_orm::ConnectOptions::new(self.database(self.port));
        // One connection: what is set on it holds for what follows.
        options.max_connections(1).sqlx_logging(false);
        let connection = Database::connect(options).await?;
        let (schema, before, all_at_once) = match self.store {
            Store::Postgres => ("'public'", "SELECT 1", true),
            Store::Sqlite | Store::Mariadb => ("DATABASE()", "SET FOREIGN_KEY_CHECKS = 0", false),
        };
        let named = format!(
            "SELECT table_name AS name FROM information_schema.tables \
             WHERE table_schema = {schema} AND table_name <> '{KEPT}'"
        );
        let backend = connection.get_database_backend();
        let rows = connection
            .query_all_raw(Statement::from_string(backend, named))
            .await?;
        let tables: std::result::Result<Vec<String>, _> =
            rows.iter().map(|row| row.try_get("", "name")).collect();
        let mut tables = tables?;
        if all_at_once {
            tables = vec![format!("{} RESTART IDENTITY", tables.join(", "))];
        }
        connection.execute_unprepared(before).await?;
        for table in tables {
            let truncate = format!("TRUNCATE TABLE {table}");
            connection.execute_unprepared(&truncate).await?;
        }
        connection.close().await?;
        Ok(())
    }

    async fn create(&self) -> Result<()> {
        let connection = Database::connect(self.url(self.port, self.own_database())).await?;
        connection
            .execute_unprepared(&format!("CREATE DATABASE {DATABASE}"))
            .await?;
        connection.close().await?;
        Ok(())
    }

    fn own_database(&self) -> &'static str {
        match self.store {
            Store::Postgres => "postgres",
            Store::Sqlite | Store::Mariadb => "mysql",
        }
    }

    async fn answers(&self) -> bool {
        if !is_open(self.port) {
            return false;
        }
        let mut options = sea_orm::ConnectOptions::new(self.url(self.port, self.own_database()));
        options
            .max_connections(1)
            .connect_timeout(Duration::from_secs(1))
            .acquire_timeout(Duration::from_secs(1))
            .sqlx_logging(false);
        match Database::connect(options).await {
            Ok(connection) => connection.close().await.is_ok(),
            Err(_not_yet) => false,
        }
    }

    fn postgres(&self) -> Result<Command> {
        let mut command = Command::new(postgres_program("postgres")?);
        command.current_dir(&self.folder);
        command.arg("-D").arg(self.folder.join("data"));
        command.args(["-p", &self.port.to_string()]);
        // fsync=off: a crash of the machine may lose data, a crash of the server loses nothing.
        for setting in [
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "fsync=off",
            "full_page_writes=off",
            "max_connections=200",
            "shared_buffers=32MB",
            "timezone=UTC",
            "log_min_messages=fatal",
        ] {
            command.args(["-c", setting]);
        }
        Ok(command)
    }

    fn mariadb(&self) -> Result<Command> {
        let data = self.folder.join("data");
        let mut command = Command::new(mariadb_program()?);
        command.current_dir(&self.folder);
        command.args([
            "--no-defaults".to_owned(),
            format!("--datadir={}", data.display()),
            format!("--port={}", self.port),
            "--bind-address=127.0.0.1".to_owned(),
            format!("--socket={}", data.join("socket").display()),
            format!("--pid-file={}", data.join("pid").display()),
            "--character-set-server=utf8mb4".to_owned(),
            "--max-connections=200".to_owned(),
            "--innodb-buffer-pool-size=32M".to_owned(),
            "--innodb-log-file-size=16M".to_owned(),
            // Written at every commit and flushed once a second: a crash of the server loses nothing.
            "--innodb-flush-log-at-trx-commit=2".to_owned(),
            "--sync-binlog=0".to_owned(),
            "--skip-log-bin".to_owned(),
            "--default-time-zone=+00:00".to_owned(),
        ]);
        Ok(command)
    }
}

fn postgres_program(name: &str) -> Result<PathBuf> {
    let mut folders: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .collect();
    folders.sort();
    folders.reverse();
    folders.extend(["/usr/local/bin".into(), "/usr/bin".into()]);
    first_of(folders.into_iter().map(|folder| folder.join(name)))
        .ok_or_else(|| Trouble(format!("there is no {name} program (Debian: postgresql)")))
}

fn mariadb_program() -> Result<PathBuf> {
    let folders = ["/usr/sbin", "/usr/local/sbin", "/usr/bin", "/usr/local/bin"];
    first_of(folders.map(|folder| PathBuf::from(folder).join("mariadbd")))
        .ok_or_else(|| Trouble("there is no mariadbd program (Debian: mariadb-server)".into()))
}

fn make_postgres(data: &Path) -> Result<()> {
    let mut command = Command::new(postgres_program("initdb")?);
    command.current_dir(folder_for("postgres", data)?).args([
        "--no-sync",
        "--auth=trust",
        "--username=postgres",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
    ]);
    command.arg("--pgdata").arg(data);
    process::run(&command, Some("postgres")).map(drop)
}

fn make_mariadb(data: &Path) -> Result<()> {
    mariadb_program()?;
    let mut command = Command::new("mariadb-install-db");
    command.current_dir(folder_for("mysql", data)?).args([
        "--no-defaults",
        "--auth-root-authentication-method=normal",
        "--skip-test-db",
    ]);
    command.arg(format!("--datadir={}", data.display()));
    process::run(&command, Some("mysql")).map(drop)
}

/// Makes the folder that `user` owns and says where it lies.
fn folder_for<'a>(user: &str, data: &'a Path) -> Result<&'a Path> {
    std::fs::create_dir_all(data)?;
    let mut mode = Command::new("chmod");
    process::run(mode.arg("700").arg(data), None)?;
    if process::is_root() {
        let mut owner = Command::new("chown");
        process::run(owner.arg(format!("{user}:")).arg(data), None)?;
    }
    data.parent()
        .ok_or_else(|| Trouble("a folder without a parent".into()))
}

/// A private Redis that keeps nothing.
pub struct Redis {
    folder: PathBuf,
    port: u16,
    process: Option<Process>,
}

impl Redis {
    /// Starts one.
    pub async fn start(folder: &Path, chance: &Chance) -> Result<Self> {
        let mut redis = Self {
            folder: folder.to_owned(),
            port: free_port(chance)?,
            process: None,
        };
        redis.revive().await?;
        Ok(redis)
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// kill -9.
    pub fn kill(&mut self) {
        self.process = None;
    }

    /// Starts it again, empty.
    pub async fn revive(&mut self) -> Result<()> {
        if self.process.is_some() {
            return Ok(());
        }
        let mut command = Command::new("redis-server");
        command.current_dir(&self.folder).args([
            "--port",
            &self.port.to_string(),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
        ]);
        let process = Process::start(&command, None, &self.folder.join("redis.log"))?;
        let deadline = Instant::now() + START_WITHIN;
        while Instant::now() < deadline {
            if is_open(self.port) {
                self.process = Some(process);
                return Ok(());
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Err(Trouble("Redis does not start".into()))
    }

    /// FLUSHALL; away when it is being restarted just now.
    pub async fn flush(&self) {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let flushing = async {
            let mut line = tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await?;
            line.write_all(b"FLUSHALL\r\n").await?;
            line.read_u8().await
        };
        let _away = tokio::time::timeout(Duration::from_secs(1), flushing).await;
    }
}
