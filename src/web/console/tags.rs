//! Tags: the list, adding, renaming, removing.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use daogou_schema::TagId;
use minijinja::{Value, context};

use super::gate::{Desk, Fields, SentBy};
use super::stop::{Page, Stop};
use super::words::{self, problem};
use crate::bindings::pool::COUNTED_MAX;
use crate::context::Context;
use crate::tags::{self, No};
use crate::web::page;

pub(super) async fn list(ctx: Data<Context>, desk: Desk) -> Page {
    desk.for_headquarters()?;
    shown(&ctx, &desk, StatusCode::OK, &Fields::default(), Vec::new()).await
}

async fn shown(
    ctx: &Context,
    desk: &Desk,
    status: StatusCode,
    fields: &Fields,
    problems: Vec<Value>,
) -> Result<HttpResponse, Stop> {
    let mut rows = Vec::new();
    for tag in tags::list(ctx.db.reads(), desk.account.id).await? {
        let size = tags::size(ctx.db.reads(), tag.id, COUNTED_MAX).await?;
        rows.push(context! {
            id => tag.id.0,
            name => &tag.name,
            members => words::size(size),
            members_href => format!("{}/members?tag={}", desk.at(), tag.id),
            created_at => words::moment(tag.created_at, ctx.config.timezone),
        });
    }
    // The drawer that was sent is open again: that of one tag, or the one for a new tag.
    let (id, name) = (fields.get("id"), fields.get("name"));
    Ok(page::show(
        status,
        "tags",
        context! { here => "tags", tags => rows, form => context! { id, name }, problems, ..desk.frame() },
    ))
}

pub(super) async fn add(ctx: Data<Context>, SentBy(desk, fields): SentBy<Desk>) -> Page {
    desk.for_headquarters()?;
    let added = tags::add(&ctx, &desk.account, fields.get("name"), desk.gate.by()).await?;
    answer(&ctx, &desk, &fields, added.map(drop)).await
}

pub(super) async fn rename(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, fields): SentBy<Desk>,
) -> Page {
    desk.for_headquarters()?;
    let (id, name) = (TagId(path.1), fields.get("name"));
    let renamed = tags::rename(&ctx, &desk.account, id, name, desk.gate.by()).await?;
    let fields = Fields::from([("id", id.to_string()), ("name", name.to_owned())]);
    answer(&ctx, &desk, &fields, renamed).await
}

pub(super) async fn remove(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, _): SentBy<Desk>,
) -> Page {
    desk.for_headquarters()?;
    match tags::remove(&ctx, &desk.account, TagId(path.1), desk.gate.by()).await? {
        Ok(()) => Ok(page::go_to(&format!("{}/tags", desk.at()))),
        Err(_) => Err(Stop::NotFound),
    }
}

async fn answer(
    ctx: &Context,
    desk: &Desk,
    fields: &Fields,
    done: Result<(), No>,
) -> Result<HttpResponse, Stop> {
    match done {
        Ok(()) => Ok(page::go_to(&format!("{}/tags", desk.at()))),
        Err(No::Missing) => Err(Stop::NotFound),
        Err(no) => {
            let wrong = vec![problem("name", refused(no))];
            shown(ctx, desk, StatusCode::BAD_REQUEST, fields, wrong).await
        }
    }
}

/// Why a tag's name was not taken.
pub(super) fn refused(no: No) -> &'static str {
    match no {
        No::Empty => "请填写标签名",
        No::Long => "标签名最多 20 个字",
        No::Unreadable => "标签名里有不能显示的字符",
        No::Taken => "已有同名标签",
        No::Many => "标签已有 200 个，请先删除不用的",
        No::Missing => "这个标签已经删除",
    }
}
