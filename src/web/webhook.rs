//! The callback of WeChat: `/wechat/{appid}`. It opens the envelope and hands the push to reception; nothing else.

use std::sync::Arc;
use std::time::Duration;

use actix_web::web::{BytesMut, Data, Path, Payload, Query};
use actix_web::{HttpRequest, HttpResponse};
use daogou_wechat::{BODY_BYTES_MAX, Format, Query as PushQuery, Refused, is_container_probe};
use futures_util::StreamExt;
use tokio::time::{Instant, timeout, timeout_at};

use super::failure;
use crate::accounts::{self, Account};
use crate::config::is_appid;
use crate::context::Context;
use crate::error::Result;
use crate::reception::{self, Incoming};
use crate::telemetry::figures;

/// WeChat gives up at 5 s; by then it has to know that the push was not accepted, so that it comes again.
const PATIENCE: Duration = Duration::from_millis(4500);
/// Of a longer body this much is read away, so that its sender gets to read the refusal.
const DRAIN_BYTES_MAX: usize = 8 * 1024 * 1024;

/// The check that WeChat makes when the address is saved.
pub(super) async fn verify(
    ctx: Data<Context>,
    appid: Path<String>,
    request: HttpRequest,
) -> HttpResponse {
    let Ok(found) = timeout(PATIENCE, find(&ctx, &appid)).await else {
        return failure::busy();
    };
    match found {
        Ok(Some(account)) => match account.door.verify_url(&query_of(&request)) {
            Ok(echo) => HttpResponse::Ok()
                .content_type("text/plain; charset=utf-8")
                .body(echo),
            Err(refused) => refuse(&appid, &refused),
        },
        Ok(None) => failure::not_found().await,
        Err(error) => failure::unready(&error),
    }
}

/// A push.
pub(super) async fn receive(
    ctx: Data<Context>,
    appid: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> HttpResponse {
    let started = Instant::now();
    let Received {
        answer,
        kind,
        outcome,
    } = open_and_take_in(&ctx, &appid, &request, payload).await;
    figures::push(kind, outcome, started.elapsed());
    answer
}

/// What became of a push, as it is answered and counted.
struct Received {
    answer: HttpResponse,
    kind: &'static str,
    outcome: &'static str,
}

impl Received {
    /// One that was not even opened.
    fn unopened(outcome: &'static str, answer: HttpResponse) -> Self {
        Self {
            answer,
            kind: "unopened",
            outcome,
        }
    }
}

async fn open_and_take_in(
    ctx: &Context,
    appid: &str,
    request: &HttpRequest,
    payload: Payload,
) -> Received {
    let deadline = Instant::now() + PATIENCE;
    let body = match timeout_at(deadline, read(payload)).await {
        Ok(Ok(body)) => body,
        Ok(Err(refused)) => return refused_at_door(appid, &refused),
        Err(_late) => return refused_at_door(appid, &Refused::Incomplete),
    };
    if is_container_probe(&body) {
        return Received::unopened("success", success());
    }
    let query = query_of(request);
    match timeout_at(deadline, take_in(ctx, appid, &query, &body)).await {
        Ok(received) => received,
        Err(_late) => Received::unopened("busy", failure::busy()),
    }
}

fn refused_at_door(appid: &str, reason: &Refused) -> Received {
    Received::unopened("refused", refuse(appid, reason))
}

async fn take_in(ctx: &Context, appid: &str, query: &PushQuery, body: &[u8]) -> Received {
    let account = match find(ctx, appid).await {
        Ok(Some(account)) => account,
        Ok(None) => return Received::unopened("refused", failure::not_found().await),
        Err(error) => return Received::unopened("failed", failure::unready(&error)),
    };
    let opened = match account.door.open(query, body) {
        Ok(opened) => opened,
        Err(refused) => return refused_at_door(appid, &refused),
    };
    let format = opened.format;
    let incoming = Incoming {
        account,
        format,
        key_index: opened.key_index,
        text: opened.text,
        raw: opened.raw,
    };
    match reception::take_in(ctx, incoming).await {
        Ok(taken) => {
            taken.hand_over(ctx);
            let kind = taken.kind;
            let (outcome, answer) = match taken.answer {
                Some(answer) => ("passive", reply(format, answer)),
                None => ("success", success()),
            };
            Received {
                answer,
                kind,
                outcome,
            }
        }
        Err(error) => Received::unopened("failed", failure::answer(&error)),
    }
}

/// The account, if it can be one: what is no appid is not even looked up, because databases differ in what they take
/// for text and in what they take for the same.
async fn find(ctx: &Context, appid: &str) -> Result<Option<Arc<Account>>> {
    if is_appid(appid) {
        accounts::find(ctx, appid).await
    } else {
        Ok(None)
    }
}

/// A query that cannot be read proves nothing: it is refused like a wrong signature.
fn query_of(request: &HttpRequest) -> PushQuery {
    Query::from_query(request.query_string())
        .map_or_else(|_unreadable| PushQuery::default(), Query::into_inner)
}

/// The whole body.
async fn read(mut payload: Payload) -> Result<BytesMut, Refused> {
    let mut body = BytesMut::new();
    let mut length = 0;
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_broken| Refused::Incomplete)?;
        length += chunk.len();
        if length <= BODY_BYTES_MAX {
            body.extend_from_slice(&chunk);
        } else if length > DRAIN_BYTES_MAX {
            break;
        }
    }
    if length <= BODY_BYTES_MAX {
        Ok(body)
    } else {
        Err(Refused::TooLarge)
    }
}

fn success() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body("success")
}

fn reply(format: Format, answer: String) -> HttpResponse {
    let kind = match format {
        Format::Xml => "text/xml; charset=utf-8",
        Format::Json => "application/json; charset=utf-8",
    };
    HttpResponse::Ok().content_type(kind).body(answer)
}

/// One answer for every reason, so that nobody learns from it which check failed.
fn refuse(appid: &str, reason: &Refused) -> HttpResponse {
    tracing::warn!(account.appid = %appid.chars().take(64).collect::<String>(), %reason, "a push was refused at the door");
    HttpResponse::Forbidden()
        .content_type("text/plain; charset=utf-8")
        .body("refused")
}
