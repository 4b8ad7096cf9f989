//! The back ends that a test runs on: three databases, two session layers.

use daogou_ground::Chance;
use sea_orm::{ConnectionTrait, Database};

use super::not_run;

/// A database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    Sqlite,
    Postgres,
    MariaDb,
}

/// A session layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Session {
    Embedded,
    Redis,
}

/// A database of its own, made and ready, and a session layer.
#[derive(Clone, Debug)]
pub struct Backend {
    pub database_url: String,
    pub redis_url: Option<String>,
}

impl Backend {
    /// What kind of database it is.
    pub fn store(&self) -> Store {
        match self.database_url.split(':').next() {
            Some("postgres") => Store::Postgres,
            Some("mysql") => Store::MariaDb,
            _ => Store::Sqlite,
        }
    }

    /// None when the server is not there; the list of what did not run says so.
    pub async fn new(folder: &std::path::Path, store: Store, session: Session) -> Option<Self> {
        let redis_url = match session {
            Session::Embedded => None,
            Session::Redis => {
                // A prefix of its own: every test is another installation with the same appid.
                let url = server(&format!("{store:?} with Redis"), "DAOGOU_TEST_REDIS")?;
                Some(format!("{url}?prefix={}", Chance::system().word(8)))
            }
        };
        let database_url = match store {
            Store::Sqlite => format!("sqlite://{}?mode=rwc", folder.join("daogou.db").display()),
            Store::Postgres => create(&server("PostgreSQL", "DAOGOU_TEST_POSTGRES")?, "\"").await,
            Store::MariaDb => create(&server("MariaDB", "DAOGOU_TEST_MARIADB")?, "`").await,
        };
        Some(Self {
            database_url,
            redis_url,
        })
    }
}

fn server(what: &str, key: &str) -> Option<String> {
    let url = std::env::var(key).ok();
    if url.is_none() {
        not_run(
            &format!("tests on {what}"),
            &format!("{key} is not set; run them through make test"),
        );
    }
    url
}

async fn create(server: &str, quote: &str) -> String {
    let name = format!("daogou_{}", Chance::system().word(12));
    let connection = Database::connect(server)
        .await
        .expect("the database server answers");
    let statement = format!("CREATE DATABASE {quote}{name}{quote}");
    connection
        .execute_unprepared(&statement)
        .await
        .expect("a database can be created");
    let (base, _) = server
        .rsplit_once('/')
        .expect("the address ends with a database");
    format!("{base}/{name}")
}
