//! One connection to Redis that heals itself and never keeps a caller waiting.
//!
//! Every command has one second, reconnecting included. While Redis is away, commands fail at once instead of each
//! waiting its second, so that the webhook stays within its own time and works from the store.

use std::sync::{LazyLock, PoisonError, RwLock};
use std::time::{Duration, Instant as Started};

use metrics::{Counter, Histogram};
use redis::aio::MultiplexedConnection;
use redis::cluster::ClusterClient;
use redis::cluster_async::ClusterConnection;
use redis::{
    AsyncConnectionConfig, Cmd, ErrorKind, FromRedisValue, RedisError, RedisResult, ServerErrorKind,
};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout_at};

use crate::SessionError;
use crate::address::{Address, Shape, rotated};

/// The time of one command. The webhook's whole budget is 1.5 s.
pub(crate) const COMMAND_TIMEOUT: Duration = Duration::from_secs(1);

/// For so long nobody tries again after Redis could not be reached.
const PAUSE_WHEN_AWAY: Duration = Duration::from_millis(250);

/// How long commands took, in seconds, failed ones too.
pub const SECONDS: &str = "daogou_redis_seconds";
/// Commands that Redis did not answer in time or refused.
pub const FAILURES: &str = "daogou_redis_failures_total";

/// Made once: looking them up for every command costs as much as counting.
static FIGURES: LazyLock<(Histogram, Counter)> =
    LazyLock::new(|| (metrics::histogram!(SECONDS), metrics::counter!(FAILURES)));

/// How often, and after how long, another look is taken at where a key lies in a cluster. The library's own waits are
/// longer than a command may take.
const CLUSTER_RETRIES: u32 = 3;
const CLUSTER_WAIT_MILLIS: u64 = 20;

pub(crate) struct Link {
    pub(crate) address: Address,
    current: RwLock<Current>,
    /// Held while connecting, so that one does it for all; counts the attempts.
    opening: Mutex<usize>,
}

#[derive(Default)]
struct Current {
    /// Told apart, so that a late failure of an old connection does not throw a new one away.
    generation: u64,
    wire: Option<Wire>,
    away_until: Option<Instant>,
}

#[derive(Clone)]
enum Wire {
    One(MultiplexedConnection),
    Cluster(ClusterConnection),
}

impl Link {
    pub(crate) fn new(address: Address) -> Self {
        Self {
            address,
            current: RwLock::default(),
            opening: Mutex::new(0),
        }
    }

    /// Runs `command`, once more if the connection turned out to be dead. A command may therefore take effect twice;
    /// all of ours can bear it.
    pub(crate) async fn run<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, SessionError> {
        let started = Started::now();
        let outcome = self.run_in_time(command).await;
        let (seconds, failures) = &*FIGURES;
        seconds.record(started.elapsed());
        if outcome.is_err() {
            failures.increment(1);
        }
        outcome
    }

    async fn run_in_time<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, SessionError> {
        let deadline = Instant::now() + COMMAND_TIMEOUT;
        let mut last = None;
        for _attempt in 0..2 {
            let (generation, wire) = self.wire(deadline).await?;
            match timeout_at(deadline, wire.run(command)).await {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(error)) if heals_by_reconnecting(&error) => {
                    self.discard(generation);
                    last = Some(error);
                }
                Ok(Err(error)) => return Err(self.failed(&error)),
                Err(_elapsed) => {
                    // Perhaps only slow; but a connection whose other end vanished looks the same for many minutes.
                    self.discard(generation);
                    return Err(self.away("no answer within a second"));
                }
            }
        }
        Err(last.map_or_else(
            || self.away("the connection was lost"),
            |error| self.failed(&error),
        ))
    }

    async fn wire(&self, deadline: Instant) -> Result<(u64, Wire), SessionError> {
        if let Some(present) = self.present()? {
            return Ok(present);
        }
        let Ok(mut turn) = timeout_at(deadline, self.opening.lock()).await else {
            return Err(self.away("another caller is still connecting"));
        };
        if let Some(opened_meanwhile) = self.present()? {
            return Ok(opened_meanwhile);
        }
        *turn += 1;
        let opened = timeout_at(deadline, Box::pin(self.open(*turn))).await;
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        match opened {
            Ok(Ok(wire)) => {
                current.generation += 1;
                current.wire = Some(wire.clone());
                current.away_until = None;
                Ok((current.generation, wire))
            }
            Ok(Err(error)) => {
                current.away_until = Some(Instant::now() + PAUSE_WHEN_AWAY);
                Err(self.failed(&error))
            }
            Err(_elapsed) => {
                current.away_until = Some(Instant::now() + PAUSE_WHEN_AWAY);
                Err(self.away("no connection within a second"))
            }
        }
    }

    fn present(&self) -> Result<Option<(u64, Wire)>, SessionError> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        if current
            .away_until
            .is_some_and(|until| Instant::now() < until)
        {
            return Err(self.away("it did not answer a moment ago"));
        }
        Ok(current.wire.clone().map(|wire| (current.generation, wire)))
    }

    fn discard(&self, generation: u64) {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if current.generation == generation {
            current.wire = None;
        }
    }

    async fn open(&self, turn: usize) -> RedisResult<Wire> {
        if let Shape::Cluster { nodes } = &self.address.shape {
            let client = ClusterClient::builder(rotated(nodes, turn))
                .connection_timeout(COMMAND_TIMEOUT)
                .response_timeout(COMMAND_TIMEOUT)
                .retries(CLUSTER_RETRIES)
                .min_retry_wait(CLUSTER_WAIT_MILLIS)
                .max_retry_wait(CLUSTER_WAIT_MILLIS)
                .build()?;
            return client.get_async_connection().await.map(Wire::Cluster);
        }
        // The command's own deadline is the time-out; the library's would only cut in earlier.
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(None)
            .set_response_timeout(None);
        let client = self.address.client(turn).await?;
        client
            .get_multiplexed_async_connection_with_config(&config)
            .await
            .map(Wire::One)
    }

    pub(crate) fn away(&self, reason: impl Into<String>) -> SessionError {
        SessionError::Away {
            at: self.address.at.clone(),
            reason: reason.into(),
        }
    }

    pub(crate) fn failed(&self, error: &RedisError) -> SessionError {
        let refused = matches!(
            error.kind(),
            ErrorKind::AuthenticationFailed | ErrorKind::Server(_)
        ) && !matches!(error.kind(), ErrorKind::Server(kind) if passes(kind));
        if refused {
            SessionError::Refused {
                at: self.address.at.clone(),
                reason: error.to_string(),
            }
        } else {
            self.away(error.to_string())
        }
    }
}

impl Wire {
    async fn run<T: FromRedisValue>(self, command: &Cmd) -> RedisResult<T> {
        match self {
            Self::One(mut connection) => command.query_async(&mut connection).await,
            Self::Cluster(mut connection) => command.query_async(&mut connection).await,
        }
    }
}

/// A dead connection, or a live one to a server that is no longer the master.
fn heals_by_reconnecting(error: &RedisError) -> bool {
    error.is_io_error()
        || error.is_unrecoverable_error()
        || error.kind() == ErrorKind::ClusterConnectionNotFound
        || error.kind() == ErrorKind::Server(ServerErrorKind::ReadOnly)
}

/// States of a server that end by themselves.
fn passes(kind: ServerErrorKind) -> bool {
    matches!(
        kind,
        ServerErrorKind::BusyLoading
            | ServerErrorKind::ClusterDown
            | ServerErrorKind::MasterDown
            // Still so after the library's own looks: the cluster is about to find out who is gone.
            | ServerErrorKind::Moved
            | ServerErrorKind::Ask
            | ServerErrorKind::ReadOnly
            | ServerErrorKind::TryAgain
    )
}
