//! Is it alive, is it ready, what does it count.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::web::Data;
use tokio::time::timeout;

use crate::context::Context;
use crate::telemetry;

/// How long a back end may take before it counts as not ready.
const PATIENCE: Duration = Duration::from_secs(1);

pub(super) async fn alive() -> HttpResponse {
    HttpResponse::Ok().body("ok")
}

/// Ready when the store and the session layer answer within a second; says which one does not.
pub(super) async fn ready(ctx: Data<Context>) -> HttpResponse {
    let store = timeout(PATIENCE, ctx.db.ping()).await;
    let session = timeout(PATIENCE, ctx.session.ping()).await;
    let (store, session) = (matches!(store, Ok(Ok(_))), matches!(session, Ok(Ok(()))));
    let body = serde_json::json!({ "database": store, "session": session });
    if store && session {
        HttpResponse::Ok().json(body)
    } else {
        HttpResponse::ServiceUnavailable().json(body)
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
