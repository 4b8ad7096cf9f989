//! One span a request, with an id that the answer carries too. The query is not logged: it holds openids.

use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use tracing::Instrument;

pub(super) async fn trace(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let id = uuid::Uuid::now_v7();
    let started = Instant::now();
    let route = request.match_pattern().unwrap_or_else(|| "unknown".into());
    let span = tracing::info_span!("request", request.id = %id, method = %request.method(), route);
    let mut response = next.call(request).instrument(span).await?;
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        response
            .headers_mut()
            .insert(HeaderName::from_static("x-request-id"), value);
    }
    let status = response.status().as_u16().to_string();
    metrics::histogram!("daogou_http_seconds", "route" => route, "status" => status)
        .record(started.elapsed());
    Ok(response)
}
