//! The only place that knows what an error means on HTTP.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::language::ours;
use crate::error::Error;

/// What an error means.
pub(super) fn status(error: &Error) -> StatusCode {
    match error {
        Error::NotFound(_) => StatusCode::NOT_FOUND,
        Error::Invalid(_) => StatusCode::BAD_REQUEST,
        Error::Refused(_) => StatusCode::CONFLICT,
        Error::Upstream(_) => StatusCode::BAD_GATEWAY,
        Error::Unavailable(_) | Error::Deadlock(_) | Error::Taken | Error::Session(_) => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The answer to a request that failed: its reason for the caller, never our insides.
pub(super) fn answer(error: &Error) -> HttpResponse {
    let status = status(error);
    if status.is_server_error() {
        tracing::error!(%error, "a request failed");
        return sorry(status);
    }
    HttpResponse::build(status)
        .content_type("text/plain; charset=utf-8")
        .body(error.to_string())
}

/// An account that cannot be opened, whatever the reason: WeChat shall come again, and learns nothing of our insides.
pub(super) fn unready(error: &Error) -> HttpResponse {
    tracing::error!(%error, "an account cannot be opened");
    sorry(StatusCode::SERVICE_UNAVAILABLE)
}

/// The store did not answer in time: nothing was promised, try again.
pub(super) fn busy() -> HttpResponse {
    tracing::error!("a request was not done in time");
    sorry(StatusCode::SERVICE_UNAVAILABLE)
}

fn sorry(status: StatusCode) -> HttpResponse {
    HttpResponse::build(status)
        .content_type("text/plain; charset=utf-8")
        .body(ours("暂时无法处理，请稍后再试"))
}

/// No such page.
pub(super) async fn not_found() -> HttpResponse {
    HttpResponse::NotFound()
        .content_type("text/plain; charset=utf-8")
        .body(ours("没有这个页面"))
}
