//! The part of the URL map about regions, stores that open and close, and how guides come and go, each line with who may
//! call it.

use actix_web::web::{self, ServiceConfig};

use super::{closing, join, joining, photos, profiles, proposals, regions};

/// A would-be guide's phone: whoever has the link, or the address of her own page.
pub(super) fn of_would_be_guides(config: &mut ServiceConfig) {
    config
        .route("/m/join/{link}", web::get().to(join::show))
        .route("/m/join/{link}", web::post().to(join::apply))
        .route("/m/joining/{key}", web::get().to(join::own_show))
        .route("/m/joining/{key}/link.png", web::get().to(join::link_code))
        .route("/m/joining/{key}/code.png", web::get().to(join::guide_code));
}

/// How guides join a store, and what is known and wished of them: whoever is signed in, store managers their own store's.
pub(super) fn of_joining(config: &mut ServiceConfig) {
    config
        .route(
            "/console/{appid}/stores/{id}/joining",
            web::get().to(joining::show),
        )
        .route(
            "/console/{appid}/stores/{id}/joining/link.svg",
            web::get().to(joining::link_svg),
        )
        .route(
            "/console/{appid}/stores/{id}/joining/link",
            web::post().to(joining::make_link),
        )
        .route(
            "/console/{appid}/stores/{id}/joining/withdraw",
            web::post().to(joining::withdraw),
        )
        .route(
            "/console/{appid}/stores/{id}/joining/{applicant}/approve",
            web::post().to(joining::approve),
        )
        .route(
            "/console/{appid}/stores/{id}/joining/{applicant}/decline",
            web::post().to(joining::decline),
        )
        .route(
            "/console/{appid}/guides/{id}/proposal",
            web::get().to(proposals::show),
        )
        .route(
            "/console/{appid}/guides/{id}/proposal",
            web::post().to(proposals::propose),
        )
        .route(
            "/console/{appid}/guides/{id}/profile",
            web::post().to(profiles::change),
        )
        .route(
            "/console/{appid}/guides/{id}/phone",
            web::post().to(profiles::reveal),
        )
        .route(
            "/console/{appid}/guides/{id}/photo",
            web::get().to(photos::show),
        )
        .route(
            "/console/{appid}/guides/{id}/photo",
            web::post().to(photos::set),
        )
        .route(
            "/console/{appid}/guides/{id}/photo/remove",
            web::post().to(photos::take_off),
        );
}

/// Closing a store, and what is said to proposals: headquarters only.
pub(super) fn of_closing(config: &mut ServiceConfig) {
    config
        .route(
            "/console/{appid}/hand-overs/{id}/accept",
            web::post().to(proposals::accept),
        )
        .route(
            "/console/{appid}/hand-overs/{id}/decline",
            web::post().to(proposals::decline),
        )
        .route(
            "/console/{appid}/stores/{id}/closing",
            web::get().to(closing::show),
        )
        .route(
            "/console/{appid}/stores/{id}/closing",
            web::post().to(closing::close),
        )
        .route(
            "/console/{appid}/stores/{id}/reopening",
            web::post().to(closing::reopen),
        );
}

/// Regions: headquarters only.
pub(super) fn of_regions(config: &mut ServiceConfig) {
    config
        .route("/console/{appid}/regions", web::post().to(regions::add))
        .route(
            "/console/{appid}/regions/{id}",
            web::post().to(regions::change),
        )
        .route(
            "/console/{appid}/regions/{id}/remove",
            web::post().to(regions::remove),
        );
}
