//! The part of the URL map about what the brand and its guides say.

use actix_web::web::{self, ServiceConfig};

use super::scripts;

/// Scripts: headquarters only.
pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/console/{appid}/scripts", web::get().to(scripts::list))
        .route("/console/{appid}/scripts", web::post().to(scripts::add))
        .route(
            "/console/{appid}/scripts/preview",
            web::post().to(scripts::preview),
        )
        .route(
            "/console/{appid}/scripts/{id}",
            web::post().to(scripts::change),
        )
        .route(
            "/console/{appid}/scripts/{id}/picture",
            web::get().to(scripts::picture),
        )
        .route(
            "/console/{appid}/scripts/{id}/archive",
            web::post().to(scripts::archive),
        )
        .route(
            "/console/{appid}/scripts/{id}/restore",
            web::post().to(scripts::restore),
        );
}
