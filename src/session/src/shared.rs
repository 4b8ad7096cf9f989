//! The body that is Redis: each verb is one command or one short script on one key.

use std::fmt;
use std::time::Duration;

use redis::{Cmd, cmd};

use crate::address::Address;
use crate::link::Link;
use crate::{Key, SessionError};

const FORGET_IF: &str =
    "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0";

/// Also true for the present holder: a claim that is repeated because its answer was lost must not lose the lock.
const CLAIM: &str = "local holder = redis.call('GET', KEYS[1]) \
    if holder and holder ~= ARGV[1] then return 0 end \
    redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) return 1";

const COUNT: &str = "local count = redis.call('INCR', KEYS[1]) \
    if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end return count";

pub(crate) struct Shared {
    pub(crate) link: Link,
}

impl Shared {
    pub(crate) async fn connect(url: &str) -> Result<Self, SessionError> {
        daogou_ground::install_tls();
        let shared = Self {
            link: Link::new(Address::parse(url)?),
        };
        shared.ping().await?;
        Ok(shared)
    }

    pub(crate) async fn get(&self, key: &Key) -> Result<Option<String>, SessionError> {
        self.link.run(cmd("GET").arg(self.name(&key.text()))).await
    }

    pub(crate) async fn put(
        &self,
        key: &Key,
        value: &str,
        lifetime: Duration,
    ) -> Result<(), SessionError> {
        let name = self.name(&key.text());
        self.link
            .run(
                cmd("SET")
                    .arg(name)
                    .arg(value)
                    .arg("PX")
                    .arg(millis(lifetime)),
            )
            .await
    }

    pub(crate) async fn forget(&self, key: &Key) -> Result<(), SessionError> {
        self.link.run(cmd("DEL").arg(self.name(&key.text()))).await
    }

    pub(crate) async fn forget_if(&self, key: &Key, value: &str) -> Result<bool, SessionError> {
        self.link.run(self.script(FORGET_IF, key).arg(value)).await
    }

    pub(crate) async fn claim(&self, key: &Key, owner: &str) -> Result<bool, SessionError> {
        self.link
            .run(
                self.script(CLAIM, key)
                    .arg(owner)
                    .arg(millis(key.lifetime())),
            )
            .await
    }

    pub(crate) async fn count(&self, key: &Key) -> Result<u64, SessionError> {
        self.link
            .run(self.script(COUNT, key).arg(millis(key.lifetime())))
            .await
    }

    pub(crate) async fn publish(&self, channel: &str, text: &str) -> Result<(), SessionError> {
        self.link
            .run(cmd("PUBLISH").arg(self.name(channel)).arg(text))
            .await
    }

    pub(crate) async fn ping(&self) -> Result<(), SessionError> {
        let _pong: String = self.link.run(&cmd("PING")).await?;
        Ok(())
    }

    /// A key's or channel's full name.
    pub(crate) fn name(&self, text: &str) -> String {
        format!("{}{text}", self.link.address.prefix)
    }

    /// The text goes along each time: it is shorter than the round trip to find out that a wiped Redis forgot it.
    fn script(&self, text: &str, key: &Key) -> Cmd {
        let mut eval = cmd("EVAL");
        eval.arg(text).arg(1).arg(self.name(&key.text()));
        eval
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Redis at {}", self.link.address.at)
    }
}

/// Redis refuses a lifetime of nothing.
fn millis(lifetime: Duration) -> u64 {
    u64::try_from(lifetime.as_millis())
        .unwrap_or(u64::MAX >> 1)
        .max(1)
}
