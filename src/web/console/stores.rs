//! Stores: the list, adding one, and changing one.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use daogou_schema::{StoreId, store};
use minijinja::{Value, context};

use super::gate::{Desk, Fields, SentBy};
use super::guides::{guides_of, stores_of};
use super::stop::{Page, Stop};
use super::words::problem;
use crate::context::Context;
use crate::error::Error;
use crate::guides;
use crate::guides::editing::{self, No, StoreChange};
use crate::guides::hours::Hours;
use crate::texts::WelcomeFault;
use crate::web::page;

pub(super) async fn list(ctx: Data<Context>, desk: Desk) -> Page {
    shown(&ctx, &desk, StatusCode::OK, "", Vec::new()).await
}

async fn shown(
    ctx: &Context,
    desk: &Desk,
    status: StatusCode,
    name: &str,
    problems: Vec<Value>,
) -> Result<HttpResponse, Stop> {
    let stores = stores_of(ctx, desk).await?;
    let guides = guides_of(ctx, desk).await?;
    let rows: Vec<_> = stores
        .iter()
        .map(|store| {
            let own = || guides.iter().filter(|guide| guide.store_id == store.id);
            context! {
                id => store.id.0,
                name => &store.name,
                guides => own().count(),
                href => format!("{}/stores/{}", desk.at(), store.id),
                open => store.hours.as_deref().and_then(Hours::from_json).is_none_or(|hours| hours.is_open(ctx.clock.now(), ctx.config.timezone)),
                members_href => format!("{}/members?store={}", desk.at(), store.id),
                code_href => format!("{}/stores/{}/code.png", desk.at(), store.id),
                poster_href => format!("{}/stores/{}/poster", desk.at(), store.id),
            }
        })
        .collect();
    Ok(page::show(
        status,
        "stores",
        context! { here => "stores", stores => rows, form => context! { name }, problems, ..desk.frame() },
    ))
}

pub(super) async fn add(ctx: Data<Context>, SentBy(desk, fields): SentBy<Desk>) -> Page {
    desk.for_headquarters()?;
    let name = fields.get("name");
    let wrong = match name.chars().count() {
        0 => Some("请填写门店名称"),
        61.. => Some("门店名称最多 60 个字"),
        _ => None,
    };
    let text = match wrong {
        Some(text) => text.to_owned(),
        None => match guides::add_store(&ctx, &desk.account, name, None, desk.gate.by()).await {
            Ok(_) => return Ok(page::go_to(&format!("{}/stores", desk.at()))),
            Err(Error::Refused(_)) => "已有同名门店".to_owned(),
            Err(Error::Invalid(_)) => "门店名称里有不能显示的字符".to_owned(),
            Err(error) => return Err(error.into()),
        },
    };
    let problems = vec![problem("name", text)];
    shown(&ctx, &desk, StatusCode::BAD_REQUEST, name, problems).await
}

/// The days of the week from Monday.
const DAYS: [&str; 7] = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"];

pub(super) async fn show(ctx: Data<Context>, desk: Desk, path: Path<(String, i64)>) -> Page {
    let store = permitted(&ctx, &desk, path.1).await?;
    let fields = as_fields(&store);
    one(&ctx, &desk, StatusCode::OK, &store, &fields, Vec::new()).await
}

async fn permitted(ctx: &Context, desk: &Desk, id: i64) -> Result<store::Model, Stop> {
    let all = stores_of(ctx, desk).await?;
    let found = all.into_iter().find(|store| store.id == StoreId(id));
    found.ok_or(Stop::NotFound)
}

/// The store as its form would say it.
fn as_fields(store: &store::Model) -> Fields {
    let hours = store.hours.as_deref().and_then(Hours::from_json);
    let mut fields = vec![
        ("name".to_owned(), store.name.clone()),
        (
            "away_text".to_owned(),
            store.away_text.clone().unwrap_or_default(),
        ),
    ];
    match hours {
        None => fields.push(("always".to_owned(), "1".to_owned())),
        Some(hours) => {
            for (day, times) in hours.days().into_iter().enumerate() {
                let (from, to) = times.unwrap_or_default();
                fields.push((format!("from-{day}"), from));
                fields.push((format!("to-{day}"), to));
            }
            let holidays: Vec<_> = hours.holidays().map(|day| day.to_string()).collect();
            fields.push(("holidays".to_owned(), holidays.join("\n")));
        }
    }
    fields.into_iter().collect()
}

async fn one(
    ctx: &Context,
    desk: &Desk,
    status: StatusCode,
    store: &store::Model,
    fields: &Fields,
    problems: Vec<Value>,
) -> Result<HttpResponse, Stop> {
    let days: Vec<_> = DAYS
        .iter()
        .enumerate()
        .map(|(day, word)| {
            let (from, to) = (format!("from-{day}"), format!("to-{day}"));
            context! { day, word => *word, from => fields.get(&from), to => fields.get(&to) }
        })
        .collect();
    let form = context! {
        name => fields.get("name"),
        always => fields.get("always") == "1",
        away_text => fields.exactly("away_text"),
        holidays => fields.exactly("holidays"),
    };
    let guides = guides_of(ctx, desk).await?;
    let own = guides.iter().filter(|guide| guide.store_id == store.id);
    let shown = context! {
        id => store.id.0,
        name => &store.name,
        href => format!("{}/stores/{}", desk.at(), store.id),
        guides => own.count(),
    };
    Ok(page::show(
        status,
        "store",
        context! { here => "stores", store => shown, days, form, problems, ..desk.frame() },
    ))
}

pub(super) async fn change(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, fields): SentBy<Desk>,
) -> Page {
    desk.for_headquarters()?;
    let store = permitted(&ctx, &desk, path.1).await?;
    let hours = match hours_of(&fields) {
        Ok(hours) => hours,
        Err(wrong) => {
            let status = StatusCode::BAD_REQUEST;
            return one(&ctx, &desk, status, &store, &fields, vec![wrong]).await;
        }
    };
    let change = StoreChange {
        name: fields.get("name").to_owned(),
        hours,
        away_text: Some(fields.get("away_text").to_owned()).filter(|text| !text.is_empty()),
    };
    let by = desk.gate.by();
    let wrong = match editing::change_store(&ctx, &desk.account, store.id, change, by).await? {
        Ok(()) => return Ok(page::go_to(&format!("{}/stores", desk.at()))),
        Err(No::Missing | No::StandIn) => return Err(Stop::NotFound),
        Err(No::Name) => problem("name", "门店名称请写 1 到 60 个能显示的字"),
        Err(No::Taken) => problem("name", "已有同名门店"),
        Err(No::AwayLong) => problem("away_text", "打烊时的回复最多 150 个字"),
        Err(No::Away(why)) => problem("away_text", format!("打烊时的回复不能用：{}", fault(&why))),
    };
    let status = StatusCode::BAD_REQUEST;
    one(&ctx, &desk, status, &store, &fields, vec![wrong]).await
}

fn fault(why: &WelcomeFault) -> String {
    match why {
        WelcomeFault::Empty => "填好名字以后没有内容".to_owned(),
        WelcomeFault::Control => "里面有不能显示的字符".to_owned(),
        WelcomeFault::Unknown(what) => {
            format!(
                "没有“{what}”可以填，只能写 {{{{ guide }}}}、{{{{ store }}}} 和 {{{{ hours }}}}"
            )
        }
        WelcomeFault::TooLong(_) => "太长了，微信不收".to_owned(),
    }
}

/// The business hours that a form says; none when the store is always open.
fn hours_of(fields: &Fields) -> Result<Option<Hours>, Value> {
    if fields.get("always") == "1" {
        return Ok(None);
    }
    let mut days = Vec::new();
    for (day, word) in DAYS.iter().enumerate() {
        let time = |end: &str| fields.get(&format!("{end}-{day}")).to_owned();
        days.push(match (time("from"), time("to")) {
            (from, to) if from.is_empty() && to.is_empty() => "-".to_owned(),
            (from, to) if from.is_empty() || to.is_empty() => {
                let text = format!("{word}请写开门和打烊的时间；不营业就都留空");
                return Err(problem(&format!("from-{day}"), text));
            }
            (from, to) => format!("{from}-{to}"),
        });
    }
    let unreadable = |_| problem("from-0", "营业时间请写成 10:00 到 21:30 这样");
    let hours = Hours::parse(&days.join(",")).map_err(unreadable)?;
    let no_day = |line| problem("holidays", format!("“{line}”不是日期，请写成 2026-10-01"));
    hours
        .with_holidays(fields.exactly("holidays"))
        .map(Some)
        .map_err(no_day)
}
