//! A session together with the means to let time pass under it and to wipe it.

use std::time::Duration;

use chrono::{DateTime, TimeDelta};
use daogou_ground::Clock;
use daogou_session::Session;

use crate::cluster::Cluster;
use crate::servers::RedisServer;

pub(crate) struct World {
    pub(crate) session: Session,
    under: Under,
}

enum Under {
    Embedded(Clock),
    /// One, or the nodes of a cluster.
    Redis(Vec<RedisServer>),
}

impl World {
    pub(crate) fn embedded() -> Self {
        let clock = Clock::manual(DateTime::UNIX_EPOCH);
        Self {
            session: Session::embedded(clock.clone()),
            under: Under::Embedded(clock),
        }
    }

    pub(crate) async fn redis(server: RedisServer) -> Self {
        let session = Session::connect(&server.url()).await.expect("connects");
        Self {
            session,
            under: Under::Redis(vec![server]),
        }
    }

    pub(crate) async fn cluster(cluster: Cluster) -> Self {
        let session = Session::connect(&cluster.url()).await.expect("connects");
        Self {
            session,
            under: Under::Redis(cluster.nodes),
        }
    }

    pub(crate) fn server(&mut self) -> &mut RedisServer {
        match &mut self.under {
            Under::Redis(servers) => servers.first_mut().unwrap(),
            Under::Embedded(_) => panic!("the embedded body has no server"),
        }
    }

    /// Moves the clock; Redis, whose clock cannot be moved, gets the same by shortening what is left of every key.
    pub(crate) async fn pass(&self, time: Duration) {
        let servers = match &self.under {
            Under::Embedded(clock) => return clock.advance(TimeDelta::from_std(time).unwrap()),
            Under::Redis(servers) => servers,
        };
        let millis = i64::try_from(time.as_millis()).unwrap();
        for server in servers {
            for key in server.ask::<Vec<String>>(&["KEYS", "*"]).await {
                let left: i64 = server.ask(&["PTTL", &key]).await;
                let left = (left - millis).max(0).to_string();
                let _: i64 = server.ask(&["PEXPIRE", &key, &left]).await;
            }
        }
    }

    pub(crate) async fn wipe(&self) {
        if let Under::Redis(servers) = &self.under {
            for server in servers {
                let _: String = server.ask(&["FLUSHALL"]).await;
            }
        }
    }

    pub(crate) async fn every_key_is_tagged_and_mortal(&self) {
        let Under::Redis(servers) = &self.under else {
            return;
        };
        let mut seen = 0;
        for server in servers {
            for key in server.ask::<Vec<String>>(&["KEYS", "*"]).await {
                assert!(
                    key.starts_with("daogou:{") && key.contains("}:"),
                    "no hash tag: {key}"
                );
                let left: i64 = server.ask(&["PTTL", &key]).await;
                assert!(left != -1, "lives for ever: {key}");
                seen += 1;
            }
        }
        assert!(seen > 0);
    }
}
