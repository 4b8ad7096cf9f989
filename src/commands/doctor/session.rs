//! The session layer: Redis, or this process alone; and whether a server is running.

use std::time::Duration;

use daogou_ground::{Chance, Clock};
use daogou_session::{Key, Session, SessionError};

use super::report::{Report, State};
use crate::app;
use crate::config::Config;

/// Slower than this, every push feels it.
const SLOW: Duration = Duration::from_millis(50);

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
    let session = match try_out(url.expose(), clock).await {
        Ok((session, state, text)) => {
            report.note("session", state, &text);
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

async fn try_out(url: &str, clock: &Clock) -> Result<(Session, State, String), SessionError> {
    let session = Session::connect(url).await?;
    let key = Key::Limit {
        name: format!("doctor-{}", Chance::system().word(12)),
        window: Duration::from_secs(10),
    };
    let before = clock.now();
    session.put(&key, "here").await?;
    let found = session.get(&key).await?;
    session.forget(&key).await?;
    let took = (clock.now() - before).to_std().unwrap_or_default();
    let (state, text) = match found.as_deref() {
        Some("here") if took > SLOW => (
            State::Warn,
            format!(
                "Redis keeps what it is given, but three commands took {} ms and every push needs some: move it nearer",
                took.as_millis()
            ),
        ),
        Some("here") => (State::Ok, "Redis answers and keeps what it is given".to_owned()),
        _ => (
            State::Fail,
            "Redis answers, but forgot at once what it was given: check its memory limit (maxmemory)".to_owned(),
        ),
    };
    Ok((session, state, text))
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
