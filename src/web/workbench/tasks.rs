//! What a guide has to do for own customers.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use daogou_schema::{TaskId, Timestamp};
use minijinja::{Value, context};

use super::gate::{Seat, SentBy};
use super::stop::{Page, Stop};
use super::words;
use crate::care::{self, Due};
use crate::context::Context;
use crate::conversations::desk;
use crate::web::page;

pub(super) async fn list(
    ctx: Data<Context>,
    seat: Seat,
    asked: Query<HashMap<String, String>>,
) -> Page {
    let done = asked.get("state").is_some_and(|state| state == "done");
    let found = care::due(&ctx, seat.guide.id, done).await?;
    let now = Timestamp::from(ctx.clock.now());
    let rows: Vec<_> = found.iter().map(|due| shown(&ctx, due, now)).collect();
    let waiting = desk::waiting(&ctx, seat.guide.id).await?;
    Ok(page::show(
        StatusCode::OK,
        "workbench/tasks",
        context! { rows, done, ..seat.frame("tasks", waiting) },
    ))
}

/// A task in a list.
pub(super) fn shown(ctx: &Context, due: &Due, now: Timestamp) -> Value {
    let zone = ctx.config.timezone;
    context! {
        id => due.id.0,
        member => due.member_id.0,
        who => words::label(ctx, due.name.as_deref(), due.number),
        text => &due.text,
        due => words::moment(due.due_at, now, zone),
        late => due.done_at.is_none() && due.due_at <= now,
        done => due.done_at.map(|at| words::moment(at, now, zone)),
    }
}

/// A task is done, or open again; then back to where it was tapped.
pub(super) async fn set_done(
    ctx: Data<Context>,
    path: Path<i64>,
    SentBy(seat, fields): SentBy,
) -> Page {
    let task = TaskId(*path);
    let member = care::member_of(&ctx, task).await?.ok_or(Stop::NotFound)?;
    let (row, _) = seat.customer(&ctx, member.0).await?;
    let done = fields.get("done") == "yes";
    care::set_done(&ctx, row.member.id, task, done).await?;
    let back = match fields.get("back") {
        "customer" => format!("/workbench/customers/{member}#tasks"),
        "today" => "/workbench".to_owned(),
        _ if done => "/workbench/tasks".to_owned(),
        _ => "/workbench/tasks?state=done".to_owned(),
    };
    Ok(page::go_to(&back))
}
