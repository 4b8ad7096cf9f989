//! Live notices: "something changed", to whoever listens now.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use redis::RedisResult;
use redis::aio::{PubSubSink, PubSubStream};
use tokio::sync::broadcast;
use tokio::time::{sleep, timeout};

use crate::SessionError;
use crate::shared::Shared;

/// What [`Subscription::next`] gives when notices may have been lost (the listener was slow, or the connection broke):
/// look at the store.
pub const MISSED: &str = "";

/// A silent connection is asked after this long whether it still lives.
const SILENCE_MAX: Duration = Duration::from_secs(30);
/// The time to connect or to answer the question.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(3);
const RETRY_FIRST: Duration = Duration::from_millis(100);
const RETRY_MAX: Duration = Duration::from_secs(5);

/// Listens to one channel. Dropping it ends the listening.
pub struct Subscription(Source);

enum Source {
    Local(broadcast::Receiver<String>),
    Remote(Box<Remote>),
}

impl Subscription {
    pub(crate) fn local(receiver: broadcast::Receiver<String>) -> Self {
        Self(Source::Local(receiver))
    }

    pub(crate) async fn remote(shared: Arc<Shared>, channel: &str) -> Result<Self, SessionError> {
        let channel = shared.name(channel);
        let mut remote = Remote {
            shared,
            channel,
            wire: None,
            turn: 0,
            retry: RETRY_FIRST,
        };
        remote.listen().await?;
        Ok(Self(Source::Remote(Box::new(remote))))
    }

    /// Waits for the next notice; reconnects by itself. [`MISSED`] stands for any number of lost ones. `None`: the
    /// session layer of this process has gone. Dropping the future loses nothing (it may stand in a `select!`).
    pub async fn next(&mut self) -> Option<String> {
        match &mut self.0 {
            Source::Local(receiver) => match receiver.recv().await {
                Ok(text) => Some(text),
                Err(broadcast::error::RecvError::Lagged(_)) => Some(MISSED.to_owned()),
                Err(broadcast::error::RecvError::Closed) => None,
            },
            Source::Remote(remote) => Some(remote.next().await),
        }
    }
}

struct Remote {
    shared: Arc<Shared>,
    channel: String,
    wire: Option<(PubSubSink, PubSubStream)>,
    turn: usize,
    retry: Duration,
}

impl Remote {
    async fn next(&mut self) -> String {
        loop {
            let Some((sink, stream)) = &mut self.wire else {
                match self.listen().await {
                    Ok(()) => return MISSED.to_owned(),
                    Err(error) => {
                        tracing::warn!(%error, "live notices are interrupted");
                        sleep(self.retry).await;
                        self.retry = (self.retry * 2).min(RETRY_MAX);
                    }
                }
                continue;
            };
            match timeout(SILENCE_MAX, stream.next()).await {
                Ok(Some(message)) => match message.get_payload() {
                    Ok(text) => return text,
                    Err(_not_text) => continue,
                },
                Ok(None) => self.wire = None,
                Err(_silence) => {
                    if !matches!(
                        timeout(ANSWER_TIMEOUT, sink.ping::<redis::Value>()).await,
                        Ok(Ok(_))
                    ) {
                        self.wire = None;
                    }
                }
            }
        }
    }

    async fn listen(&mut self) -> Result<(), SessionError> {
        self.turn += 1;
        match timeout(ANSWER_TIMEOUT, Box::pin(self.open())).await {
            Ok(Ok(wire)) => {
                self.wire = Some(wire);
                self.retry = RETRY_FIRST;
                Ok(())
            }
            Ok(Err(error)) => Err(self.shared.link.failed(&error)),
            Err(_elapsed) => Err(self
                .shared
                .link
                .away("no connection for live notices within 3 s")),
        }
    }

    async fn open(&self) -> RedisResult<(PubSubSink, PubSubStream)> {
        let client = self.shared.link.address.client(self.turn).await?;
        let (mut sink, stream) = client.get_async_pubsub().await?.split();
        sink.subscribe(&self.channel).await?;
        Ok((sink, stream))
    }
}
