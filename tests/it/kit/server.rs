//! A server with settings of its own: a second process beside another, or one whose account or way to the store is
//! special.

use std::net::TcpListener;

use daogou::app::{self, Running};
use daogou::config::{Config, Role};
use daogou_ground::{Chance, Clock};

/// A running server.
pub struct Server {
    pub url: String,
    running: Running,
}

/// The environment `base` with other values.
pub fn with(
    mut base: Vec<(&'static str, String)>,
    changes: &[(&'static str, &str)],
) -> Vec<(&'static str, String)> {
    for (key, value) in changes {
        base.retain(|(known, _)| known != key);
        base.push((key, (*value).to_owned()));
    }
    base
}

impl Server {
    /// Starts with that environment.
    pub async fn start(environment: &[(&'static str, String)], clock: &Clock) -> Self {
        Self::start_as(Role::All, environment, clock).await
    }

    /// Starts with that environment for one part of the work.
    pub async fn start_as(
        role: Role,
        environment: &[(&'static str, String)],
        clock: &Clock,
    ) -> Self {
        let lookup = |key: &str| {
            let found = environment.iter().find(|(known, _)| *known == key);
            found.map(|(_, value)| value.clone())
        };
        let mut config = Config::read(lookup).expect("the settings are right");
        config.role = role;
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let started = app::start(config, listener, clock.clone(), Chance::system()).await;
        let running = started.unwrap_or_else(|e| panic!("the server does not start: {e}"));
        Self { url, running }
    }

    /// The callback of an account.
    pub fn callback(&self, appid: &str) -> String {
        format!("{}/wechat/{appid}", self.url)
    }

    pub async fn stop(self) {
        self.running.stop().await;
    }
}
