//! The part of the URL map that is about bringing people in: campaigns, who followed before, the menu below the chat. All of
//! it is for headquarters.

use actix_web::web::{self, ServiceConfig};

use super::{campaigns, followers, menu};

pub(super) fn routes(config: &mut ServiceConfig) {
    of_campaigns(config);
    of_followers(config);
    of_menu(config);
}

fn of_followers(config: &mut ServiceConfig) {
    config
        .route("/console/{appid}/followers", web::get().to(followers::show))
        .route(
            "/console/{appid}/followers/start",
            web::post().to(followers::start),
        )
        .route(
            "/console/{appid}/followers/stop",
            web::post().to(followers::stop),
        );
}

fn of_menu(config: &mut ServiceConfig) {
    config
        .route("/console/{appid}/menu", web::get().to(menu::show))
        .route("/console/{appid}/menu", web::post().to(menu::save))
        .route(
            "/console/{appid}/menu/preview",
            web::post().to(menu::preview),
        )
        .route(
            "/console/{appid}/menu/publish",
            web::post().to(menu::publish),
        )
        .route(
            "/console/{appid}/menu/discard",
            web::post().to(menu::discard),
        )
        .route("/console/{appid}/menu/live", web::get().to(menu::live))
        .route(
            "/console/{appid}/menu/rules",
            web::post().to(menu::add_rule),
        )
        .route(
            "/console/{appid}/menu/rules/{tag}/remove",
            web::post().to(menu::remove_rule),
        )
        .route(
            "/console/{appid}/menu/versions/{id}",
            web::post().to(menu::restore),
        );
}

fn of_campaigns(config: &mut ServiceConfig) {
    config
        .route("/console/{appid}/campaigns", web::get().to(campaigns::list))
        .route("/console/{appid}/campaigns", web::post().to(campaigns::add))
        .route(
            "/console/{appid}/campaigns/new",
            web::get().to(campaigns::new),
        )
        .route(
            "/console/{appid}/campaigns/preview",
            web::post().to(campaigns::form::preview),
        )
        .route(
            "/console/{appid}/campaigns/{id}",
            web::get().to(campaigns::show),
        )
        .route(
            "/console/{appid}/campaigns/{id}",
            web::post().to(campaigns::change),
        )
        .route(
            "/console/{appid}/campaigns/{id}/edit",
            web::get().to(campaigns::edit),
        )
        .route(
            "/console/{appid}/campaigns/{id}/end",
            web::post().to(campaigns::end),
        )
        .route(
            "/console/{appid}/campaigns/{id}/code.{kind}",
            web::get().to(campaigns::picture),
        )
        .route(
            "/console/{appid}/campaigns/{id}/poster",
            web::get().to(campaigns::poster),
        );
}
