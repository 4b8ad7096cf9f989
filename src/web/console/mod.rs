//! The console of headquarters: `/console`. A handler loads what it may, calls a verb and fills a page.

mod audit;
mod codes;
mod erasures;
mod gate;
mod guides;
mod hand_overs;
mod invitation;
mod members;
mod overview;
mod privacy;
mod sign_in;
mod staff;
mod stop;
mod stores;
mod words;

use actix_web::web::{self, ServiceConfig};

/// The URL map of the console, each line with who may call it.
pub(super) fn routes(config: &mut ServiceConfig) {
    of_privacy(config);
    config
        // Everybody: they are how one comes in.
        .route("/console/sign-in", web::get().to(sign_in::show))
        .route("/console/sign-in", web::post().to(sign_in::sign_in))
        .route(
            "/console/invitations/{token}",
            web::get().to(invitation::show),
        )
        .route(
            "/console/invitations/{token}",
            web::post().to(invitation::accept),
        )
        // Whoever is signed in.
        .route("/console", web::get().to(overview::first))
        .route("/console/sign-out", web::post().to(sign_in::sign_out))
        // Administrators of headquarters.
        .route("/console/audit", web::get().to(audit::show))
        .route("/console/audit.csv", web::get().to(audit::export))
        .route("/console/staff", web::get().to(staff::show))
        .route("/console/staff", web::post().to(staff::invite))
        .route(
            "/console/staff/{id}/sign-out",
            web::post().to(staff::sign_out),
        )
        .route("/console/staff/{id}/leave", web::post().to(staff::leave))
        .route(
            "/console/staff/invitations/{id}/withdraw",
            web::post().to(staff::withdraw),
        )
        // Whoever is signed in, store managers their own store's.
        .route("/console/{appid}", web::get().to(overview::show))
        .route("/console/{appid}/members", web::get().to(members::list))
        .route(
            "/console/{appid}/members/{id}",
            web::get().to(members::show),
        )
        .route("/console/{appid}/stores", web::get().to(stores::list))
        .route(
            "/console/{appid}/stores/{id}/code.svg",
            web::get().to(codes::of_store),
        )
        .route("/console/{appid}/guides", web::get().to(guides::list))
        .route("/console/{appid}/guides/{id}", web::get().to(guides::show))
        .route(
            "/console/{appid}/guides/{id}/code.{kind}",
            web::get().to(codes::of_guide),
        )
        .route(
            "/console/{appid}/guides/{id}/link.svg",
            web::get().to(codes::link_of_guide),
        )
        // Headquarters.
        .route(
            "/console/{appid}/hand-overs",
            web::get().to(hand_overs::list),
        )
        .route(
            "/console/{appid}/hand-overs",
            web::post().to(hand_overs::freeze),
        )
        .route(
            "/console/{appid}/hand-overs/{id}",
            web::get().to(hand_overs::show),
        )
        .route(
            "/console/{appid}/hand-overs/{id}/confirm",
            web::post().to(hand_overs::confirm),
        )
        .route(
            "/console/{appid}/hand-overs/{id}/undo",
            web::post().to(hand_overs::undo),
        )
        .route("/console/{appid}/stores", web::post().to(stores::add))
        .route("/console/{appid}/guides", web::post().to(guides::add))
        .route(
            "/console/{appid}/guides/{id}/link",
            web::post().to(guides::link),
        );
}

/// What is kept about a member, and its end.
fn of_privacy(config: &mut ServiceConfig) {
    config
        // Headquarters.
        .route(
            "/console/{appid}/members/{id}/privacy",
            web::get().to(privacy::show),
        )
        .route(
            "/console/{appid}/members/{id}/privacy/consents",
            web::post().to(privacy::note),
        )
        .route(
            "/console/{appid}/members/{id}/privacy/phone",
            web::post().to(privacy::set_phone),
        )
        .route(
            "/console/{appid}/members/{id}/privacy/phone/reveal",
            web::post().to(privacy::reveal),
        )
        .route(
            "/console/{appid}/members/{id}/privacy/export",
            web::post().to(privacy::export),
        )
        .route("/console/{appid}/erasures", web::get().to(erasures::list))
        .route(
            "/console/{appid}/erasures/{id}",
            web::get().to(erasures::show),
        )
        // Administrators of headquarters.
        .route(
            "/console/{appid}/members/{id}/privacy/erase",
            web::get().to(privacy::ask_erasure),
        )
        .route(
            "/console/{appid}/members/{id}/privacy/erase",
            web::post().to(privacy::erase),
        );
}
