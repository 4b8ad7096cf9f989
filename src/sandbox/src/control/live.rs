//! What changes, as a stream for open pages: each line says where to look again.

use std::convert::Infallible;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::Bytes;
use futures_util::stream;
use tokio::sync::broadcast::Receiver;
use tokio_util::sync::CancellationToken;

use super::State;

/// Pages that may listen at once.
const LISTENERS_MAX: usize = 256;
/// A line at least this often, so that a dead connection is noticed.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

pub(super) async fn stream(inner: State) -> HttpResponse {
    let listener = {
        let live = &inner.world().live;
        if live.receiver_count() >= LISTENERS_MAX {
            return HttpResponse::ServiceUnavailable().finish();
        }
        live.subscribe()
    };
    let closing = inner.closing.clone();
    let hello = stream::once(async { Ok::<_, Infallible>(Bytes::from_static(b": listening\n\n")) });
    let lines = stream::unfold((listener, closing), next);
    HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(futures_util::StreamExt::chain(hello, lines))
}

type Listener = (Receiver<String>, CancellationToken);

/// The next line; the stream ends for one who lags too far behind, and when the simulator closes.
async fn next((mut listener, closing): Listener) -> Option<(Result<Bytes, Infallible>, Listener)> {
    let line = tokio::select! {
        () = closing.cancelled() => return None,
        notice = tokio::time::timeout(KEEP_ALIVE, listener.recv()) => match notice {
            Ok(Ok(notice)) => format!("data: {notice}\n\n"),
            Ok(Err(_ended_or_lagged)) => return None,
            Err(_elapsed) => ": still here\n\n".to_owned(),
        },
    };
    Some((Ok(Bytes::from(line)), (listener, closing)))
}
