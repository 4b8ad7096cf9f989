//! The part of the URL map about what is known of a member: what she is to the brand, and what the brand wants to know.

use actix_web::web::{self, ServiceConfig};

use super::{fields, insiders, member_fields};

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        // Whoever is signed in, store managers their own store's.
        .route(
            "/console/{appid}/members/{id}/fields",
            web::post().to(member_fields::save),
        )
        // Headquarters only.
        .route(
            "/console/{appid}/members/{id}/insider",
            web::post().to(insiders::mark),
        )
        .route("/console/{appid}/fields", web::get().to(fields::list))
        .route("/console/{appid}/fields", web::post().to(fields::add))
        .route(
            "/console/{appid}/fields/{id}",
            web::post().to(fields::change),
        )
        .route(
            "/console/{appid}/fields/{id}/{act}",
            web::post().to(fields::act),
        );
}
