//! The part of the URL map about what people say to each other.

use actix_web::web::{self, ServiceConfig};

use super::{conversations, sensitive};

/// Whoever is signed in, store managers of their own store's members.
pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route(
            "/console/{appid}/conversations",
            web::get().to(conversations::list),
        )
        .route(
            "/console/{appid}/conversations/{id}",
            web::get().to(conversations::show),
        )
        .route(
            "/console/{appid}/conversations/{id}/lines/{line}/file",
            web::get().to(conversations::attached),
        )
        .route(
            "/console/{appid}/sensitive/hits",
            web::get().to(sensitive::hits),
        )
        // Headquarters.
        .route("/console/{appid}/sensitive", web::get().to(sensitive::list))
        .route("/console/{appid}/sensitive", web::post().to(sensitive::add))
        .route(
            "/console/{appid}/sensitive/{id}/remove",
            web::post().to(sensitive::remove),
        );
}
