//! The list of conversations: who waits first.

use std::collections::HashMap;

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use daogou_schema::{MessageId, Timestamp};
use minijinja::{Value, context};

use super::gate::Seat;
use super::stop::Page;
use super::words;
use crate::context::Context;
use crate::conversations::desk::{self, Chat};
use crate::web::page;

/// How many conversations a page shows.
const ROWS: u64 = 40;
/// So much of a line is shown.
const EXCERPT_CHARS: usize = 40;

pub(super) async fn list(
    ctx: Data<Context>,
    request: HttpRequest,
    seat: Seat,
    asked: Query<HashMap<String, String>>,
) -> Page {
    let after = asked.get("after").and_then(|text| place(text));
    let found = desk::chats(&ctx, seat.guide.id, after, ROWS).await?;
    let now = Timestamp::from(ctx.clock.now());
    let full = found.len() >= usize::try_from(ROWS).unwrap_or(usize::MAX);
    let next = found.last().filter(|_| full).map(|chat| chat.place);
    let rows: Vec<_> = found.iter().map(|chat| shown(&ctx, chat, now)).collect();
    // Who waits stands first, so on the first page they are counted already.
    let waiting = match after {
        None => count(&found),
        Some(_) => desk::waiting(&ctx, seat.guide.id).await?,
    };
    let name = match request.headers().contains_key("x-part") {
        true => "workbench/chats_rows",
        false => "workbench/chats",
    };
    Ok(page::show(
        StatusCode::OK,
        name,
        context! {
            rows,
            first => after.is_none(),
            next => next.map(|(waits, line)| format!("/workbench/chats?after={}.{line}", u8::from(waits))),
            ..seat.frame("chats", waiting)
        },
    ))
}

fn count(found: &[Chat]) -> u32 {
    let waiting = found.iter().filter(|chat| chat.unanswered).count();
    u32::try_from(waiting).unwrap_or(u32::MAX)
}

fn place(text: &str) -> Option<(bool, MessageId)> {
    let (waits, line) = text.split_once('.')?;
    Some((waits == "1", MessageId(line.parse().ok()?)))
}

fn shown(ctx: &Context, chat: &Chat, now: Timestamp) -> Value {
    let zone = ctx.config.timezone;
    let mut text: String = chat.text.chars().take(EXCERPT_CHARS).collect();
    if chat.text.chars().nth(EXCERPT_CHARS).is_some() {
        text.push('…');
    }
    context! {
        id => chat.member.0,
        name => words::label(ctx, chat.name.as_deref(), None),
        number => chat.number,
        text,
        at => words::when(chat.at, now, zone),
        unanswered => chat.unanswered,
        unread => chat.unread,
        window => words::window(chat.window, now),
        stands_in => chat.stands_in,
        starred => chat.starred,
        waits => chat.unanswered.then(|| words::span(now - chat.at)),
    }
}
