//! A campaign's form: what was typed, what is wrong with it, and how a phone would show its first words.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use chrono::{NaiveDateTime, TimeZone};
use chrono_tz::Tz;
use daogou_schema::{GuideId, StoreId, Timestamp, campaign};
use minijinja::{Value, context};

use crate::context::Context;
use crate::guides::campaigns::rules::Takers;
use crate::guides::campaigns::{No, Plan, TAKERS_MAX};
use crate::texts::{FORM_SAMPLE, WelcomeFault};
use crate::web::console::gate::{Desk, Fields, SentBy};
use crate::web::console::guides::{guides_of, store_name, stores_of};
use crate::web::console::stop::{Page, Stop};
use crate::web::console::welcome::fault;
use crate::web::console::words::problem;
use crate::web::page;

/// How a browser writes a moment.
const MOMENT: &str = "%Y-%m-%dT%H:%M";

/// The form's fields as a campaign would say them.
pub(super) fn as_fields(campaign: &campaign::Model, zone: Tz) -> Fields {
    let moment = |at: Timestamp| at.to_utc().with_timezone(&zone).format(MOMENT).to_string();
    let takers = Takers::of(campaign);
    let stores = takers.stores.iter().map(|id| format!("store-{id}"));
    let guides = takers.guides.iter().map(|id| format!("guide-{id}"));
    let ticked = stores.chain(guides).map(|name| (name, "1".to_owned()));
    let mut fields: Vec<_> = ticked.collect();
    fields.push(("name".to_owned(), campaign.name.clone()));
    fields.push(("from".to_owned(), moment(campaign.starts_at)));
    fields.push(("until".to_owned(), moment(campaign.ends_at)));
    let welcome = campaign.welcome.clone().unwrap_or_default();
    fields.push(("welcome".to_owned(), welcome));
    fields.into_iter().collect()
}

/// What the fields say; or which of the two moments cannot be read.
pub(super) fn plan(fields: &Fields, zone: Tz) -> Result<Plan, Vec<Value>> {
    let moment = |name: &str| {
        let typed = NaiveDateTime::parse_from_str(fields.get(name), MOMENT).ok()?;
        // An hour that a change of clocks leaves out begins with the next one.
        let local = zone.from_local_datetime(&typed).earliest();
        local.map(|at| Timestamp::from(at.to_utc()))
    };
    let (starts_at, ends_at) = (moment("from"), moment("until"));
    let unread = [("from", starts_at), ("until", ends_at)];
    let unread: Vec<_> = unread
        .into_iter()
        .filter(|(_, at)| at.is_none())
        .map(|(name, _)| problem(name, "请写成 2026-10-01 10:00 这样的日期和时间"))
        .collect();
    let (Some(starts_at), Some(ends_at)) = (starts_at, ends_at) else {
        return Err(unread);
    };
    Ok(Plan {
        name: fields.get("name").to_owned(),
        starts_at,
        ends_at,
        takers: Takers {
            stores: ticked(fields, "store-").map(StoreId).collect(),
            guides: ticked(fields, "guide-").map(GuideId).collect(),
        },
        welcome: Some(words(fields)).filter(|text| !text.is_empty()),
    })
}

fn ticked<'a>(fields: &'a Fields, start: &'a str) -> impl Iterator<Item = i64> {
    let mut ids: Vec<i64> = fields
        .named(start)
        .filter_map(|id| id.parse().ok())
        .collect();
    ids.sort_unstable();
    ids.into_iter()
}

/// As it is stored: browsers send line ends of two characters.
fn words(fields: &Fields) -> String {
    fields.get("welcome").replace("\r\n", "\n")
}

/// What is wrong, beside its field.
pub(super) fn told(no: &No) -> Value {
    match no {
        No::Name => problem("name", "活动名称请写 1 到 60 个能显示的字"),
        No::Until => problem("until", "结束时间要晚于开始时间，也要晚于现在"),
        No::Long => problem("until", "一次活动最长一年"),
        No::Nobody => problem("takers", "请至少选一家门店或一位导购来接待新顾客"),
        No::Takers => problem(
            "takers",
            format!("最多选 {TAKERS_MAX} 家门店和导购，而且都要还在；请重新选择"),
        ),
        No::Welcome(why) => problem("welcome", fault(why)),
    }
}

/// The form, for a new campaign or for one that is there.
pub(super) async fn shown(
    ctx: &Context,
    desk: &Desk,
    status: StatusCode,
    campaign: Option<&campaign::Model>,
    fields: &Fields,
    problems: Vec<Value>,
) -> Result<HttpResponse, Stop> {
    let stores = stores_of(ctx, desk).await?;
    let guides = guides_of(ctx, desk).await?;
    let is_ticked = |name: String| !fields.get(&name).is_empty();
    let open = stores.iter().filter(|store| store.closed_at.is_none());
    let choices: Vec<_> = open
        .map(|store| {
            let own = guides.iter().filter(|guide| guide.store_id == store.id);
            context! {
                id => store.id.0,
                name => &store.name,
                guides => own.count(),
                chosen => is_ticked(format!("store-{}", store.id)),
            }
        })
        .collect();
    let people: Vec<_> = guides
        .iter()
        .map(|guide| {
            context! {
                id => guide.id.0,
                name => &guide.name,
                store => store_name(&stores, guide.store_id),
                chosen => is_ticked(format!("guide-{}", guide.id)),
            }
        })
        .collect();
    let here = format!("{}/campaigns", desk.at());
    let form = context! {
        name => fields.get("name"),
        from => fields.get("from"),
        until => fields.get("until"),
        welcome => fields.exactly("welcome"),
        stores => choices,
        guides => people,
        act => campaign.map_or_else(|| here.clone(), |row| format!("{here}/{}", row.code_id)),
    };
    Ok(page::show(
        status,
        "campaign_form",
        context! {
            here => "campaigns",
            name => campaign.map(|row| &row.name),
            zone => ctx.config.timezone.name(),
            form,
            phone => phone(ctx, fields),
            problems,
            ..desk.frame()
        },
    ))
}

/// Only the picture of the phone, while somebody types.
pub(in crate::web::console) async fn preview(
    ctx: Data<Context>,
    SentBy(desk, fields): SentBy<Desk>,
) -> Page {
    desk.for_headquarters()?;
    let phone = phone(&ctx, &fields);
    Ok(page::show(StatusCode::OK, "phone", context! { phone }))
}

/// The phone of somebody whom the code brings; the names on it stand for whoever will be there.
fn phone(ctx: &Context, fields: &Fields) -> Value {
    let text = words(fields);
    let sample =
        context! { guide => "林小满", store => "示例门店", number => 1, form => FORM_SAMPLE };
    let said: Result<String, WelcomeFault> = match text.as_str() {
        "" => ctx
            .texts
            .render("welcome", sample)
            .map_err(|why| WelcomeFault::Unknown(why.to_string())),
        own => ctx.texts.greeting(own, sample),
    };
    let own = !text.is_empty();
    match said {
        Ok(text) => context! { bytes => text.len(), text, own, fault => "" },
        Err(why) => context! { text => "", bytes => 0, own => true, fault => fault(&why) },
    }
}
