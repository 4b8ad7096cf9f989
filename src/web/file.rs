//! A kept file as an answer to whoever may see it.

use actix_web::HttpResponse;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, X_CONTENT_TYPE_OPTIONS,
};

use crate::media::{Shape, Way};

/// The file, which its reader's browser may keep for some minutes.
pub(super) fn answer((shape, bytes): (Shape, Vec<u8>)) -> HttpResponse {
    let how = match shape.way {
        Way::File => "attachment",
        Way::Picture | Way::Sound | Way::Film => "inline",
    };
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "private, max-age=300"))
        // Whatever somebody sent, it runs nothing here.
        .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((CONTENT_DISPOSITION, how))
        .content_type(shape.mime)
        .body(bytes)
}
