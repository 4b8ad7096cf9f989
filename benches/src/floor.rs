//! The floor: a bare actix-web server that does exactly the webhook's cryptographic and parsing work and nothing else:
//! signature in constant time, decryption, parsing, a passive reply, encryption, signature.

use std::sync::Arc;

use actix_web::web::{self, Bytes, Data, Query};
use actix_web::{App, HttpResponse, HttpServer};
use daogou_ground::{Chance, Clock};
use daogou_wechat::{Body, Door, Message, Push, Query as PushQuery, Reply};

use crate::fault::Done;
use crate::wire;

struct Bare {
    door: Door,
    clock: Clock,
    chance: Chance,
}

/// Serves until the process ends, with as many web threads as the product has: one a core.
pub fn serve(port: u16) -> Done<()> {
    let bare = Arc::new(Bare {
        door: wire::door()?,
        clock: Clock::system(),
        chance: Chance::system(),
    });
    let threads = std::thread::available_parallelism()?.get();
    let server = HttpServer::new(move || {
        App::new()
            .app_data(Data::from(bare.clone()))
            .route("/wechat/{appid}", web::post().to(receive))
            .route("/readyz", web::get().to(HttpResponse::Ok))
    });
    let server = server.workers(threads).bind(("127.0.0.1", port))?.run();
    actix_web::rt::System::new().block_on(server)?;
    Ok(())
}

async fn receive(bare: Data<Bare>, query: Query<PushQuery>, body: Bytes) -> HttpResponse {
    match echo(&bare, &query, &body) {
        Some(answer) => HttpResponse::Ok()
            .content_type("text/xml; charset=utf-8")
            .body(answer),
        None => HttpResponse::Forbidden().finish(),
    }
}

fn echo(bare: &Bare, query: &PushQuery, body: &[u8]) -> Option<String> {
    let opened = bare.door.open(query, body).ok()?;
    let push = Push::parse(opened.format, &opened.text).ok()?;
    let Body::Message(Message::Text { content, .. }) = push.body else {
        return None;
    };
    let now = bare.clock.now().timestamp();
    let reply = Reply::Text { content };
    let xml = reply.to_xml(&push.from?, &push.to?, now).ok()?;
    let nonce = bare.chance.below(10_000_000_000).to_string();
    bare.door
        .seal(opened.key_index?, &xml, now, &nonce, bare.chance.bytes())
        .ok()
}
