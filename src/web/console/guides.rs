//! Guides: the list, adding one, and a guide's own page.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use daogou_schema::{GuideId, StoreId, guide, store};
use minijinja::{Value, context};

use super::chart;
use super::gate::{Desk, Fields, SentBy};
use super::photos;
use super::place::Place;
use super::stop::{Page, Stop};
use super::welcome;
use super::words::{self, problem};
use crate::bindings::pool;
use crate::context::Context;
use crate::error::Error;
use crate::fans::{self, Which};
use crate::guides;
use crate::guides::editing::{self, GuideChange, No};
use crate::web::page;

pub(super) async fn list(
    ctx: Data<Context>,
    desk: Desk,
    asked: Query<HashMap<String, String>>,
) -> Page {
    let place = Place::asked(&ctx, &desk, &asked).await?;
    let fields = Fields::default();
    shown(&ctx, &desk, StatusCode::OK, &place, &fields, Vec::new()).await
}

async fn shown(
    ctx: &Context,
    desk: &Desk,
    status: StatusCode,
    place: &Place,
    fields: &Fields,
    problems: Vec<Value>,
) -> Result<HttpResponse, Stop> {
    let stores = stores_of(ctx, desk).await?;
    let mut guides = guides_of(ctx, desk).await?;
    guides.retain(|guide| place.has(guide));
    let rows: Vec<_> = guides
        .iter()
        .map(|guide| {
            context! {
                id => guide.id.0,
                href => format!("{}/guides/{}", desk.at(), guide.id),
                name => &guide.name,
                store => store_name(&stores, guide.store_id),
                linked => guide.openid.is_some(),
                photo_href => photos::href(desk, guide),
                on_duty => guide.on_duty,
                members_href => format!("{}/members?guide={}", desk.at(), guide.id),
            }
        })
        .collect();
    let form = context! {
        name => fields.get("name"),
        store => fields.get("store"),
        welcome => fields.exactly("welcome"),
    };
    let store = place.store.map(|id| id.to_string()).unwrap_or_default();
    Ok(page::show(
        status,
        "guides",
        context! {
            here => "guides",
            guides => rows,
            stores => place.store_choices(),
            open_stores => place.open_store_choices(),
            regions => place.region_choices(),
            filtered => !place.is_everywhere(),
            store,
            form,
            problems,
            ..desk.frame()
        },
    ))
}

pub(super) async fn add(ctx: Data<Context>, SentBy(desk, fields): SentBy<Desk>) -> Page {
    desk.for_headquarters()?;
    let stores = stores_of(&ctx, &desk).await?;
    let store = stores
        .iter()
        .filter(|store| store.closed_at.is_none())
        .find(|store| store.id.to_string() == fields.get("store"));
    let (name, text) = (fields.get("name"), fields.get("welcome"));
    let mut problems = Vec::new();
    match name.chars().count() {
        0 => problems.push(problem("name", "请填写导购姓名")),
        61.. => problems.push(problem("name", "姓名最多 60 个字")),
        _ => {}
    }
    if !text.is_empty()
        && let Err(why) = ctx.texts.check(text)
    {
        problems.push(problem("welcome", welcome::fault(&why)));
    }
    let Some(store) = store.filter(|_store| problems.is_empty()) else {
        if store.is_none() {
            problems.push(problem("store", "请选择门店"));
        }
        return refused(&ctx, &desk, &fields, problems).await;
    };
    let text = Some(text).filter(|text| !text.is_empty());
    let wrong = match guides::add(&ctx, &desk.account, store, name, text, desk.gate.by()).await {
        Ok(added) => {
            return Ok(page::go_to(&format!(
                "{}/guides/{}",
                desk.at(),
                added.guide.id
            )));
        }
        Err(Error::Refused(_)) => problem("name", "这家门店已有同名导购"),
        Err(Error::Invalid(_)) => problem("name", "姓名里有不能显示的字符"),
        Err(Error::Upstream(why)) => {
            problem("name", format!("微信没有生成二维码，导购没有添加：{why}"))
        }
        Err(error) => return Err(error.into()),
    };
    refused(&ctx, &desk, &fields, vec![wrong]).await
}

async fn refused(ctx: &Context, desk: &Desk, fields: &Fields, problems: Vec<Value>) -> Page {
    let place = Place::asked(ctx, desk, &HashMap::new()).await?;
    shown(ctx, desk, StatusCode::BAD_REQUEST, &place, fields, problems).await
}

pub(super) async fn show(ctx: Data<Context>, desk: Desk, path: Path<(String, i64)>) -> Page {
    let guide = permitted(&ctx, &desk, path.1).await?;
    let typed = Typed::default();
    show_guide(&ctx, &desk, &guide, StatusCode::OK, typed, Vec::new()).await
}

/// What was typed about a guide and not taken; where nothing was, the page shows what is.
#[derive(Default)]
pub(super) struct Typed<'a> {
    pub welcome: Option<&'a str>,
    pub name: Option<&'a str>,
    pub stand_in: Option<&'a str>,
    /// The form about what else is known of her.
    pub profile: Option<&'a Fields>,
    /// The photo was not taken.
    pub photo: bool,
    /// Her whole number, when somebody asked for it.
    pub number: Option<&'a str>,
}

pub(super) async fn change(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, fields): SentBy<Desk>,
) -> Page {
    desk.for_headquarters()?;
    let guide = permitted(&ctx, &desk, path.1).await?;
    let change = GuideChange {
        name: fields.get("name").to_owned(),
        stand_in: fields.get("stand_in").parse().ok().map(GuideId),
    };
    let by = desk.gate.by();
    let wrong = match editing::change_guide(&ctx, &desk.account, guide.id, change, by).await? {
        Ok(()) => return Ok(page::go_to(&format!("{}/guides/{}", desk.at(), guide.id))),
        Err(No::Missing | No::Away(_) | No::AwayLong | No::Region) => return Err(Stop::NotFound),
        Err(No::Name) => problem("name", "姓名请写 1 到 60 个能显示的字"),
        Err(No::Taken) => problem("name", "这家门店已有同名导购"),
        Err(No::StandIn) => problem("stand_in", "请选同一门店还在职的同事"),
    };
    let typed = Typed {
        name: Some(fields.get("name")),
        stand_in: Some(fields.get("stand_in")),
        ..Typed::default()
    };
    let status = StatusCode::BAD_REQUEST;
    show_guide(&ctx, &desk, &guide, status, typed, vec![wrong]).await
}

/// A guide's page; `typed` was not taken, and `problems` say why.
pub(super) async fn show_guide(
    ctx: &Context,
    desk: &Desk,
    guide: &guide::Model,
    status: StatusCode,
    typed: Typed<'_>,
    problems: Vec<Value>,
) -> Page {
    let stores = stores_of(ctx, desk).await?;
    let stand_in = guide
        .stand_in_id
        .map(|id| id.to_string())
        .unwrap_or_default();
    let stand_in = typed.stand_in.unwrap_or(&stand_in);
    let colleagues: Vec<_> = guides_of(ctx, desk)
        .await?
        .iter()
        .filter(|other| other.id != guide.id && other.store_id == guide.store_id)
        .map(|other| {
            let chosen = other.id.to_string() == stand_in;
            context! { id => other.id.0, name => &other.name, chosen }
        })
        .collect();
    let welcome = typed
        .welcome
        .or(guide.welcome.as_deref())
        .unwrap_or_default();
    let zone = ctx.config.timezone;
    let at = format!("{}/guides/{}", desk.at(), guide.id);
    let size = pool::size(ctx, guide.id).await?;
    let code = guides::guide_code(ctx, desk.account.id, guide.id).await?;
    let link = guides::open_link(ctx, desk.account.id, guide.id).await?;
    let link = match (&guide.openid, link) {
        (None, Some(link)) => context! {
            svg_href => format!("{at}/link.svg"),
            expires_at => words::moment_or_none(link.expires_at, zone),
        },
        (_, _) => Value::from(()),
    };
    let shown = context! {
        id => guide.id.0,
        name => &guide.name,
        store => store_name(&stores, guide.store_id),
        linked => guide.openid.is_some(),
        linked_at => words::moment_or_none(guide.linked_at, zone),
        photo_href => photos::href(desk, guide),
        on_duty => guide.on_duty,
        members => words::size(size),
        speciality => &guide.speciality,
        phone => typed.number.or(guide.phone_masked.as_deref()),
        whole => typed.number.is_some(),
        welcome,
        poster_href => format!("{at}/poster"),
        members_href => format!("{}/members?guide={}", desk.at(), guide.id),
    };
    let came = guides::consumer_codes(ctx, desk.account.id, &[guide.id], &[]).await?;
    let came: Vec<_> = came.iter().map(|code| code.id).collect();
    let code = context! {
        svg_href => format!("{at}/code.svg"),
        png_href => format!("{at}/code.png"),
        welcome_href => came.last().map(|id| format!("{}/codes/{id}/welcome", desk.at())),
        scene => code.scene,
        url => code.url,
    };
    let days = fans::days_until(ctx, 30);
    let by_day = fans::by_day(ctx, desk.account.id, Which::Those(&came), &days).await?;
    let people = came
        .last()
        .map(|id| format!("{}/codes/{id}#people", desk.at()));
    let figures = context! {
        chart => chart::bars(&by_day),
        tiles => chart::tiles(chart::total(&by_day), people.as_deref()),
    };
    let phone = welcome::phone(ctx, desk, guide, welcome).await?;
    let here = "guides";
    Ok(page::show(
        status,
        "guide",
        context! {
            here,
            guide => shown,
            code,
            link,
            figures,
            phone,
            colleagues,
            typed => typed.name.unwrap_or(&guide.name),
            editing => typed.name.is_some(),
            profiling => typed.profile.is_some(),
            picturing => typed.photo,
            profile => context! {
                speciality => typed.profile.map_or(guide.speciality.as_deref().unwrap_or_default(), |fields| fields.get("speciality")),
                phone => typed.profile.map_or("", |fields| fields.get("phone")),
            },
            problems,
            ..desk.frame()
        },
    ))
}

pub(super) async fn link(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, _): SentBy<Desk>,
) -> Page {
    desk.for_headquarters()?;
    let guide = permitted(&ctx, &desk, path.1).await?;
    guides::new_link(&ctx, &desk.account, &guide, desk.gate.by()).await?;
    Ok(page::go_to(&format!("{}/guides/{}", desk.at(), guide.id)))
}

/// The guide, if she is of the account and in the scope.
pub(super) async fn permitted(ctx: &Context, desk: &Desk, id: i64) -> Result<guide::Model, Stop> {
    let found = guides::get(ctx, &desk.account, GuideId(id)).await?;
    found
        .filter(|guide| guide.left_at.is_none() && desk.sees(guide.store_id))
        .ok_or(Stop::NotFound)
}

pub(super) async fn stores_of(ctx: &Context, desk: &Desk) -> Result<Vec<store::Model>, Stop> {
    let all = guides::list_stores(ctx, &desk.account).await?;
    Ok(all
        .into_iter()
        .filter(|store| desk.sees(store.id))
        .collect())
}

pub(super) async fn guides_of(ctx: &Context, desk: &Desk) -> Result<Vec<guide::Model>, Stop> {
    let all = guides::list(ctx.db.reads(), desk.account.id).await?;
    Ok(all
        .into_iter()
        .filter(|guide| guide.left_at.is_none() && desk.sees(guide.store_id))
        .collect())
}

pub(super) fn store_name(stores: &[store::Model], id: StoreId) -> &str {
    let found = stores.iter().find(|store| store.id == id);
    found.map_or("", |store| store.name.as_str())
}
