//! A database of its own for each test.

use std::fs::OpenOptions;
use std::future::Future;
use std::io::Write;

use sea_orm_migration::sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use tempfile::TempDir;

/// The kinds of database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
    MariaDb,
}

/// Makes a test function into a module with one test per kind of database.
macro_rules! on_every_database {
    ($($name:ident)*) => {$(
        mod $name {
            use crate::database::{Kind, with_empty_database};

            #[tokio::test]
            async fn on_sqlite() {
                with_empty_database(Kind::Sqlite, super::$name).await;
            }

            #[tokio::test]
            async fn on_postgres() {
                with_empty_database(Kind::Postgres, super::$name).await;
            }

            #[tokio::test]
            async fn on_mariadb() {
                with_empty_database(Kind::MariaDb, super::$name).await;
            }
        }
    )*};
}
pub(crate) use on_every_database;

/// Runs the test on a new, empty database of that kind, or says that it did not run.
pub async fn with_empty_database<F: Future<Output = ()>>(
    kind: Kind,
    test: impl FnOnce(DatabaseConnection) -> F,
) {
    match kind {
        Kind::Sqlite => {
            let folder = TempDir::new().unwrap();
            let file = folder.path().join("daogou.db");
            let url = format!("sqlite://{}?mode=rwc", file.display());
            test(Database::connect(url).await.unwrap()).await;
        }
        Kind::Postgres => {
            on_server("postgres", "DAOGOU_TEST_POSTGRES", "", test).await;
        }
        Kind::MariaDb => {
            // The worst default there is: tables must say for themselves what they need.
            let latin = "CHARACTER SET latin1 COLLATE latin1_swedish_ci";
            on_server("mariadb", "DAOGOU_TEST_MARIADB", latin, test).await;
        }
    }
}

async fn on_server<F: Future<Output = ()>>(
    server: &str,
    variable: &str,
    options: &str,
    test: impl FnOnce(DatabaseConnection) -> F,
) {
    let Some(url) = environment(variable) else {
        return report_not_run(&format!("migrations on {server}: {variable} is not set"));
    };
    let folder = TempDir::with_prefix("daogou_").unwrap();
    let name = folder.path().file_name().unwrap().to_str().unwrap();
    // The random name of a folder that exists is nobody else's; capitals would need quotes.
    let name = format!("m{}_{}", std::process::id(), name.to_lowercase());
    let admin = Database::connect(&url).await.unwrap();
    admin
        .execute_unprepared(&format!("CREATE DATABASE {name} {options}"))
        .await
        .unwrap();
    let db = Database::connect(naming_database(&url, &name))
        .await
        .unwrap();
    test(db.clone()).await;
    db.close().await.unwrap();
    admin
        .execute_unprepared(&format!("DROP DATABASE {name}"))
        .await
        .unwrap();
}

/// The URL with another database's name in its path.
fn naming_database(url: &str, name: &str) -> String {
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let (scheme, rest) = address.split_once("://").unwrap();
    let authority = rest.split('/').next().unwrap();
    let query = if query.is_empty() {
        String::new()
    } else {
        format!("?{query}")
    };
    format!("{scheme}://{authority}/{name}{query}")
}

/// Prints the line, and adds it to the list that `make test` shows at its end.
fn report_not_run(line: &str) {
    println!("NOT RUN: {line}");
    let Some(list) = environment("DAOGOU_NOT_RUN") else {
        return;
    };
    let so_far = std::fs::read_to_string(&list).unwrap_or_default();
    if !so_far.lines().any(|present| present == line) {
        let mut list = OpenOptions::new()
            .create(true)
            .append(true)
            .open(list)
            .unwrap();
        list.write_all(format!("{line}\n").as_bytes()).unwrap();
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "which servers there are is told to tests by their environment, not by Config"
)]
fn environment(variable: &str) -> Option<String> {
    std::env::var(variable)
        .ok()
        .filter(|value| !value.is_empty())
}
