//! Is it alive, is it ready, what does it count.

use actix_web::HttpResponse;
use actix_web::web::Data;
use chrono::SecondsFormat;
use serde_json::{Map, Value, json};

use crate::context::Context;
use crate::health::{Fault, Seen};
use crate::telemetry;

pub(super) async fn alive() -> HttpResponse {
    HttpResponse::Ok().body("ok")
}

/// Ready when the store takes writes and the session layer answers; else says which one does not, why and since when.
pub(super) async fn ready(ctx: Data<Context>) -> HttpResponse {
    let seen = ctx.health.look().await;
    let ready = seen.values().all(Option::is_none);
    let body = json!({ "ready": ready, "parts": parts(seen) });
    if ready {
        HttpResponse::Ok().json(body)
    } else {
        HttpResponse::ServiceUnavailable().json(body)
    }
}

fn parts(seen: Seen) -> Map<String, Value> {
    seen.into_iter()
        .map(|(part, fault)| (part.to_owned(), state(fault)))
        .collect()
}

fn state(fault: Option<Fault>) -> Value {
    match fault {
        None => json!({ "ready": true }),
        Some(Fault { since, reason }) => {
            let since = since.to_rfc3339_opts(SecondsFormat::Secs, true);
            json!({ "ready": false, "since": since, "reason": reason })
        }
    }
}

pub(super) async fn metrics() -> HttpResponse {
    match telemetry::metrics() {
        Some(handle) => HttpResponse::Ok()
            .content_type("text/plain; version=0.0.4")
            .body(handle.render()),
        None => HttpResponse::ServiceUnavailable().finish(),
    }
}

pub(super) async fn root() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body(concat!("Daogou 导购 ", env!("CARGO_PKG_VERSION"), "\n"))
}
