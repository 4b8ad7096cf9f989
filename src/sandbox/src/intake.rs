//! Reads a call: query, body, the parts of a form, and where the caller found us.

use std::collections::HashMap;

use actix_multipart::Multipart;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{Bytes, BytesMut, Payload, Query};
use actix_web::{HttpRequest, error};
use futures_util::{StreamExt, stream};

/// The largest upload the platform takes is a video of 10 MB.
const BODY_BYTES_MAX: usize = 12 << 20;
/// More parts than that are no form of the platform's.
const PARTS_MAX: usize = 16;

/// One part of a multipart form.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) filename: String,
    pub(crate) bytes: Bytes,
}

/// A call as it came.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    pub(crate) path: String,
    pub(crate) is_post: bool,
    pub(crate) query: HashMap<String, String>,
    pub(crate) body: Bytes,
    pub(crate) parts: Vec<Part>,
    /// `http://host:port` of this simulator as the caller sees it.
    pub(crate) origin: String,
    /// The caller's address.
    pub(crate) peer: String,
}

/// Reads the whole call.
///
/// # Errors
/// When the body is larger than any upload of the platform, or breaks off.
pub(crate) async fn read(
    request: &HttpRequest,
    payload: Payload,
) -> Result<Input, actix_web::Error> {
    let body = body(payload).await?;
    let content_type = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let parts = if content_type.starts_with("multipart/") {
        parts(request, body.clone()).await
    } else {
        Vec::new()
    };
    let query = Query::<HashMap<String, String>>::from_query(request.query_string())
        .map(Query::into_inner)
        .unwrap_or_default();
    Ok(Input {
        path: request.path().to_owned(),
        is_post: request.method() == actix_web::http::Method::POST,
        query,
        body,
        parts,
        origin: origin(request),
        peer: request
            .peer_addr()
            .map(|peer| peer.ip().to_string())
            .unwrap_or_default(),
    })
}

/// Scheme and host by which the caller reached this simulator.
pub(crate) fn origin(request: &HttpRequest) -> String {
    let connection = request.connection_info();
    format!("{}://{}", connection.scheme(), connection.host())
}

/// The body, up to the largest upload.
///
/// # Errors
/// When it is larger or breaks off.
pub(crate) async fn body(mut payload: Payload) -> Result<Bytes, actix_web::Error> {
    let mut all = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk?;
        if all.len() + chunk.len() > BODY_BYTES_MAX {
            return Err(error::ErrorPayloadTooLarge(
                "larger than any upload of the platform",
            ));
        }
        all.extend_from_slice(&chunk);
    }
    Ok(all.freeze())
}

/// The parts that can be read; a broken form has fewer.
async fn parts(request: &HttpRequest, body: Bytes) -> Vec<Part> {
    let whole = stream::once(async { Ok::<_, error::PayloadError>(body) });
    let mut form = Multipart::new(request.headers(), Box::pin(whole));
    let mut parts = Vec::new();
    while let Some(Ok(mut field)) = form.next().await {
        let disposition = field.content_disposition();
        let filename = disposition
            .and_then(|one| one.get_filename())
            .unwrap_or_default()
            .to_owned();
        let name = field.name().unwrap_or_default().to_owned();
        let mut bytes = BytesMut::new();
        while let Some(Ok(chunk)) = field.next().await {
            bytes.extend_from_slice(&chunk);
        }
        parts.push(Part {
            name,
            filename,
            bytes: bytes.freeze(),
        });
        if parts.len() >= PARTS_MAX {
            break;
        }
    }
    parts
}
