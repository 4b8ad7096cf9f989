//! First words for hours and days: a code's variants, and which of them would be said at a chosen moment.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use chrono::{NaiveDateTime, TimeZone};
use daogou_schema::code::{self, Purpose};
use daogou_schema::{CodeId, Timestamp};
use minijinja::{Value, context};

use super::gate::{Desk, Fields, SentBy};
use super::stop::{Page, Stop};
use super::welcome;
use super::words::problem;
use crate::context::Context;
use crate::guides;
use crate::guides::variants::{self, No, VARIANTS_MAX, Variant};
use crate::texts::{FORM_SAMPLE, WelcomeFault};
use crate::web::language::ours;
use crate::web::page;

const DAYS: [&str; 7] = ["一", "二", "三", "四", "五", "六", "日"];

/// How a browser writes a moment.
const MOMENT: &str = "%Y-%m-%dT%H:%M";

/// A code that consumers scan, and what it is called.
async fn permitted(ctx: &Context, desk: &Desk, id: i64) -> Result<(code::Model, String), Stop> {
    desk.for_headquarters()?;
    let code = guides::consumer_code(ctx, desk.account.id, CodeId(id)).await?;
    let code = code.ok_or(Stop::NotFound)?;
    let name = match (code.purpose, code.guide_id) {
        (Purpose::Campaign, _) => {
            let campaign = guides::campaigns::get(ctx, &desk.account, code.id).await?;
            campaign.map(|row| row.name)
        }
        (_, Some(guide)) => guides::get(ctx, &desk.account, guide)
            .await?
            .map(|g| g.name),
        (_, None) => {
            let stores = guides::list_stores(ctx, &desk.account).await?;
            let store = stores
                .into_iter()
                .find(|store| Some(store.id) == code.store_id);
            store.map(|store| store.name)
        }
    };
    Ok((code, name.unwrap_or_default()))
}

pub(super) async fn show(ctx: Data<Context>, desk: Desk, path: Path<(String, i64)>) -> Page {
    let (code, name) = permitted(&ctx, &desk, path.1).await?;
    let fields = as_fields(&variants::read(&code));
    shown(
        &ctx,
        &desk,
        StatusCode::OK,
        (&code, &name),
        &fields,
        Vec::new(),
    )
}

fn as_fields(variants: &[Variant]) -> Fields {
    let mut fields = Vec::new();
    for (at, variant) in variants.iter().enumerate() {
        let mut field = |name: &str, value: String| fields.push((format!("v{at}-{name}"), value));
        field("text", variant.text.clone());
        let date = |day: Option<chrono::NaiveDate>| day.map_or(String::new(), |d| d.to_string());
        field("from", date(variant.from));
        field("until", date(variant.until));
        let time = |time: Option<chrono::NaiveTime>| {
            time.map_or(String::new(), |time| time.format("%H:%M").to_string())
        };
        field("start", time(variant.start));
        field("end", time(variant.end));
        for day in &variant.days {
            field(&format!("d{day}"), "1".to_owned());
        }
    }
    fields.into_iter().collect()
}

/// What the fields say, in their order; slots without words are left out. With it, in which slot each stood.
fn typed(fields: &Fields) -> Result<(Vec<Variant>, Vec<usize>), Value> {
    let mut said = (Vec::new(), Vec::new());
    for at in 0..VARIANTS_MAX {
        let field = |name: &str| fields.get(&format!("v{at}-{name}"));
        if field("text").is_empty() {
            continue;
        }
        let wrong = |name: &str, text: &str| problem(&format!("v{at}-{name}"), text);
        let date = |name: &str| match field(name) {
            "" => Ok(None),
            day => day
                .parse()
                .map(Some)
                .map_err(|_unreadable| wrong(name, "请写成 2026-10-01 这样的日期")),
        };
        let time = |name: &str| match field(name) {
            "" => Ok(None),
            time => chrono::NaiveTime::parse_from_str(time, "%H:%M")
                .map(Some)
                .map_err(|_unreadable| wrong(name, "请写成 20:00 这样的时间")),
        };
        let days = (0..7).filter(|day| !field(&format!("d{day}")).is_empty());
        said.0.push(Variant {
            text: field("text").replace("\r\n", "\n"),
            from: date("from")?,
            until: date("until")?,
            days: days.collect(),
            start: time("start")?,
            end: time("end")?,
        });
        said.1.push(at);
    }
    Ok(said)
}

fn told(slots: &[usize], (at, no): &(usize, No)) -> Value {
    let slot = slots.get(*at).copied().unwrap_or_default();
    let (field, text) = match no {
        No::Text(why) => ("text", welcome::fault(why)),
        No::Days => ("until", "最后一天不能早于第一天".to_owned()),
        No::Times => ("end", "开始和结束的时间不能相同；全天请都留空".to_owned()),
        No::Many => ("text", format!("最多 {VARIANTS_MAX} 条")),
    };
    problem(&format!("v{slot}-{field}"), text)
}

fn shown(
    ctx: &Context,
    desk: &Desk,
    status: StatusCode,
    (code, name): (&code::Model, &str),
    fields: &Fields,
    problems: Vec<Value>,
) -> Result<HttpResponse, Stop> {
    let slots = (0..VARIANTS_MAX).map(|at| {
        let field = |name: &str| fields.get(&format!("v{at}-{name}"));
        let days = DAYS.iter().enumerate().map(|(day, word)| {
            context! { day, word => ours(word), chosen => !field(&format!("d{day}")).is_empty() }
        });
        let days: Vec<_> = days.collect();
        context! {
            slot => format!("v{at}"),
            used => !field("text").is_empty(),
            text => fields.exactly(&format!("v{at}-text")),
            from => field("from"),
            until => field("until"),
            start => field("start"),
            end => field("end"),
            days,
        }
    });
    let slots: Vec<_> = slots.collect();
    let zone = ctx.config.timezone;
    let now = ctx.clock.now().with_timezone(&zone).format(MOMENT);
    let back = match code.purpose {
        Purpose::Campaign => format!("{}/campaigns/{}", desk.at(), code.id),
        _ => format!("{}/codes/{}", desk.at(), code.id),
    };
    Ok(page::show(
        status,
        "code_welcome",
        context! {
            here => if code.purpose == Purpose::Campaign { "campaigns" } else { "codes" },
            name,
            back,
            act => format!("{}/codes/{}/welcome", desk.at(), code.id),
            slots,
            moment => now.to_string(),
            zone => zone.name(),
            phone => phone(ctx, fields),
            problems,
            ..desk.frame()
        },
    ))
}

pub(super) async fn save(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, fields): SentBy<Desk>,
) -> Page {
    let (code, name) = permitted(&ctx, &desk, path.1).await?;
    let wrong = match typed(&fields) {
        Err(unread) => unread,
        Ok((said, slots)) => {
            let by = desk.gate.by();
            match variants::save(&ctx, &desk.account, code.id, &said, by).await? {
                Ok(()) => {
                    let here = format!("{}/codes/{}/welcome", desk.at(), code.id);
                    return Ok(page::go_to(&here));
                }
                Err(fault) => told(&slots, &fault),
            }
        }
    };
    let status = StatusCode::BAD_REQUEST;
    shown(&ctx, &desk, status, (&code, &name), &fields, vec![wrong])
}

/// Only the picture of the phone, while somebody types or chooses another moment.
pub(super) async fn preview(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, fields): SentBy<Desk>,
) -> Page {
    permitted(&ctx, &desk, path.1).await?;
    let phone = phone(&ctx, &fields);
    Ok(page::show(StatusCode::OK, "phone", context! { phone }))
}

/// The phone of somebody who scans at the chosen moment, or now; the names on it stand for whoever will be there.
fn phone(ctx: &Context, fields: &Fields) -> Value {
    let zone = ctx.config.timezone;
    let chosen = NaiveDateTime::parse_from_str(fields.get("moment"), MOMENT).ok();
    let chosen = chosen.and_then(|at| zone.from_local_datetime(&at).earliest());
    let at = chosen.map_or_else(|| ctx.clock.now(), |at| at.to_utc());
    let (said, _) = typed(fields).unwrap_or_default();
    let sample =
        context! { guide => "林小满", store => "示例门店", number => 1, form => FORM_SAMPLE };
    let own = variants::words(&said, Timestamp::from(at), zone);
    let text = match own {
        Some(text) => ctx.texts.greeting(text, sample),
        None => ctx
            .texts
            .render("welcome", sample)
            .map_err(|why| WelcomeFault::Unknown(why.to_string())),
    };
    match text {
        Ok(text) => context! { bytes => text.len(), text, own => own.is_some(), fault => "" },
        Err(why) => context! { text => "", bytes => 0, own => true, fault => welcome::fault(&why) },
    }
}
