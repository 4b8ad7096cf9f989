//! The guide's workbench: pages for a phone, inside WeChat or in any browser. Whoever is signed in sees own customers, and
//! nobody else.

mod chat;
mod chats;
mod customers;
mod gate;
mod live;
mod me;
mod scripts;
mod sign_in;
mod stop;
mod tasks;
mod today;
mod visits;
mod words;

use actix_web::web::{self, PayloadConfig, ServiceConfig};

use crate::pictures;

/// The routes of the workbench.
pub(super) fn routes(config: &mut ServiceConfig) {
    config
        // Everybody: how to get in.
        .route("/workbench/sign-in", web::get().to(sign_in::show))
        .route("/workbench/wechat/{appid}", web::get().to(sign_in::begin))
        .route(
            "/workbench/wechat/{appid}/back",
            web::get().to(sign_in::back),
        )
        .route("/workbench/link/{token}", web::get().to(sign_in::link))
        .route("/workbench/link/{token}", web::post().to(sign_in::use_link))
        // A guide who is signed in.
        .route("/workbench", web::get().to(today::show))
        .route("/workbench/sign-out", web::post().to(sign_in::sign_out))
        .route("/workbench/live", web::get().to(live::stream))
        .route("/workbench/chats", web::get().to(chats::list))
        .route("/workbench/chats/{id}", web::get().to(chat::show))
        .route("/workbench/chats/{id}/lines", web::get().to(chat::lines))
        .route("/workbench/chats/{id}/lines", web::post().to(chat::write))
        .route("/workbench/chats/{id}/seen", web::post().to(chat::seen))
        .service(
            web::resource("/workbench/chats/{id}/pictures")
                .app_data(PayloadConfig::new(pictures::rules::BYTES_MAX))
                .route(web::post().to(chat::send_picture)),
        )
        .route(
            "/workbench/chats/{id}/scripts",
            web::get().to(scripts::choose),
        )
        .route("/workbench/scripts", web::get().to(scripts::list))
        .route("/workbench/scripts", web::post().to(scripts::save))
        .route("/workbench/scripts/{script}", web::get().to(scripts::edit))
        .route(
            "/workbench/scripts/{script}",
            web::post().to(scripts::change),
        )
        .route(
            "/workbench/scripts/{script}/remove",
            web::post().to(scripts::remove),
        )
        .route(
            "/workbench/scripts/{script}/picture",
            web::get().to(scripts::picture),
        )
        .route(
            "/workbench/chats/{id}/lines/{line}/file",
            web::get().to(chat::file),
        )
        .route("/workbench/customers", web::get().to(customers::list))
        .route("/workbench/customers/{id}", web::get().to(customers::show))
        .route(
            "/workbench/customers/{id}/name",
            web::post().to(customers::rename),
        )
        .route(
            "/workbench/customers/{id}/star",
            web::post().to(customers::star),
        )
        .route(
            "/workbench/customers/{id}/notes",
            web::post().to(customers::add_note),
        )
        .route(
            "/workbench/customers/{id}/notes/{note}/remove",
            web::post().to(customers::remove_note),
        )
        .route(
            "/workbench/customers/{id}/tasks",
            web::post().to(customers::add_task),
        )
        .route(
            "/workbench/customers/{id}/visits",
            web::post().to(visits::record),
        )
        .route("/workbench/tasks", web::get().to(tasks::list))
        .route("/workbench/tasks/{task}", web::post().to(tasks::set_done))
        .route("/workbench/me", web::get().to(me::show))
        .route("/workbench/me/code.svg", web::get().to(me::code))
        .service(
            web::resource("/workbench/me/photo")
                .app_data(PayloadConfig::new(pictures::rules::BYTES_MAX))
                .route(web::get().to(me::photo))
                .route(web::post().to(me::set_photo)),
        )
        .route("/workbench/me/duty", web::post().to(me::set_duty))
        .route("/workbench/me/stand-in", web::post().to(me::set_stand_in))
        .route("/workbench/me/link", web::post().to(me::make_link));
}
