//! The session layer: shared state that may vanish at any moment.
//!
//! Tokens, tickets, cached answers to "who is this?", mirrors of windows, locks, shared limits and live notices live
//! here because they are asked for on every push. Nothing here is the truth: the store is, so Redis may be wiped while
//! the server works, and a caller that gets a [`SessionError`] goes on without it.
//!
//! One interface, two bodies: [`Session::embedded`] lives in this process, [`Session::connect`] is Redis (one server,
//! Sentinel or Cluster) shared by all processes of an installation. Both are held to one contract by
//! `tests/contract.rs`. Every key with its lifetime is in [`Key`].

mod address;
mod embedded;
mod error;
mod key;
mod link;
mod notices;
mod shared;

use std::sync::Arc;
use std::time::Duration;

use daogou_ground::Clock;

pub use error::SessionError;
pub use key::Key;
pub use notices::{MISSED, Subscription};

use embedded::Embedded;
use shared::Shared;

/// A handle to the session layer. Cloning is cheap and shares everything.
#[derive(Clone, Debug)]
pub struct Session(Body);

#[derive(Clone, Debug)]
enum Body {
    Embedded(Arc<Embedded>),
    Shared(Arc<Shared>),
}

impl Session {
    /// A session layer inside this process: for one process only. Lifetimes are counted on `clock`.
    pub fn embedded(clock: Clock) -> Self {
        Self(Body::Embedded(Arc::new(Embedded::new(clock))))
    }

    /// Connects to Redis and makes sure that it answers.
    ///
    /// The address is one of `redis://[user:password@]host[:port][/db]`, `redis+sentinel://[user:password@]h1,h2/master/db`
    /// and `redis+cluster://[user:password@]h1,h2`; with `rediss` instead of `redis` the connection is encrypted.
    /// `?prefix=name` keeps installations apart that share one Redis.
    ///
    /// # Errors
    /// When the address is not understood, Redis cannot be reached or refuses the password. The text says what to do
    /// and never contains the password.
    pub async fn connect(url: &str) -> Result<Self, SessionError> {
        Ok(Self(Body::Shared(Arc::new(Shared::connect(url).await?))))
    }

    /// Whether other processes see the same state (Redis).
    pub fn is_shared(&self) -> bool {
        matches!(self.0, Body::Shared(_))
    }

    /// What is kept under `key`, if it is there and still alive.
    ///
    /// # Errors
    /// When Redis does not answer in time.
    pub async fn get(&self, key: &Key) -> Result<Option<String>, SessionError> {
        match &self.0 {
            Body::Embedded(here) => Ok(here.get(&key.text())),
            Body::Shared(redis) => redis.get(key).await,
        }
    }

    /// Keeps `value` for the lifetime of the key's kind, whatever was there.
    ///
    /// # Errors
    /// When Redis does not answer in time.
    pub async fn put(&self, key: &Key, value: &str) -> Result<(), SessionError> {
        self.put_for(key, value, key.lifetime()).await
    }

    /// Keeps `value` for `lifetime` (at least a millisecond), whatever was there.
    ///
    /// # Errors
    /// When Redis does not answer in time.
    pub async fn put_for(
        &self,
        key: &Key,
        value: &str,
        lifetime: Duration,
    ) -> Result<(), SessionError> {
        match &self.0 {
            Body::Embedded(here) => {
                here.put(key.text(), value, lifetime);
                Ok(())
            }
            Body::Shared(redis) => redis.put(key, value, lifetime).await,
        }
    }

    /// Forgets what is kept under `key`; nothing there is fine.
    ///
    /// # Errors
    /// When Redis does not answer in time.
    pub async fn forget(&self, key: &Key) -> Result<(), SessionError> {
        match &self.0 {
            Body::Embedded(here) => {
                here.forget(&key.text());
                Ok(())
            }
            Body::Shared(redis) => redis.forget(key).await,
        }
    }

    /// Forgets `key` only if `value` is what it holds, in one step. True when it did: an owner gives its own lock back
    /// and never a later owner's.
    ///
    /// # Errors
    /// When Redis does not answer in time.
    pub async fn forget_if(&self, key: &Key, value: &str) -> Result<bool, SessionError> {
        match &self.0 {
            Body::Embedded(here) => Ok(here.forget_if(&key.text(), value)),
            Body::Shared(redis) => redis.forget_if(key, value).await,
        }
    }

    /// Takes `key` for `owner` if nobody holds it, for the lifetime of its kind. The holder may claim again, which
    /// starts its time anew. A lock here saves work; it never protects data, since Redis may be wiped.
    ///
    /// # Errors
    /// When Redis does not answer in time.
    pub async fn claim(&self, key: &Key, owner: &str) -> Result<bool, SessionError> {
        match &self.0 {
            Body::Embedded(here) => Ok(here.claim(key.text(), owner, key.lifetime())),
            Body::Shared(redis) => redis.claim(key, owner).await,
        }
    }

    /// Adds one and answers the new count. The lifetime starts with the first one and is not prolonged, so a
    /// [`Key::Limit`] is a fixed window shared by all processes.
    ///
    /// # Errors
    /// When Redis does not answer in time.
    pub async fn count(&self, key: &Key) -> Result<u64, SessionError> {
        match &self.0 {
            Body::Embedded(here) => Ok(here.count(key.text(), key.lifetime())),
            Body::Shared(redis) => redis.count(key).await,
        }
    }

    /// Tells everyone who listens to `channel` now. Nobody listening is fine; nothing is kept.
    ///
    /// # Errors
    /// When Redis does not answer in time.
    pub async fn publish(&self, channel: &str, text: &str) -> Result<(), SessionError> {
        match &self.0 {
            Body::Embedded(here) => {
                here.publish(channel, text);
                Ok(())
            }
            Body::Shared(redis) => redis.publish(channel, text).await,
        }
    }

    /// Listens to `channel` from now on. With Redis each subscription is a connection of its own: one per process and
    /// channel is enough, hand on from there.
    ///
    /// # Errors
    /// When Redis cannot be reached now; later breaks heal by themselves.
    pub async fn subscribe(&self, channel: &str) -> Result<Subscription, SessionError> {
        match &self.0 {
            Body::Embedded(here) => Ok(Subscription::local(here.subscribe(channel))),
            Body::Shared(redis) => Subscription::remote(redis.clone(), channel).await,
        }
    }

    /// Whether the session layer answers: for readiness and `doctor`.
    ///
    /// # Errors
    /// When Redis does not answer in time.
    pub async fn ping(&self) -> Result<(), SessionError> {
        match &self.0 {
            Body::Embedded(_) => Ok(()),
            Body::Shared(redis) => redis.ping().await,
        }
    }
}
