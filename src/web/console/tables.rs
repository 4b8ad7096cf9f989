//! The part of the URL map about what comes in and goes out by the table.

use actix_web::web::{self, ServiceConfig};

use super::{exports, imports, merges};

/// What comes in and goes out by the table: headquarters only.
pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/console/{appid}/imports", web::get().to(imports::list))
        .route("/console/{appid}/imports", web::post().to(imports::bring))
        .route(
            "/console/{appid}/imports/template-{kind}.{format}",
            web::get().to(imports::template),
        )
        .route(
            "/console/{appid}/imports/{id}",
            web::get().to(imports::show),
        )
        .route(
            "/console/{appid}/imports/{id}/start",
            web::post().to(imports::start),
        )
        .route(
            "/console/{appid}/imports/{id}/stop",
            web::post().to(imports::stop),
        )
        .route(
            "/console/{appid}/imports/{id}/mend.{format}",
            web::get().to(imports::to_mend),
        )
        .route("/console/{appid}/exports", web::get().to(exports::list))
        .route("/console/{appid}/exports", web::post().to(exports::order))
        .route(
            "/console/{appid}/exports/new",
            web::post().to(exports::choose),
        )
        .route(
            "/console/{appid}/exports/{id}",
            web::get().to(exports::show),
        )
        .route(
            "/console/{appid}/exports/{id}/stop",
            web::post().to(exports::stop),
        )
        .route(
            "/console/{appid}/exports/{id}/file.{format}",
            web::get().to(exports::fetch),
        )
        .route(
            "/console/{appid}/members/{id}/merge",
            web::get().to(merges::show),
        )
        .route(
            "/console/{appid}/members/{id}/merge",
            web::post().to(merges::merge),
        )
        .route(
            "/console/{appid}/merges/{id}/undo",
            web::post().to(merges::undo),
        );
}
