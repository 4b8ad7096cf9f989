//! Delivers one push: five seconds an attempt, three attempts, a minute of silence for a server that keeps failing.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{Either, select};
use reqwest::header::{ACCEPT, CONTENT_TYPE, PRAGMA, USER_AGENT};
use serde_json::{Map, Value};

use super::Answerable;
use super::answer::{Verdict, judge};
use super::lanes::Job;
use super::prepare::Prepared;
use crate::Inner;
use crate::text::shortened;
use crate::world::World;

/// From the push to its complete answer (WeChat: receiving messages).
const DEADLINE: Duration = Duration::from_secs(5);
/// Larger answers are no answers.
const ANSWER_BYTES_MAX: usize = 1 << 20;
/// How much of a bad answer is shown to the developer.
const SHOWN_BYTES: usize = 2_000;
/// After so many failed pushes in a row the platform stops pushing for a minute (WeChat: interface alarms, MarkFail).
/// The number is not documented.
const FAILURES_MAX: u32 = 5;
const SILENCE_SECONDS: i64 = 60;
/// What the chat shows when the server gave no valid answer.
const FAILURE_LINE: &str = "该公众号提供的服务出现故障，请稍后再试";

/// What became of a push.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    pub(crate) outcome: &'static str,
    pub(crate) attempts: u32,
    /// Of the last attempt; `None` when nothing was answered.
    pub(crate) http_status: Option<u16>,
    /// The answer, decrypted where it was encrypted.
    pub(crate) reply: Option<String>,
    /// Why it was not a valid one.
    pub(crate) fault: Option<String>,
}

impl Delivery {
    /// There was nothing to deliver or nowhere to deliver it to.
    pub(crate) fn none() -> Self {
        Self {
            outcome: "none",
            attempts: 0,
            http_status: None,
            reply: None,
            fault: None,
        }
    }

    fn is_good(&self) -> bool {
        matches!(self.outcome, "ok" | "passive")
    }
}

pub(super) async fn deliver(inner: &Arc<Inner>, job: Job) {
    let prepared = &job.prepared;
    let suspended = {
        let world = inner.world();
        let until = world
            .accounts
            .get(&prepared.settings.appid)
            .map_or(0, |account| account.health.suspended_until);
        until > world.now()
    };
    let (delivery, item) = if suspended {
        (
            Delivery {
                outcome: "suppressed",
                ..Delivery::none()
            },
            None,
        )
    } else {
        attempt_all(inner, prepared).await
    };
    settle(inner, prepared, &delivery, item, job.again);
    let duplicate = delivery.is_good() && !job.again && inner.world().quirks.duplicates;
    // The waiting caller may have gone away.
    let _unheard = job.done.send(delivery.clone());
    if duplicate {
        let (second, _shown_already) = attempt(inner, prepared).await;
        let mut world = inner.world();
        world.stats.pushed("duplicate");
        compare(&mut world, &delivery, &second);
    }
}

async fn attempt_all(inner: &Arc<Inner>, prepared: &Arc<Prepared>) -> Attempted {
    let (attempts, retry_5xx) = {
        let quirks = &inner.world().quirks;
        (quirks.attempts, quirks.retry_5xx)
    };
    let mut number = 1;
    loop {
        let (mut delivery, item) = attempt(inner, prepared).await;
        delivery.attempts = number;
        let server_error = delivery.http_status.is_some_and(|status| status >= 500);
        if delivery.is_good() || number >= attempts || (server_error && !retry_5xx) {
            return (delivery, item);
        }
        number += 1;
    }
}

/// One answer per push, however often it is delivered: another one would be shown, or lost, by chance.
fn compare(world: &mut World, first: &Delivery, second: &Delivery) {
    if first.is_good() && second.is_good() && first.reply != second.reply {
        world.stats.pushed("differs");
    }
}

/// One attempt, at both addresses where there are two: the first good answer counts, and at once.
async fn attempt(inner: &Arc<Inner>, prepared: &Arc<Prepared>) -> Attempted {
    let Some(second_url) = prepared.second_url.clone() else {
        return attempt_at(inner, prepared, &prepared.url).await;
    };
    let [first, second] = [prepared.url.clone(), second_url].map(|url| {
        let (inner_of_task, prepared) = (inner.clone(), prepared.clone());
        let one = async move { attempt_at(&inner_of_task, &prepared, &url).await };
        inner.tasks.spawn(one)
    });
    let (sooner, later) = match select(first, second).await {
        Either::Left(both) | Either::Right(both) => both,
    };
    let sooner = sooner.unwrap_or_else(|_ended| lost());
    if !sooner.0.is_good() {
        return later.await.unwrap_or_else(|_ended| lost());
    }
    let (inner_of_task, seen) = (inner.clone(), sooner.0.clone());
    inner.tasks.spawn(async move {
        if let Ok((other, _shown_already)) = later.await {
            compare(&mut inner_of_task.world(), &seen, &other);
        }
    });
    sooner
}

/// An attempt and what the phone shows of it.
type Attempted = (Delivery, Option<Map<String, Value>>);

fn lost() -> Attempted {
    (Delivery::none(), None)
}

async fn attempt_at(inner: &Inner, prepared: &Prepared, url: &str) -> Attempted {
    let failed = |outcome, fault: &str| Delivery {
        outcome,
        fault: Some(fault.to_owned()),
        ..Delivery::none()
    };
    match tokio::time::timeout(DEADLINE, post(inner, prepared, url)).await {
        Err(_elapsed) => (failed("timeout", "no complete answer within 5 s"), None),
        Ok(Err(error)) if error.is_timeout() => {
            (failed("timeout", "no complete answer within 5 s"), None)
        }
        Ok(Err(_error)) => (failed("connect", "the connection failed"), None),
        Ok(Ok((status, body))) => {
            let verdict = judge(&inner.world(), prepared, status, &body);
            let shown = || Some(shortened(&String::from_utf8_lossy(&body), SHOWN_BYTES).to_owned());
            let delivery = Delivery {
                http_status: Some(status),
                ..Delivery::none()
            };
            match verdict {
                Verdict::Acknowledged => (
                    Delivery {
                        outcome: "ok",
                        reply: shown(),
                        ..delivery
                    },
                    None,
                ),
                Verdict::Reply { item, clear } => (
                    Delivery {
                        outcome: "passive",
                        reply: Some(clear),
                        ..delivery
                    },
                    item,
                ),
                Verdict::Status => {
                    let fault = Some(format!("HTTP status {status}"));
                    (
                        Delivery {
                            outcome: "http_error",
                            reply: shown(),
                            fault,
                            ..delivery
                        },
                        None,
                    )
                }
                Verdict::Invalid(fault) => (
                    Delivery {
                        outcome: "invalid",
                        reply: shown(),
                        fault: Some(fault),
                        ..delivery
                    },
                    None,
                ),
            }
        }
    }
}

async fn post(
    inner: &Inner,
    prepared: &Prepared,
    url: &str,
) -> Result<(u16, Vec<u8>), reqwest::Error> {
    let mut response = inner
        .http
        .post(url)
        .header(USER_AGENT, "Mozilla/4.0")
        .header(ACCEPT, "*/*")
        .header(PRAGMA, "no-cache")
        .header(CONTENT_TYPE, prepared.content_type)
        .body(prepared.body.clone())
        .send()
        .await?;
    let status = response.status().as_u16();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        body.extend_from_slice(&chunk);
        if body.len() > ANSWER_BYTES_MAX {
            break;
        }
    }
    Ok((status, body))
}

fn settle(
    inner: &Inner,
    prepared: &Prepared,
    delivery: &Delivery,
    item: Option<Map<String, Value>>,
    again: bool,
) {
    let mut world = inner.world();
    let now = world.now();
    let silence = world.quirks.silence;
    let appid = &prepared.settings.appid;
    if again && delivery.is_good() {
        // The first answer was shown; the platform does not show it twice.
        world.stats.pushed("duplicate");
        return;
    }
    world.stats.pushed(delivery.outcome);
    let Some(account) = world.accounts.get_mut(appid) else {
        return;
    };
    if delivery.is_good() {
        account.health.failures = 0;
    } else if delivery.outcome != "suppressed" {
        account.health.failures += 1;
        if silence && account.health.failures >= FAILURES_MAX {
            account.health.failures = 0;
            account.health.suspended_until = now + SILENCE_SECONDS;
        }
    }
    let Some(person) = prepared.person else {
        return;
    };
    if let Some(mut item) = item {
        account.relation(person).last_exchange = Some(now);
        item.insert("via".to_owned(), "passive".into());
        world.show(appid, person, "account", item);
    } else if !delivery.is_good()
        && !again
        && matches!(prepared.answerable, Answerable::Articles(_))
    {
        let mut line = Map::new();
        line.insert("msgtype".to_owned(), "text".into());
        line.insert("text".to_owned(), FAILURE_LINE.into());
        line.insert("content".to_owned(), FAILURE_LINE.into());
        world.show(appid, person, "system", line);
    }
}
