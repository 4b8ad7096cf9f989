//! The part of the URL map about what is known of a member: what she is to the brand, and what the brand wants to know.

use actix_web::web::{self, ServiceConfig};

use super::{fields, insiders, member_fields, registration};

/// A member's own form: whoever has the link, which is signed, one member's and good for a day.
pub(super) fn of_consumers(config: &mut ServiceConfig) {
    config
        .route("/m/form/{token}", web::get().to(registration::show))
        .route("/m/form/{token}", web::post().to(registration::save));
}

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
