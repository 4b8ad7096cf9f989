//! The database: is it there, is its schema up to date, does it take writes, what time is it there.

use std::time::Duration;

use daogou_ground::Clock;
use reqwest::Url;
use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr};
use tokio_util::task::TaskTracker;

use super::report::Report;
use crate::checkup;
use crate::config::Config;
use crate::db::{self, Db};

/// How long the database may take to answer at all.
const PATIENCE: Duration = Duration::from_secs(3);

/// Looks at the database; none when it cannot be used.
pub(super) async fn examine(
    report: &mut Report,
    config: &Config,
    clock: &Clock,
    tasks: &TaskTracker,
) -> Option<Db> {
    let url = config.database_url.expose();
    let db = match reach(url).await {
        Ok(connection) => {
            report.ok("database", &format!("{} answers", place(url)));
            schema(report, config, &connection, tasks).await
        }
        Err(error) => {
            report.fail(
                "database",
                &format!("{} does not answer ({error}): {}", place(url), advice(url)),
            );
            report.skip("schema", "the database does not answer");
            None
        }
    };
    let Some(db) = db else {
        for name in ["database_write", "database_clock"] {
            report.skip(name, "the database cannot be used");
        }
        return None;
    };
    report.add(&checkup::database_write(&db).await);
    report.add(&checkup::database_clock(&db, clock).await);
    Some(db)
}

async fn reach(url: &str) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(1)
        .acquire_timeout(PATIENCE)
        .connect_timeout(PATIENCE)
        .sqlx_logging(false);
    Database::connect(options).await
}

async fn schema(
    report: &mut Report,
    config: &Config,
    connection: &DatabaseConnection,
    tasks: &TaskTracker,
) -> Option<Db> {
    let known = match daogou_migrations::status(connection).await {
        Ok(known) => known,
        Err(error) => {
            report.fail(
                "schema",
                &format!(
                    "it cannot be read ({error}): if a migration is missing here, the database belongs to a newer Daogou; \
                     run that one"
                ),
            );
            return None;
        }
    };
    let pending = known.iter().filter(|(_, applied)| !applied).count();
    if pending > 0 && !config.migrate {
        report.fail(
            "schema",
            &format!(
                "{pending} of {} migrations are pending and DAOGOU_MIGRATE is off: run `daogou migrate up`",
                known.len()
            ),
        );
        return None;
    }
    match db::connect(config.database_url.expose(), config.migrate, tasks).await {
        Ok(db) => {
            let applied = match pending {
                0 => String::new(),
                n => format!(", {n} of them just now"),
            };
            let text = format!(
                "up to date: all {} migrations are applied{applied}",
                known.len()
            );
            report.ok("schema", &text);
            Some(db)
        }
        Err(error) => {
            report.fail(
                "schema",
                &format!("{error}: `daogou migrate up` shows more; the user needs the right to create tables"),
            );
            None
        }
    }
}

/// The database in words, without user and password.
fn place(url: &str) -> String {
    if let Some(file) = url.strip_prefix("sqlite:") {
        let file = file
            .trim_start_matches("//")
            .split('?')
            .next()
            .unwrap_or_default();
        return format!("SQLite in {file}");
    }
    let kind = if url.starts_with("mysql") {
        "MySQL"
    } else {
        "PostgreSQL"
    };
    match Url::parse(url) {
        Ok(url) => {
            let host = url.host_str().unwrap_or("localhost");
            let port = url
                .port()
                .map(|port| format!(":{port}"))
                .unwrap_or_default();
            format!("{kind} at {host}{port}{}", url.path())
        }
        Err(_) => kind.to_owned(),
    }
}

fn advice(url: &str) -> &'static str {
    if url.starts_with("sqlite:") {
        "check that the folder of the file exists and that the user that runs Daogou may write there (DATABASE_URL)"
    } else {
        "check that the server runs and that DATABASE_URL names the right host, port, database, user and password"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_of_a_database_names_neither_user_nor_password() {
        assert_eq!(
            place("postgres://me:secret@db.example.com:5433/shop"),
            "PostgreSQL at db.example.com:5433/shop"
        );
        assert_eq!(place("mysql://me:secret@db/shop"), "MySQL at db/shop");
        assert_eq!(place("sqlite://daogou.db?mode=rwc"), "SQLite in daogou.db");
        assert!(!place("postgres://me:sec ret@:x/").contains("sec"));
    }
}
