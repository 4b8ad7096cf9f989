//! Campaigns: the list, a campaign's own page with its code and figures, and what is done with it.

pub(super) mod form;

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use chrono::TimeDelta;
use daogou_schema::{CodeId, MemberId, Timestamp, campaign, code};
use minijinja::{Value, context};

use super::gate::{Desk, Fields, SentBy};
use super::guides::{guides_of, stores_of};
use super::stop::{Page, Stop};
use super::{chart, codes, figures, posters, words};
use crate::bindings::pool;
use crate::context::Context;
use crate::error::Error;
use crate::fans::{self, Count, Which};
use crate::guides;
use crate::guides::campaigns::rules::{self, Phase, Takers};
use crate::web::language::ours;
use crate::web::page;

/// How many people one page lists.
const PEOPLE: u64 = 50;
/// How many campaigns the list shows.
const LISTED: usize = 200;

type Asked = Query<HashMap<String, String>>;

fn word(phase: Phase) -> (&'static str, &'static str) {
    match phase {
        Phase::Early => ("early", "未开始"),
        Phase::Running => ("running", "进行中"),
        Phase::Over => ("over", "已结束"),
    }
}

pub(super) async fn list(ctx: Data<Context>, desk: Desk, asked: Asked) -> Page {
    desk.for_headquarters()?;
    let (time, days) = figures::days_asked(&ctx, &asked);
    let mut campaigns = guides::campaigns::list(&ctx, desk.account.id).await?;
    campaigns.truncate(LISTED);
    let ids: Vec<_> = campaigns.iter().map(|row| row.code_id).collect();
    let counts = fans::by_code(&ctx, desk.account.id, Which::Those(&ids), &days).await?;
    let mut sum = Count::default();
    for count in counts.values() {
        sum += *count;
    }
    let rows: Vec<_> = campaigns
        .iter()
        .map(|row| {
            let count = counts.get(&row.code_id).copied().unwrap_or_default();
            let figures = context! {
                scans => count.scans,
                new => count.followed,
                lost => count.lost,
                net => chart::signed(count.net()),
                fell => count.net() < 0,
            };
            context! { ..facts(&ctx, &desk, row), ..figures }
        })
        .collect();
    Ok(page::show(
        StatusCode::OK,
        "campaigns",
        context! {
            here => "campaigns",
            campaigns => rows,
            tiles => chart::tiles(sum, None),
            times => figures::times(time),
            ..desk.frame()
        },
    ))
}

fn facts(ctx: &Context, desk: &Desk, row: &campaign::Model) -> Value {
    let zone = ctx.config.timezone;
    let (phase, phase_word) = word(rules::phase(row, Timestamp::from(ctx.clock.now())));
    context! {
        id => row.code_id.0,
        href => format!("{}/campaigns/{}", desk.at(), row.code_id),
        name => &row.name,
        from => words::moment(row.starts_at, zone),
        until => words::moment(row.ends_at, zone),
        phase,
        phase_word => ours(phase_word),
    }
}

pub(super) async fn new(ctx: Data<Context>, desk: Desk) -> Page {
    desk.for_headquarters()?;
    let fields = Fields::default();
    form::shown(&ctx, &desk, StatusCode::OK, None, &fields, Vec::new()).await
}

pub(super) async fn add(ctx: Data<Context>, SentBy(desk, fields): SentBy<Desk>) -> Page {
    desk.for_headquarters()?;
    let problems = match form::plan(&fields, ctx.config.timezone) {
        Err(unread) => unread,
        Ok(plan) => match guides::campaigns::add(&ctx, &desk.account, plan, desk.gate.by()).await {
            Ok(Ok(id)) => {
                return Ok(page::go_to(&format!("{}/campaigns/{id}", desk.at())));
            }
            Ok(Err(no)) => vec![form::told(&no)],
            Err(Error::Upstream(why)) => {
                let text = format!("微信没有生成这张码，活动还没有添加。请稍后再试（{why}）");
                vec![words::problem("", text)]
            }
            Err(error) => return Err(error.into()),
        },
    };
    let status = StatusCode::BAD_REQUEST;
    form::shown(&ctx, &desk, status, None, &fields, problems).await
}

pub(super) async fn edit(ctx: Data<Context>, desk: Desk, path: Path<(String, i64)>) -> Page {
    let (row, _) = permitted(&ctx, &desk, path.1).await?;
    let fields = form::as_fields(&row, ctx.config.timezone);
    form::shown(&ctx, &desk, StatusCode::OK, Some(&row), &fields, Vec::new()).await
}

pub(super) async fn change(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, fields): SentBy<Desk>,
) -> Page {
    let (row, _) = permitted(&ctx, &desk, path.1).await?;
    let problems = match form::plan(&fields, ctx.config.timezone) {
        Err(unread) => unread,
        Ok(plan) => {
            let by = desk.gate.by();
            let changed =
                guides::campaigns::change(&ctx, &desk.account, row.code_id, plan, by).await?;
            match changed {
                Ok(()) => {
                    let here = format!("{}/campaigns/{}", desk.at(), row.code_id);
                    return Ok(page::go_to(&here));
                }
                Err(no) => vec![form::told(&no)],
            }
        }
    };
    let status = StatusCode::BAD_REQUEST;
    form::shown(&ctx, &desk, status, Some(&row), &fields, problems).await
}

pub(super) async fn end(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, _): SentBy<Desk>,
) -> Page {
    let (row, _) = permitted(&ctx, &desk, path.1).await?;
    let by = desk.gate.by();
    match guides::campaigns::end(&ctx, &desk.account, row.code_id, by).await {
        // Whoever pressed twice sees what it has become.
        Ok(()) | Err(Error::NotFound(_)) => {}
        Err(error) => return Err(error.into()),
    }
    let here = format!("{}/campaigns/{}", desk.at(), row.code_id);
    Ok(page::go_to(&here))
}

/// The campaign with its code, for headquarters.
async fn permitted(
    ctx: &Context,
    desk: &Desk,
    id: i64,
) -> Result<(campaign::Model, code::Model), Stop> {
    desk.for_headquarters()?;
    let id = CodeId(id);
    let row = guides::campaigns::get(ctx, &desk.account, id).await?;
    let code = guides::consumer_code(ctx, desk.account.id, id).await?;
    row.zip(code).ok_or(Stop::NotFound)
}

pub(super) async fn picture(
    ctx: Data<Context>,
    desk: Desk,
    path: Path<(String, i64, String)>,
) -> Page {
    let (_, id, kind) = path.into_inner();
    let (_, code) = permitted(&ctx, &desk, id).await?;
    codes::in_kind(&code.url, &kind)
}

pub(super) async fn poster(
    ctx: Data<Context>,
    desk: Desk,
    path: Path<(String, i64)>,
    asked: posters::Asked,
) -> Page {
    let (row, _) = permitted(&ctx, &desk, path.1).await?;
    let here = format!("{}/campaigns/{}", desk.at(), row.code_id);
    let zone = ctx.config.timezone;
    let poster = context! {
        campaign => &row.name,
        from => words::day(row.starts_at, zone),
        until => words::day(row.ends_at - TimeDelta::milliseconds(1), zone),
        name => Value::from(()),
        store => &row.name,
        code_href => format!("{here}/code.svg"),
    };
    Ok(posters::shown(&desk, &asked, &here, vec![poster]))
}

pub(super) async fn show(
    ctx: Data<Context>,
    desk: Desk,
    path: Path<(String, i64)>,
    asked: Asked,
) -> Page {
    let (row, code) = permitted(&ctx, &desk, path.1).await?;
    let (time, days) = figures::days_asked(&ctx, &asked);
    let which = [row.code_id];
    let by_day = fans::by_day(&ctx, desk.account.id, Which::Those(&which), &days).await?;
    let before = asked.get("before").and_then(|id| id.parse().ok());
    let before = before.map(MemberId);
    let mut people = fans::members_of(&ctx, row.code_id, before, PEOPLE + 1).await?;
    let more = people.len() > usize::try_from(PEOPLE).unwrap_or(usize::MAX);
    if more {
        people.pop();
    }
    let here = format!("{}/campaigns/{}", desk.at(), row.code_id);
    let page_of = format!("{here}?days={time}");
    let next_href = people
        .last()
        .filter(|_| more)
        .map(|last| format!("{page_of}&before={last}#people"));
    let all = guides::list(ctx.db.reads(), desk.account.id).await?;
    let rows = pool::those(&ctx, desk.scope(), &people).await?;
    let rows: Vec<_> = rows
        .iter()
        .filter(|row| row.member.insider.is_none())
        .map(|row| figures::person(&ctx, &desk, row, &all))
        .collect();
    let zone = ctx.config.timezone;
    let code = context! {
        svg_href => format!("{here}/code.svg"),
        png_href => format!("{here}/code.png"),
        poster_href => format!("{here}/poster"),
        scene => code.scene,
        url => code.url,
        expires_at => words::moment_or_none(code.expires_at, zone),
        renew_at => words::moment_or_none(row.renew_at, zone),
        renewed_at => words::moment_or_none(row.renewed_at, zone),
    };
    Ok(page::show(
        StatusCode::OK,
        "campaign",
        context! {
            here => "campaigns",
            campaign => facts(&ctx, &desk, &row),
            welcome => &row.welcome,
            takers => takers(&ctx, &desk, &row).await?,
            code,
            tiles => chart::tiles(chart::total(&by_day), Some("#people")),
            chart => chart::bars(&by_day),
            times => figures::times(time),
            people => rows,
            next_href,
            first_href => before.map(|_| format!("{page_of}#people")),
            ..desk.frame()
        },
    ))
}

/// Who takes the new customers, by name.
async fn takers(ctx: &Context, desk: &Desk, row: &campaign::Model) -> Result<Vec<Value>, Stop> {
    let takers = Takers::of(row);
    let stores = stores_of(ctx, desk).await?;
    let guides = guides_of(ctx, desk).await?;
    let stores = stores
        .iter()
        .filter(|store| takers.stores.contains(&store.id));
    let stores = stores.map(|store| context! { name => &store.name, store => true });
    let guides = guides
        .iter()
        .filter(|guide| takers.guides.contains(&guide.id));
    let guides = guides.map(|guide| context! { name => &guide.name, store => false });
    Ok(stores.chain(guides).collect())
}
