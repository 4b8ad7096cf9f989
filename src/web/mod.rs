//! The URL map of the server, on one screen, each line with who may call it.

mod archive;
mod assets;
mod console;
mod failure;
mod file;
mod form;
mod health;
mod language;
mod page;
mod trace;
mod unread;
mod webhook;
mod workbench;

use actix_web::middleware::from_fn;
use actix_web::web::{self, Data, ServiceConfig};

use crate::context::Context;

/// The routes of this process's role.
pub fn routes(ctx: Context) -> impl FnOnce(&mut ServiceConfig) {
    move |config: &mut ServiceConfig| {
        let mut scope = web::scope("")
            .wrap(from_fn(trace::trace))
            .wrap(from_fn(unread::held))
            .wrap(from_fn(language::heard))
            // Everybody: no secrets in them.
            .route("/healthz", web::get().to(health::alive))
            .route("/readyz", web::get().to(health::ready))
            .route("/metrics", web::get().to(health::metrics))
            .route("/", web::get().to(health::root))
            .default_service(web::route().to(failure::not_found));
        if ctx.config.role.serves() {
            scope = scope
                // WeChat: whoever signs with the account's token.
                .route("/wechat/{appid}", web::get().to(webhook::verify))
                .route("/wechat/{appid}", web::post().to(webhook::receive))
                // Everybody: style sheets and scripts.
                .route("/assets/{version}/{name:.*}", web::get().to(assets::file))
                .configure(console::routes)
                .configure(workbench::routes);
        }
        config.app_data(Data::new(ctx)).service(scope);
    }
}
