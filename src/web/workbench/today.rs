//! 工作台: what waits today.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use chrono::TimeDelta;
use daogou_schema::Timestamp;
use minijinja::context;

use super::gate::Seat;
use super::stop::Page;
use super::{tasks, words};
use crate::bindings::pool;
use crate::care;
use crate::context::Context;
use crate::conversations::desk::{self, Chat};
use crate::web::page;

/// How many of the conversations that wait are looked at for what is urgent.
const LOOKED_AT: u64 = 60;
/// How many are shown.
const SHOWN: usize = 5;
/// A window that shuts so soon is urgent.
const SHUTS_SOON: TimeDelta = TimeDelta::hours(6);
/// Who waits for so long waits too long.
const TOO_LONG: TimeDelta = TimeDelta::hours(1);

pub(super) async fn show(ctx: Data<Context>, seat: Seat) -> Page {
    let (own, now) = (seat.guide.id, Timestamp::from(ctx.clock.now()));
    let zone = ctx.config.timezone;
    let chats = desk::chats(&ctx, own, None, LOOKED_AT).await?;
    let waiting: Vec<_> = chats.iter().filter(|chat| chat.unanswered).collect();
    let shuts = |chat: &&&Chat| {
        let until = chat.window.map(|(until, _)| until);
        until.is_some_and(|until| until - now <= SHUTS_SOON)
    };
    let closing: Vec<_> = waiting.iter().filter(shuts).collect();
    let long = waiting.iter().filter(|chat| now - chat.at >= TOO_LONG);
    let today = words::start_of_day(now, zone);
    let fans = pool::count_new(&ctx, own, today).await?;
    let due = care::due(&ctx, own, false).await?;
    let urgent = due
        .iter()
        .filter(|due| due.due_at < today + TimeDelta::days(1));
    let urgent: Vec<_> = urgent.collect();
    let row = |chat: &&Chat| {
        context! {
            id => chat.member.0,
            name => words::label(&ctx, chat.name.as_deref(), None),
            number => chat.number,
            text => &chat.text,
            waits => words::span(now - chat.at),
            window => words::window(chat.window, now),
        }
    };
    let waits = desk::waiting(&ctx, own).await?;
    Ok(page::show(
        StatusCode::OK,
        "workbench/today",
        context! {
            fans,
            long => long.count(),
            closing => closing.len(),
            urgent => urgent.len(),
            chats => waiting.iter().take(SHOWN).map(row).collect::<Vec<_>>(),
            due => urgent.iter().take(SHOWN).map(|due| tasks::shown(&ctx, due, now)).collect::<Vec<_>>(),
            ..seat.frame("today", waits)
        },
    ))
}
