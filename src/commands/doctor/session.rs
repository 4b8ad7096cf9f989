//! The session layer: Redis, or this process alone; and whether a server is running.

use daogou_ground::{Chance, Clock};
use daogou_session::Session;

use super::report::Report;
use crate::config::Config;
use crate::{app, checkup};

/// Looks at the session layer. The answer works in any case, so that the rest can be checked without Redis.
pub(super) async fn examine(
    report: &mut Report,
    config: &Config,
    clock: &Clock,
    has_database: bool,
) -> Session {
    let Some(url) = &config.redis_url else {
        report.ok(
            "session",
            "in the process (REDIS_URL is empty): one `daogou serve` only; set REDIS_URL to run several",
        );
        if has_database {
            server(report, config).await;
        } else {
            report.skip("server", "the database cannot be used");
        }
        return Session::embedded(clock.clone());
    };
    let session = match Session::connect(url.expose()).await {
        Ok(session) => {
            report.add(&checkup::session(&session, &Chance::system(), clock).await);
            session
        }
        // Its words say what to do.
        Err(error) => {
            report.fail("session", &error.to_string());
            Session::embedded(clock.clone())
        }
    };
    report.skip(
        "server",
        "with Redis any number of servers may run; whether one answers is seen at the callback",
    );
    session
}

async fn server(report: &mut Report, config: &Config) {
    match app::is_served(config.database_url.expose()).await {
        Ok(true) => report.ok("server", "`daogou serve` is running on this database"),
        Ok(false) => report.warn(
            "server",
            "no `daogou serve` is running on this database: start it",
        ),
        Err(error) => report.warn(
            "server",
            &format!("whether one is running is not known: {error}"),
        ),
    }
}
