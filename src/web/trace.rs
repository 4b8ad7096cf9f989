//! What holds for every request: an id that the answer and every line that is logged meanwhile carry, and the time it
//! took. The query is never logged: it holds openids.

use std::net::IpAddr;
use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;

use crate::context::Context;
use crate::telemetry::figures;
use crate::telemetry::request::RequestId;

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

pub(super) async fn trace(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let started = Instant::now();
    let id = given(&request).unwrap_or_else(RequestId::fresh);
    let route = route(&request);
    let mut response = id.clone().scope(next.call(request)).await?;
    if let Ok(value) = HeaderValue::from_maybe_shared(id.to_string()) {
        response.headers_mut().insert(REQUEST_ID.clone(), value);
    }
    figures::answered(route, class(response.status()), started.elapsed());
    Ok(response)
}

/// The id that a trusted proxy gave.
fn given(request: &ServiceRequest) -> Option<RequestId> {
    let named = request.headers().get(&REQUEST_ID)?.to_str().ok()?;
    let trusted = &request.app_data::<Data<Context>>()?.config.trusted_proxies;
    let peer: IpAddr = request.peer_addr()?.ip().to_canonical();
    trusted.contains(&peer).then(|| RequestId::given(named))?
}

/// The request's route: a path that nobody serves is not one, or every scanner would make a metric of its own.
fn route(request: &ServiceRequest) -> &'static str {
    match request.path() {
        "/healthz" => "/healthz",
        "/readyz" => "/readyz",
        "/metrics" => "/metrics",
        "/" => "/",
        path if path.starts_with("/wechat/") => "/wechat",
        path if path.starts_with("/console") => "/console",
        path if path.starts_with("/assets/") => "/assets",
        _ => "other",
    }
}

fn class(status: StatusCode) -> &'static str {
    match status.as_u16() {
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        _ => "5xx",
    }
}
