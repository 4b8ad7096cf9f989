//! What came by each code: the list of codes, and a code's own page with the people behind its figures.

use std::cmp::Reverse;
use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use chrono::NaiveDate;
use daogou_schema::{CodeId, GuideId, MemberId, StoreId, code, guide, store};
use minijinja::{Value, context};

use super::gate::Desk;
use super::guides::{store_name, stores_of};
use super::place::Place;
use super::stop::{Page, Stop};
use super::{chart, words};
use crate::bindings::pool::{self, Row};
use crate::context::Context;
use crate::fans::{self, Count, Which};
use crate::guides;
use crate::web::language::ours;
use crate::web::page;

/// How many codes one page lists.
const CODES: usize = 50;
/// How many people one page lists.
const PEOPLE: u64 = 50;
/// The times that can be chosen, in days; the first is the usual one.
const TIMES: [u32; 3] = [30, 7, 90];

/// By what the codes are sorted.
const ORDERS: [(&str, &str); 4] = [
    ("new", "按新关注"),
    ("net", "按净增"),
    ("scans", "按扫码"),
    ("lost", "按取消关注"),
];

type Asked = Query<HashMap<String, String>>;

/// A code that consumers scan, and whose it is.
pub(super) struct Known {
    pub code: code::Model,
    /// None: the store's own.
    pub guide: Option<guide::Model>,
    pub store: store::Model,
}

/// The codes of these stores. A guide's figures go where the guide is now.
pub(super) async fn codes_of(
    ctx: &Context,
    desk: &Desk,
    place: &Place,
) -> Result<Vec<Known>, Stop> {
    let stores = place.stores.clone();
    // Who has left, too: what her code brought does not go away.
    let mut guides = guides::list(ctx.db.reads(), desk.account.id).await?;
    guides.retain(|guide| stores.iter().any(|store| store.id == guide.store_id));
    let guide_ids: Vec<_> = guides.iter().map(|guide| guide.id).collect();
    let store_ids: Vec<_> = stores.iter().map(|store| store.id).collect();
    let codes = guides::consumer_codes(ctx, desk.account.id, &guide_ids, &store_ids).await?;
    let guides: HashMap<GuideId, guide::Model> = guides.into_iter().map(|g| (g.id, g)).collect();
    let stores: HashMap<StoreId, store::Model> = stores.into_iter().map(|s| (s.id, s)).collect();
    let known = |code: code::Model| {
        let guide = code.guide_id.and_then(|id| guides.get(&id)).cloned();
        let store = guide.as_ref().map(|g| g.store_id).or(code.store_id)?;
        Some(Known {
            store: stores.get(&store)?.clone(),
            code,
            guide,
        })
    };
    Ok(codes.into_iter().filter_map(known).collect())
}

/// The days that are asked for.
pub(super) fn days_asked(ctx: &Context, asked: &Asked) -> (u32, Vec<NaiveDate>) {
    let wanted = asked.get("days").and_then(|days| days.parse().ok());
    let [usual, ..] = TIMES;
    let count = wanted.filter(|days| TIMES.contains(days)).unwrap_or(usual);
    (count, fans::days_until(ctx, count))
}

/// The choice of a time, for the filter.
pub(super) fn times(chosen: u32) -> Vec<Value> {
    let mut times = TIMES;
    times.sort_unstable();
    let time = |days: u32| context! { id => days, name => ours(format!("最近 {days} 天")), chosen => days == chosen };
    times.map(time).into()
}

pub(super) async fn list(ctx: Data<Context>, desk: Desk, asked: Asked) -> Page {
    let place = Place::asked(&ctx, &desk, &asked).await?;
    let (time, days) = days_asked(&ctx, &asked);
    let order = asked.get("by").map_or("new", String::as_str);
    let codes = codes_of(&ctx, &desk, &place).await?;
    let ids: Vec<_> = codes.iter().map(|known| known.code.id).collect();
    let which = match desk.sees_all() && place.is_everywhere() {
        true => Which::All,
        false => Which::Those(&ids),
    };
    let counts = fans::by_code(&ctx, desk.account.id, which, &days).await?;
    let count = |known: &Known| counts.get(&known.code.id).copied().unwrap_or_default();
    let mut rows: Vec<(Count, &Known)> = codes.iter().map(|known| (count(known), known)).collect();
    rows.sort_by_key(|(count, known)| (Reverse(rank(order, *count)), known.code.id));
    let mut sum = Count::default();
    for (count, _) in &rows {
        sum += *count;
    }
    let at: usize = asked
        .get("page")
        .and_then(|at| at.parse().ok())
        .unwrap_or(1);
    let first = at.max(1).saturating_sub(1).saturating_mul(CODES);
    let shown: Vec<_> = rows
        .iter()
        .skip(first)
        .take(CODES)
        .map(|(count, known)| row(&desk, known, *count, time))
        .collect();
    let orders =
        ORDERS.map(|(id, name)| context! { id, name => ours(name), chosen => id == order });
    let here = format!("{}/codes", desk.at());
    let chosen = place.written();
    let to = |page: usize| format!("{here}?days={time}&by={order}{chosen}&page={page}");
    // Only our own words stand in the links.
    let order_is_ours = ORDERS.iter().any(|(known, _)| *known == order);
    let to = |page: usize| order_is_ours.then(|| to(page));
    Ok(page::show(
        StatusCode::OK,
        "codes",
        context! {
            here => "codes",
            codes => shown,
            count => rows.len(),
            tiles => chart::tiles(sum, None),
            times => times(time),
            stores => place.store_choices(),
            regions => place.region_choices(),
            orders => Vec::from(orders),
            filtered => !place.is_everywhere(),
            clear_href => &here,
            next_href => to(at.max(1).saturating_add(1)).filter(|_| first.saturating_add(CODES) < rows.len()),
            first_href => to(1).filter(|_| at > 1),
            ..desk.frame()
        },
    ))
}

fn rank(order: &str, count: Count) -> (i64, i64) {
    let first = match order {
        "net" => count.net(),
        "scans" => count.scans,
        "lost" => count.lost,
        _ => count.followed,
    };
    (first, count.scans)
}

fn row(desk: &Desk, known: &Known, count: Count, time: u32) -> Value {
    let guide = known.guide.as_ref();
    context! {
        href => format!("{}/codes/{}?days={time}", desk.at(), known.code.id),
        id => known.code.id.0,
        guide => guide.is_some(),
        gone => guide.is_some_and(|guide| guide.left_at.is_some()),
        name => guide.map_or(&known.store.name, |guide| &guide.name),
        store => &known.store.name,
        scans => count.scans,
        new => count.followed,
        lost => count.lost,
        net => chart::signed(count.net()),
        fell => count.net() < 0,
    }
}

pub(super) async fn show(
    ctx: Data<Context>,
    desk: Desk,
    path: Path<(String, i64)>,
    asked: Asked,
) -> Page {
    let id = CodeId(path.1);
    let stores = stores_of(&ctx, &desk).await?;
    let code = guides::consumer_code(&ctx, desk.account.id, id).await?;
    let code = code.ok_or(Stop::NotFound)?;
    let guide = match code.guide_id {
        Some(guide) => guides::get(&ctx, &desk.account, guide).await?,
        None => None,
    };
    let store = guide.as_ref().map(|g| g.store_id).or(code.store_id);
    let store = store
        .filter(|store| desk.sees(*store))
        .ok_or(Stop::NotFound)?;
    let store = store_name(&stores, store);
    let (time, days) = days_asked(&ctx, &asked);
    let by_day = fans::by_day(&ctx, desk.account.id, Which::Those(&[id]), &days).await?;
    let before = asked.get("before").and_then(|id| id.parse().ok());
    let before = before.map(MemberId);
    let mut people = fans::members_of(&ctx, id, before, PEOPLE + 1).await?;
    let more = people.len() > usize::try_from(PEOPLE).unwrap_or(usize::MAX);
    if more {
        people.pop();
    }
    let here = format!("{}/codes/{id}?days={time}", desk.at());
    let next_href = people
        .last()
        .filter(|_| more)
        .map(|last| format!("{here}&before={last}#people"));
    let guides = guides::list(ctx.db.reads(), desk.account.id).await?;
    let rows = pool::those(&ctx, desk.scope(), &people).await?;
    let rows: Vec<_> = rows
        .iter()
        .filter(|row| row.member.insider.is_none())
        .map(|row| person(&ctx, &desk, row, &guides))
        .collect();
    let own = guide.as_ref().filter(|guide| guide.left_at.is_none());
    Ok(page::show(
        StatusCode::OK,
        "code",
        context! {
            here => "codes",
            name => guide.as_ref().map_or(store, |guide| guide.name.as_str()),
            id => id.0,
            guide => guide.is_some(),
            store,
            guide_href => own.map(|guide| format!("{}/guides/{}", desk.at(), guide.id)),
            tiles => chart::tiles(chart::total(&by_day), Some("#people")),
            chart => chart::bars(&by_day),
            times => times(time),
            self_href => format!("{}/codes/{id}", desk.at()),
            people => rows,
            next_href,
            first_href => before.map(|_| format!("{here}#people")),
            ..desk.frame()
        },
    ))
}

pub(super) fn person(ctx: &Context, desk: &Desk, row: &Row, guides: &[guide::Model]) -> Value {
    let guide = row.binding.as_ref().map(|binding| binding.guide_id);
    let guide = guides.iter().find(|known| Some(known.id) == guide);
    context! {
        href => format!("{}/members/{}", desk.at(), row.member.id),
        label => words::member(&row.member),
        since => words::moment_or_none(row.identity.subscribed_at, ctx.config.timezone),
        following => row.identity.subscribed,
        guide => guide.map(|guide| &guide.name),
    }
}
