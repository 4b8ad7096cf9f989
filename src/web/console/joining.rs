//! A store's invitation of guides, and who came by it: whoever looks after the store says yes or no.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Data, Path};
use daogou_schema::applicant::{Model, State};
use daogou_schema::{ApplicantId, StoreId, store};
use minijinja::{Value, context};

use super::gate::{Desk, SentBy};
use super::guides::stores_of;
use super::stop::{Page, Stop};
use super::words::{self, problem};
use crate::context::Context;
use crate::error::Error;
use crate::guides::joining::{self, No};
use crate::picture::Picture;
use crate::web::language::ours;
use crate::web::page;

pub(super) async fn show(ctx: Data<Context>, desk: Desk, path: Path<(String, i64)>) -> Page {
    let store = permitted(&ctx, &desk, path.1).await?;
    shown(&ctx, &desk, StatusCode::OK, &store, Vec::new()).await
}

async fn permitted(ctx: &Context, desk: &Desk, id: i64) -> Result<store::Model, Stop> {
    let all = stores_of(ctx, desk).await?;
    let found = all.into_iter().find(|store| store.id == StoreId(id));
    found.ok_or(Stop::NotFound)
}

fn at(desk: &Desk, store: &store::Model) -> String {
    format!("{}/stores/{}/joining", desk.at(), store.id)
}

async fn shown(
    ctx: &Context,
    desk: &Desk,
    status: StatusCode,
    store: &store::Model,
    problems: Vec<Value>,
) -> Page {
    let zone = ctx.config.timezone;
    let link = joining::link_of(ctx, store).await?.map(|link| {
        context! {
            address => address(ctx, &link.token),
            svg_href => format!("{}/link.svg", at(desk, store)),
            expires_at => words::moment(link.expires_at, zone),
        }
    });
    let all = joining::applicants(ctx, store.id).await?;
    let row = |row: &Model| {
        context! {
            id => row.id.0,
            name => &row.name,
            speciality => &row.speciality,
            phone => &row.phone_masked,
            created_at => words::moment(row.created_at, zone),
            decided_at => words::moment_or_none(row.decided_at, zone),
            approved => row.state == State::Approved,
            guide_href => row.guide_id.map(|id| format!("{}/guides/{id}", desk.at())),
        }
    };
    let (waiting, decided): (Vec<_>, Vec<_>) =
        all.iter().partition(|row| row.state == State::Waiting);
    let waiting: Vec<_> = waiting.into_iter().map(row).collect();
    let decided: Vec<_> = decided.into_iter().map(row).collect();
    Ok(page::show(
        status,
        "joining",
        context! {
            here => "stores",
            store => context! {
                name => &store.name,
                href => format!("{}/stores/{}", desk.at(), store.id),
                closed => store.closed_at.is_some(),
            },
            self_href => at(desk, store),
            link,
            waiting,
            decided,
            days => joining::LINK_LASTS.num_days(),
            problems,
            ..desk.frame()
        },
    ))
}

fn address(ctx: &Context, token: &str) -> String {
    let house = ctx.config.public_url.trim_end_matches('/');
    format!("{house}/m/join/{token}")
}

pub(super) async fn link_svg(ctx: Data<Context>, desk: Desk, path: Path<(String, i64)>) -> Page {
    let store = permitted(&ctx, &desk, path.1).await?;
    let link = joining::link_of(&ctx, &store)
        .await?
        .ok_or(Stop::NotFound)?;
    let picture = Picture::of(&address(&ctx, &link.token)).map_err(Error::Internal)?;
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "private, no-store"))
        .content_type("image/svg+xml")
        .body(picture.svg()))
}

pub(super) async fn make_link(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, _): SentBy<Desk>,
) -> Page {
    let store = permitted(&ctx, &desk, path.1).await?;
    match joining::make_link(&ctx, &store, desk.gate.signed_in.staff.id).await? {
        Ok(()) => Ok(page::go_to(&at(&desk, &store))),
        Err(no) => refused(&ctx, &desk, &store, &no).await,
    }
}

pub(super) async fn withdraw(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, _): SentBy<Desk>,
) -> Page {
    let store = permitted(&ctx, &desk, path.1).await?;
    joining::withdraw_link(&ctx, &store, desk.gate.by()).await?;
    Ok(page::go_to(&at(&desk, &store)))
}

pub(super) async fn approve(
    ctx: Data<Context>,
    path: Path<(String, i64, i64)>,
    SentBy(desk, _): SentBy<Desk>,
) -> Page {
    let store = permitted(&ctx, &desk, path.1).await?;
    let (id, by) = (ApplicantId(path.2), desk.gate.by());
    match joining::approve(&ctx, &desk.account, &store, id, by).await? {
        Ok(_) => Ok(page::go_to(&at(&desk, &store))),
        Err(no) => refused(&ctx, &desk, &store, &no).await,
    }
}

pub(super) async fn decline(
    ctx: Data<Context>,
    path: Path<(String, i64, i64)>,
    SentBy(desk, _): SentBy<Desk>,
) -> Page {
    let store = permitted(&ctx, &desk, path.1).await?;
    match joining::decline(&ctx, &store, ApplicantId(path.2), desk.gate.by()).await? {
        Ok(()) => Ok(page::go_to(&at(&desk, &store))),
        Err(no) => refused(&ctx, &desk, &store, &no).await,
    }
}

async fn refused(ctx: &Context, desk: &Desk, store: &store::Model, no: &No) -> Page {
    let text = match no {
        No::Over => "这家门店已经关店，不再招募导购".to_owned(),
        No::Taken => {
            "店里已有同名导购。请先请其中一位改名，或婉拒后请对方换个名字再提交".to_owned()
        }
        No::Upstream(why) => format!("微信没有生成二维码，还没有加入，请稍后再试：{why}"),
        No::TooLate | No::Name | No::Speciality | No::TooMany => {
            "这个申请已经处理过，或已经过期".to_owned()
        }
    };
    let problems = vec![problem("", text)];
    shown(ctx, desk, StatusCode::CONFLICT, store, problems).await
}

/// What the first page says of who waits.
pub(super) async fn attention(ctx: &Context, desk: &Desk) -> Result<Vec<Value>, Stop> {
    let mut counts: HashMap<StoreId, usize> = HashMap::new();
    for store in joining::waiting(ctx, &desk.account).await? {
        *counts.entry(store).or_default() += 1;
    }
    if counts.is_empty() {
        return Ok(Vec::new());
    }
    let stores = stores_of(ctx, desk).await?;
    let line = |store: &store::Model| {
        let count = counts.get(&store.id)?;
        let text = ours(format!("{count} 位新导购申请加入{}，等待确认", store.name));
        Some(context! { text, href => at(desk, store) })
    };
    Ok(stores.iter().filter_map(line).collect())
}
