//! Stores: the list with its regions, adding one, and changing one.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use daogou_schema::store::Owner;
use daogou_schema::{RegionId, StoreId, store};
use minijinja::{Value, context};

use super::gate::{Desk, Fields, SentBy};
use super::guides::{guides_of, stores_of};
use super::place::{self, Place, regions_of};
use super::stop::{Page, Stop};
use super::words::problem;
use crate::context::Context;
use crate::error::Error;
use crate::guides;
use crate::guides::StorePlace;
use crate::guides::editing::{self, No, StoreChange};
use crate::guides::hours::Hours;
use crate::guides::regions::Tree;
use crate::texts::WelcomeFault;
use crate::web::language::ours;
use crate::web::page;

pub(super) async fn list(
    ctx: Data<Context>,
    desk: Desk,
    asked: Query<HashMap<String, String>>,
) -> Page {
    let region = asked.get("region").and_then(|id| id.parse().ok());
    let (region, nothing) = (region.map(RegionId), Typed::Nothing);
    shown(&ctx, &desk, StatusCode::OK, region, nothing, Vec::new()).await
}

/// What was typed and not taken, into which form of the page.
pub(super) enum Typed<'a> {
    Nothing,
    /// A new store.
    Store(&'a Fields),
    /// A new region.
    Region(&'a Fields),
    /// What the shown region is to be.
    Change(&'a Fields),
}

impl Typed<'_> {
    /// The form, and what of it was typed as `name`.
    fn in_form(&self) -> (&'static str, impl Fn(&str) -> String) {
        let (form, fields) = match self {
            Self::Nothing => ("", None),
            Self::Store(fields) => ("add", Some(*fields)),
            Self::Region(fields) => ("region", Some(*fields)),
            Self::Change(fields) => ("edit", Some(*fields)),
        };
        let get = move |name: &str| fields.map_or("", |fields| fields.get(name)).to_owned();
        (form, get)
    }
}

pub(super) async fn shown(
    ctx: &Context,
    desk: &Desk,
    status: StatusCode,
    region: Option<RegionId>,
    typed: Typed<'_>,
    problems: Vec<Value>,
) -> Result<HttpResponse, Stop> {
    let asked = region.map(|id| ("region".to_owned(), id.to_string()));
    let place = Place::asked(ctx, desk, &asked.into_iter().collect()).await?;
    let regions = regions_of(ctx, desk).await?;
    let guides = guides_of(ctx, desk).await?;
    let rows: Vec<_> = place
        .stores
        .iter()
        .map(|store| {
            let own = || guides.iter().filter(|guide| guide.store_id == store.id);
            context! {
                id => store.id.0,
                name => &store.name,
                region => regions.name(store.region_id),
                owner => owner_word(store.owner),
                guides => own().count(),
                href => format!("{}/stores/{}", desk.at(), store.id),
                closed => store.closed_at.is_some(),
                open => store.hours.as_deref().and_then(Hours::from_json).is_none_or(|hours| hours.is_open(ctx.clock.now(), ctx.config.timezone)),
                members_href => format!("{}/members?store={}", desk.at(), store.id),
                code_href => format!("{}/stores/{}/code.png", desk.at(), store.id),
                poster_href => format!("{}/stores/{}/poster", desk.at(), store.id),
            }
        })
        .collect();
    let chosen = place.region.and_then(|id| regions.get(id));
    let (form, get) = typed.in_form();
    let name = match (form, chosen) {
        ("edit", _) | (_, None) => get("region_name"),
        (_, Some(region)) => region.name.clone(),
    };
    let parent = match (form, chosen) {
        ("", Some(region)) => region.parent_id,
        _ => get("parent").parse().ok().map(RegionId),
    };
    let own_region = get("region").parse().ok().map(RegionId).or(place.region);
    let all = stores_of(ctx, desk).await?;
    Ok(page::show(
        status,
        "stores",
        context! {
            here => "stores",
            stores => rows,
            all => all.len(),
            branches => branches(desk, &regions, place.region, &all),
            region => chosen.map(|region| context! { id => region.id.0, name => &region.name }),
            parents => place::choices(&regions, parent),
            own_regions => place::choices(&regions, own_region),
            owners => owners(owner_of(&get("owner"))),
            form,
            typed => context! { name => get("name"), region_name => get("region_name"), edited => name },
            problems,
            ..desk.frame()
        },
    ))
}

/// The tree of regions, with how many stores lie in each or in what lies in it.
fn branches(
    desk: &Desk,
    regions: &Tree,
    chosen: Option<RegionId>,
    stores: &[store::Model],
) -> Vec<Value> {
    let rows = regions.in_order().into_iter();
    rows.map(|(depth, region)| {
        let inside = regions.below(&[region.id]);
        let lies = |store: &&store::Model| store.region_id.is_some_and(|id| inside.contains(&id));
        context! {
            name => &region.name,
            depth,
            stores => stores.iter().filter(lies).count(),
            href => format!("{}/stores?region={}", desk.at(), region.id),
            chosen => Some(region.id) == chosen,
        }
    })
    .collect()
}

/// Whose a store can be: as forms name it, and as people do.
const OWNERS: [(Option<Owner>, &str, &str); 3] = [
    (None, "brand", "直营"),
    (Some(Owner::Dealer), "dealer", "经销"),
    (Some(Owner::Counter), "counter", "专柜"),
];

fn owner_of(value: &str) -> Option<Owner> {
    let found = OWNERS.iter().find(|(_, known, _)| *known == value);
    found.and_then(|(owner, ..)| *owner)
}

fn owner_value(owner: Option<Owner>) -> &'static str {
    let found = OWNERS.iter().find(|(known, ..)| *known == owner);
    found.map_or("", |(_, value, _)| *value)
}

fn owner_word(owner: Option<Owner>) -> String {
    let found = OWNERS.iter().find(|(known, ..)| *known == owner);
    ours(found.map_or("", |(.., word)| *word))
}

fn owners(chosen: Option<Owner>) -> Vec<Value> {
    let one = |(owner, value, word): (Option<Owner>, &str, &str)| {
        context! { id => value, name => ours(word), chosen => owner == chosen }
    };
    OWNERS.map(one).into()
}

pub(super) async fn add(ctx: Data<Context>, SentBy(desk, fields): SentBy<Desk>) -> Page {
    desk.for_headquarters()?;
    let name = fields.get("name");
    let wrong = match name.chars().count() {
        0 => Some("请填写门店名称"),
        61.. => Some("门店名称最多 60 个字"),
        _ => None,
    };
    let place = StorePlace {
        region: fields.get("region").parse().ok().map(RegionId),
        owner: owner_of(fields.get("owner")),
    };
    let by = desk.gate.by();
    let text = match wrong {
        Some(text) => text.to_owned(),
        None => match guides::add_store(&ctx, &desk.account, name, None, place, by).await {
            Ok(_) => return Ok(page::go_to(&format!("{}/stores", desk.at()))),
            Err(Error::Refused(_)) => "已有同名门店".to_owned(),
            Err(Error::NotFound(_)) => "所选的区域已经不在了，请重新选择".to_owned(),
            Err(Error::Invalid(_)) => "门店名称里有不能显示的字符".to_owned(),
            Err(error) => return Err(error.into()),
        },
    };
    let problems = vec![problem("name", text)];
    let typed = Typed::Store(&fields);
    shown(&ctx, &desk, StatusCode::BAD_REQUEST, None, typed, problems).await
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
        (
            "region".to_owned(),
            store.region_id.map(|id| id.to_string()).unwrap_or_default(),
        ),
        ("owner".to_owned(), owner_value(store.owner).to_owned()),
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
            context! { day, word => ours(word), from => fields.get(&from), to => fields.get(&to) }
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
    let regions = regions_of(ctx, desk).await?;
    let region = fields.get("region").parse().ok().map(RegionId);
    let shown = context! {
        id => store.id.0,
        name => &store.name,
        region => regions.name(store.region_id),
        owner => owner_word(store.owner),
        closed => store.closed_at.is_some(),
        href => format!("{}/stores/{}", desk.at(), store.id),
        guides => own.count(),
    };
    Ok(page::show(
        status,
        "store",
        context! {
            here => "stores",
            store => shown,
            regions => place::choices(&regions, region),
            owners => owners(owner_of(fields.get("owner"))),
            days,
            form,
            problems,
            ..desk.frame()
        },
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
        place: StorePlace {
            region: fields.get("region").parse().ok().map(RegionId),
            owner: owner_of(fields.get("owner")),
        },
    };
    let by = desk.gate.by();
    let wrong = match editing::change_store(&ctx, &desk.account, store.id, change, by).await? {
        Ok(()) => return Ok(page::go_to(&format!("{}/stores", desk.at()))),
        Err(No::Missing | No::StandIn) => return Err(Stop::NotFound),
        Err(No::Name) => problem("name", "门店名称请写 1 到 60 个能显示的字"),
        Err(No::Taken) => problem("name", "已有同名门店"),
        Err(No::Region) => problem("region", "所选的区域已经不在了，请重新选择"),
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
