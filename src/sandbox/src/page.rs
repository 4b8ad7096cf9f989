//! The page with the phones and its files.

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, ETAG, HeaderName, IF_NONE_MATCH,
};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use rust_embed_for_web::{EmbedableFile, RustEmbed};

/// Debug builds read the folder from disk at every request.
#[derive(RustEmbed)]
#[folder = "../../assets/sandbox"]
#[allow_missing = true]
struct Assets;

/// Scripts and styles come from here only; pictures may be made in the page too.
const POLICY: &str = "default-src 'self'; img-src 'self' data: blob:; media-src 'self' data: blob:; object-src 'none'; \
                      base-uri 'none'; frame-ancestors 'none'";

pub(crate) fn configure(config: &mut ServiceConfig) {
    for method in [web::get, web::head] {
        config
            .route("/", method().to(index))
            .route("/assets/{name:.*}", method().to(asset));
    }
}

/// The content-security policy of every page of the simulator.
pub(crate) fn policy() -> (HeaderName, &'static str) {
    (CONTENT_SECURITY_POLICY, POLICY)
}

async fn index(request: HttpRequest) -> HttpResponse {
    file(&request, "index.html")
}

async fn asset(request: HttpRequest, name: web::Path<String>) -> HttpResponse {
    file(&request, &name)
}

fn file(request: &HttpRequest, name: &str) -> HttpResponse {
    let inside = name
        .split('/')
        .all(|part| !part.is_empty() && !part.starts_with('.') && !part.contains('\\'));
    let Some(found) = Some(name).filter(|_name| inside).and_then(Assets::get) else {
        return HttpResponse::NotFound().finish();
    };
    let etag = found.etag();
    let etag: &str = etag.as_ref();
    let known = request
        .headers()
        .get(IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok());
    let mut response = if known == Some(etag) {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    response
        .insert_header((ETAG, etag))
        .insert_header((CACHE_CONTROL, "no-cache"))
        .insert_header(policy());
    response.insert_header(("X-Content-Type-Options", "nosniff"));
    if known == Some(etag) {
        return response.finish();
    }
    let data = found.data();
    let bytes: &[u8] = data.as_ref();
    response
        .content_type(content_type(name))
        .body(bytes.to_vec())
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("webp") => "image/webp",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
