//! What tells an open page that something has changed. It carries no truth: the page fetches what it missed by its own
//! cursor, and does so now and then without being told.

use std::time::Duration;

use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream;
use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::gate::{Seat, token_of};
use super::stop::Page;
use crate::context::Context;
use crate::conversations::desk;
use crate::guides::sign_in;
use crate::signals::Shown;

/// So often a page is told to look although nothing is known: what another process did may have been missed.
const TICK: Duration = Duration::from_secs(20);

struct Listener {
    ctx: Data<Context>,
    seat: Seat,
    token: String,
    changes: Receiver<Shown>,
    /// Nothing was said yet: the page may have missed something before it was heard.
    new: bool,
}

/// What ends a pause.
enum Pause {
    Shown,
    Tick,
    Over,
}

pub(super) async fn stream(ctx: Data<Context>, request: HttpRequest, seat: Seat) -> Page {
    let listener = Listener {
        changes: ctx.signals.on_shown(),
        token: token_of(&request).unwrap_or_default(),
        ctx,
        seat,
        new: true,
    };
    let events = stream::unfold(listener, |mut listener| async move {
        let said = listener.next().await?;
        Some((Ok::<_, actix_web::Error>(Bytes::from(said)), listener))
    });
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-store"))
        // A proxy that gathers would keep the page waiting.
        .insert_header(("x-accel-buffering", "no"))
        .streaming(events))
}

impl Listener {
    /// The next event; none when the page is not to be told anything any more.
    async fn next(&mut self) -> Option<String> {
        let pause = match std::mem::take(&mut self.new) {
            true => Pause::Shown,
            false => self.pause().await,
        };
        let name = match pause {
            Pause::Shown => "shown",
            Pause::Tick => "tick",
            Pause::Over => return None,
        };
        // Whoever was signed out, or has left, hears nothing more.
        let still = sign_in::signed_in(&self.ctx, &self.token).await;
        if !matches!(still, Ok(Some(_))) {
            return None;
        }
        let waiting = desk::waiting(&self.ctx, self.seat.guide.id).await.ok()?;
        Some(format!(
            "event: {name}\nretry: 2000\ndata: {{\"waiting\":{waiting}}}\n\n"
        ))
    }

    async fn pause(&mut self) -> Pause {
        let own = self.seat.guide.id;
        let shown = async {
            loop {
                match self.changes.recv().await {
                    Ok(shown) if shown.guide == own => return Pause::Shown,
                    Ok(_) => {}
                    // Too much at once: something of hers may be among it.
                    Err(RecvError::Lagged(_)) => return Pause::Shown,
                    Err(RecvError::Closed) => return Pause::Over,
                }
            }
        };
        tokio::select! {
            shown = shown => shown,
            () = tokio::time::sleep(TICK) => Pause::Tick,
            () = self.ctx.tasks.stop.cancelled() => Pause::Over,
        }
    }
}
