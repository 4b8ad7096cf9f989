//! A member's own page, and what is changed there.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use daogou_schema::{Address, GuideId, MemberId, MessageId, StoreId, TagId, Timestamp, guide};
use minijinja::{Value, context};

use super::chat;
use super::gate::{Desk, Fields, SentBy};
use super::guides::stores_of;
use super::insiders;
use super::privacy;
use super::stop::{Page, Stop};
use super::words::{self, problem};
use crate::bindings::pool::{self, Row};
use crate::context::Context;
use crate::error::Error;
use crate::members::cards;
use crate::members::waiting::is_waiting;
use crate::web::language::ours;
use crate::web::page;
use crate::{members, outbound, tags};

pub(super) fn following(row: &Row) -> &'static str {
    match (row.identity.subscribed, row.identity.unsubscribed_at) {
        _ if is_waiting(&row.identity.openid) => "waiting",
        (true, _) => "yes",
        (false, Some(_)) => "left",
        (false, None) => "unknown",
    }
}

pub(super) async fn show(
    ctx: Data<Context>,
    desk: Desk,
    path: Path<(String, i64)>,
    asked: Query<HashMap<String, String>>,
) -> Page {
    let row = permitted(&ctx, &desk, path.1).await?;
    let before = asked.get("before").and_then(|id| id.parse().ok());
    shown(
        &ctx,
        &desk,
        StatusCode::OK,
        row,
        before.map(MessageId),
        None,
    )
    .await
}

/// The member, if she is in the scope.
pub(super) async fn permitted(ctx: &Context, desk: &Desk, id: i64) -> Result<Row, Stop> {
    let row = pool::get(ctx, desk.scope(), MemberId(id)).await?;
    row.ok_or(Stop::NotFound)
}

/// A form of her page that was not taken: which one, what was typed and why.
pub(super) struct Refused<'a> {
    /// The drawer that stands open.
    pub drawer: &'static str,
    /// What its fields say.
    pub typed: &'a Fields,
    /// What is wrong, by field.
    pub problems: Vec<Value>,
}

/// Her page again, with what is wrong.
pub(super) async fn refused(ctx: &Context, desk: &Desk, row: Row, refused: Refused<'_>) -> Page {
    let status = StatusCode::BAD_REQUEST;
    shown(ctx, desk, status, row, None, Some(refused)).await
}

/// Her page; with what was typed into one of its forms and why it was not taken, if so.
async fn shown(
    ctx: &Context,
    desk: &Desk,
    status: StatusCode,
    row: Row,
    before: Option<MessageId>,
    refused: Option<Refused<'_>>,
) -> Result<HttpResponse, Stop> {
    let zone = ctx.config.timezone;
    let guides = crate::guides::list(ctx.db.reads(), desk.account.id).await?;
    let stores = stores_of(ctx, desk).await?;
    let name = |id| guide_name(&guides, id);
    let events: Vec<_> = pool::history(ctx, row.member.id)
        .await?
        .iter()
        .map(|event| context! { at => words::moment(event.at, zone), text => words::event(event, name) })
        .collect();
    let chat = chat::read(ctx, desk, &row, before, &guides).await?;
    let older_href = chat
        .older
        .map(|line| format!("{}?before={line}", href(desk, &row)));
    let to = Address {
        account_id: desk.account.id,
        openid: row.identity.openid.clone(),
    };
    let label = words::member(&row.member);
    let now = Timestamp::from(ctx.clock.now());
    let windows: Vec<_> = outbound::open_windows(ctx, &to, now)
        .await?
        .iter()
        .map(|window| words::window(*window, zone))
        .collect();
    let binding = row.binding.as_ref().map(|binding| {
        context! {
            guide => name(binding.guide_id),
            guide_href => format!("{}/guides/{}", desk.at(), binding.guide_id),
            store => store_name(&stores, binding.store_id),
            since => words::moment(binding.bound_at, zone),
        }
    });
    let identity = context! {
        appid => &desk.account.appid,
        openid => Some(&row.identity.openid).filter(|openid| !is_waiting(openid)),
        following => following(&row),
        first_followed => words::moment_or_none(row.identity.first_subscribed_at, zone),
        came_by => row.identity.subscribe_scene.as_deref().map(words::came_by),
        unfollowed => words::moment_or_none(row.identity.unsubscribed_at, zone),
        seen => Some(row.identity.last_seen_at).filter(|_| !is_waiting(&row.identity.openid)).map(|at| words::moment(at, zone)),
    };
    let own_tags = tags::of_members(ctx.db.reads(), &[row.member.id]).await?;
    let own_tags = own_tags.get(&row.member.id).cloned().unwrap_or_default();
    let tags: Vec<_> = tags::list(ctx.db.reads(), desk.account.id)
        .await?
        .iter()
        .map(|tag| context! { id => tag.id.0, name => &tag.name, chosen => own_tags.contains(&tag.id) })
        .collect();
    let member = context! {
        id => row.member.id.0,
        href => href(desk, &row),
        label,
        name => &row.member.name,
        insider => row.member.insider.map(words::insider).map(ours),
        quiet => row.member.quiet,
        muted => row.member.muted,
        created_at => words::moment(row.member.created_at, zone),
    };
    let typed = |drawer: &str| {
        let again = refused.as_ref().filter(|it| it.drawer == drawer);
        again.map(|it| it.typed)
    };
    let name_typed = match typed("name") {
        Some(fields) => fields.get("name").to_owned(),
        None => row.member.name.clone().unwrap_or_default(),
    };
    Ok(page::show(
        status,
        "member",
        context! {
            here => "members",
            member,
            tags,
            typed => name_typed,
            fields => super::member_fields::card(ctx, desk, &row, typed("fields")).await?,
            ours_choices => insiders::card(&row),
            drawer => refused.as_ref().map_or("", |it| it.drawer),
            problems => refused.map(|it| it.problems).unwrap_or_default(),
            binding,
            identities => vec![identity],
            events,
            windows,
            lines => chat.lines,
            older_href,
            visits => super::visits::card(ctx, desk, row.member.id, &guides, &stores).await?,
            privacy => privacy::card(ctx, desk, &row).await?,
            card => cards::of(ctx.db.reads(), &[row.member.id]).await?.remove(&row.member.id),
            merges => super::merges::card(ctx, desk, row.member.id).await?,
            ..desk.frame()
        },
    ))
}

pub(super) async fn set_name(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, fields): SentBy<Desk>,
) -> Page {
    let row = permitted(&ctx, &desk, path.1).await?;
    let name = fields.get("name");
    match members::rename(&ctx, &desk.account, row.member.id, name, desk.gate.by()).await {
        Ok(()) => Ok(page::go_to(&href(&desk, &row))),
        Err(Error::Invalid(_)) => {
            let not_taken = Refused {
                drawer: "name",
                typed: &fields,
                problems: vec![problem("name", "备注名请写 1 到 20 个能显示的字")],
            };
            refused(&ctx, &desk, row, not_taken).await
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn set_tags(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, fields): SentBy<Desk>,
) -> Page {
    let row = permitted(&ctx, &desk, path.1).await?;
    let wanted = fields.named("tag-").filter_map(|id| id.parse().ok());
    let wanted = wanted.map(TagId).collect();
    tags::set(&ctx, &desk.account, row.member.id, wanted, desk.gate.by()).await?;
    Ok(page::go_to(&href(&desk, &row)))
}

pub(super) fn href(desk: &Desk, row: &Row) -> String {
    format!("{}/members/{}", desk.at(), row.member.id)
}

pub(super) fn guide_name(guides: &[guide::Model], id: GuideId) -> String {
    let found = guides.iter().find(|guide| guide.id == id);
    found.map_or_else(|| ours("已离开的导购"), |guide| guide.name.clone())
}

pub(super) fn store_name(stores: &[daogou_schema::store::Model], id: StoreId) -> &str {
    let found = stores.iter().find(|store| store.id == id);
    found.map_or("", |store| store.name.as_str())
}
