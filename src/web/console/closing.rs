//! Closing a store and opening it again: headquarters only.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use daogou_schema::{GuideId, StoreId, Timestamp, guide, store};
use minijinja::{Value, context};

use super::gate::{Desk, SentBy};
use super::guides::{guides_of, store_name, stores_of};
use super::stop::{Page, Stop};
use super::words::{self, problem};
use crate::bindings::pool;
use crate::context::Context;
use crate::guides;
use crate::hand_overs::closing::{self, Closing, No};
use crate::hand_overs::rules::UNDO_WITHIN;
use crate::web::page;

/// Of how many guides elsewhere it is shown how many members they have.
const GUIDES_COUNTED: usize = 100;

pub(super) async fn show(ctx: Data<Context>, desk: Desk, path: Path<(String, i64)>) -> Page {
    let store = permitted(&ctx, &desk, path.1).await?;
    shown(&ctx, &desk, StatusCode::OK, &store, &[], Vec::new()).await
}

async fn permitted(ctx: &Context, desk: &Desk, id: i64) -> Result<store::Model, Stop> {
    desk.for_headquarters()?;
    let all = stores_of(ctx, desk).await?;
    let found = all.into_iter().find(|store| store.id == StoreId(id));
    found.ok_or(Stop::NotFound)
}

async fn shown(
    ctx: &Context,
    desk: &Desk,
    status: StatusCode,
    store: &store::Model,
    picked: &[GuideId],
    problems: Vec<Value>,
) -> Page {
    let (zone, now) = (ctx.config.timezone, Timestamp::from(ctx.clock.now()));
    let stores = stores_of(ctx, desk).await?;
    let all = guides_of(ctx, desk).await?;
    let (own, others): (Vec<_>, Vec<_>) = all.iter().partition(|guide| guide.store_id == store.id);
    let mut leaving = Vec::new();
    let mut size = 0;
    for guide in own {
        let members = pool::size(ctx, guide.id).await?;
        size += members;
        leaving.push(
            context! { id => guide.id.0, name => &guide.name, members => words::size(members) },
        );
    }
    let mut choices = Vec::new();
    for (place, guide) in others.into_iter().enumerate() {
        choices.push(choice(ctx, &stores, guide, place, picked).await?);
    }
    Ok(page::show(
        status,
        "store_close",
        context! {
            here => "stores",
            store => context! {
                name => &store.name,
                href => format!("{}/stores/{}", desk.at(), store.id),
                closed_at => words::moment_or_none(store.closed_at, zone),
                reopens => store.closed_at.is_some_and(|at| now - at <= UNDO_WITHIN),
                until => words::moment_or_none(store.closed_at.map(|at| at + UNDO_WITHIN), zone),
            },
            leaving,
            size,
            choices,
            problems,
            ..desk.frame()
        },
    ))
}

async fn choice(
    ctx: &Context,
    stores: &[store::Model],
    guide: &guide::Model,
    place: usize,
    picked: &[GuideId],
) -> Result<Value, Stop> {
    let members = match place < GUIDES_COUNTED {
        true => Some(words::size(pool::size(ctx, guide.id).await?)),
        false => None,
    };
    Ok(context! {
        id => guide.id.0,
        name => &guide.name,
        store => store_name(stores, guide.store_id),
        own_store => false,
        available => guides::is_available(guide),
        linked => guide.openid.is_some(),
        members,
        chosen => picked.contains(&guide.id),
    })
}

pub(super) async fn close(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, fields): SentBy<Desk>,
) -> Page {
    let store = permitted(&ctx, &desk, path.1).await?;
    let ids = fields.named("to-").filter_map(|id| id.parse().ok());
    let mut targets: Vec<_> = ids.map(GuideId).collect();
    targets.sort();
    let closing = Closing {
        store: store.id,
        targets: targets.clone(),
        staff: desk.gate.signed_in.staff.id,
    };
    match closing::close(&ctx, &desk.account, closing).await? {
        Ok(()) => Ok(page::go_to(&at(&desk, &store))),
        Err(no) => refused(&ctx, &desk, &store, &targets, no).await,
    }
}

pub(super) async fn reopen(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, _): SentBy<Desk>,
) -> Page {
    let store = permitted(&ctx, &desk, path.1).await?;
    match closing::reopen(&ctx, &desk.account, store.id, desk.gate.by()).await? {
        Ok(()) => Ok(page::go_to(&at(&desk, &store))),
        Err(no) => refused(&ctx, &desk, &store, &[], no).await,
    }
}

fn at(desk: &Desk, store: &store::Model) -> String {
    format!("{}/stores/{}/closing", desk.at(), store.id)
}

async fn refused(
    ctx: &Context,
    desk: &Desk,
    store: &store::Model,
    picked: &[GuideId],
    no: No,
) -> Page {
    let (status, wrong) = match no {
        No::Missing => return Err(Stop::NotFound),
        No::TooLate => (
            StatusCode::CONFLICT,
            problem("", "没有完成：这家门店已经是这样，或撤销期限已过"),
        ),
        No::Newer => (
            StatusCode::CONFLICT,
            problem(
                "",
                "没有撤销：有导购的移交还在撤销中，或之后又变了，请到“离职与移交”里查看",
            ),
        ),
        No::Open(guide) => {
            let name = guides::name_of(ctx.db.reads(), guide).await?;
            let text = format!("{name}的顾客正在移交，请先在“离职与移交”里完成或取消");
            (StatusCode::CONFLICT, problem("", text))
        }
        No::Targets => (
            StatusCode::BAD_REQUEST,
            problem("to", "请选择 1 到 200 位其他门店在职的导购接手顾客"),
        ),
    };
    shown(ctx, desk, status, store, picked, vec![wrong]).await
}
