//! Hand-overs that a manager or a dealer proposes, and what headquarters says to them.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use daogou_schema::hand_over::{Cause, State};
use daogou_schema::{GuideId, HandOverId, guide};
use minijinja::{Value, context};

use super::gate::{Desk, Fields, SentBy};
use super::guides::{guides_of, permitted, store_name, stores_of};
use super::stop::{Page, Stop};
use super::words::{self, problem};
use crate::bindings::pool;
use crate::context::Context;
use crate::guides;
use crate::hand_overs::{self, No, Order, proposals};
use crate::web::language::ours;
use crate::web::page;

/// Why a manager proposes it: the word in the form, and what it is called.
const CAUSES: [(Cause, &str, &str, &str); 2] = [
    (
        Cause::Departure,
        "departure",
        "离职",
        "总部确认后解除微信关联，不再接新顾客。",
    ),
    (
        Cause::LongLeave,
        "long-leave",
        "长期休假",
        "总部确认后设为下班，微信仍然关联。",
    ),
];

pub(super) async fn show(ctx: Data<Context>, desk: Desk, path: Path<(String, i64)>) -> Page {
    let guide = permitted(&ctx, &desk, path.1).await?;
    let nothing = Fields::default();
    shown(&ctx, &desk, StatusCode::OK, &guide, &nothing, Vec::new()).await
}

async fn shown(
    ctx: &Context,
    desk: &Desk,
    status: StatusCode,
    guide: &guide::Model,
    fields: &Fields,
    problems: Vec<Value>,
) -> Page {
    let stores = stores_of(ctx, desk).await?;
    let mut colleagues = guides_of(ctx, desk).await?;
    colleagues.retain(|other| other.id != guide.id && other.store_id == guide.store_id);
    let ticked: Vec<_> = fields.named("to-").collect();
    let mut choices = Vec::new();
    for other in &colleagues {
        let chosen = match ticked.is_empty() {
            true => guides::is_available(other),
            false => ticked.contains(&other.id.to_string().as_str()),
        };
        choices.push(context! {
            id => other.id.0,
            name => &other.name,
            store => store_name(&stores, other.store_id),
            own_store => true,
            available => guides::is_available(other),
            linked => other.openid.is_some(),
            members => words::size(pool::size(ctx, other.id).await?),
            chosen,
        });
    }
    let causes: Vec<_> = CAUSES
        .iter()
        .enumerate()
        .map(|(place, (_, value, word, line))| {
            let (value, picked) = (*value, fields.get("cause"));
            let chosen = value == picked || (picked.is_empty() && place == 0);
            context! { value, word => ours(word), line => ours(line), chosen }
        })
        .collect();
    let open = proposals::of_guide(ctx, guide.id).await?;
    Ok(page::show(
        status,
        "proposal",
        context! {
            here => "guides",
            guide => context! {
                name => &guide.name,
                store => store_name(&stores, guide.store_id),
                href => format!("{}/guides/{}", desk.at(), guide.id),
            },
            open_since => open.map(|row| words::moment(row.created_at, ctx.config.timezone)),
            size => pool::size(ctx, guide.id).await?,
            choices,
            causes,
            problems,
            ..desk.frame()
        },
    ))
}

pub(super) async fn propose(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, fields): SentBy<Desk>,
) -> Page {
    let guide = permitted(&ctx, &desk, path.1).await?;
    let known = CAUSES
        .iter()
        .find(|(_, value, ..)| *value == fields.get("cause"));
    let ids = fields.named("to-").filter_map(|id| id.parse().ok());
    let mut targets: Vec<_> = ids.map(GuideId).collect();
    targets.sort();
    let wrong = match known {
        None => problem("cause", "请选择原因"),
        Some((cause, ..)) => {
            let order = Order {
                guide: guide.id,
                cause: *cause,
                store: None,
                staff: desk.gate.signed_in.staff.id,
            };
            match proposals::propose(&ctx, &desk.account, order, targets).await? {
                Ok(_) => return Ok(page::go_to(&at(&desk, &guide))),
                Err(No::Open(_)) => {
                    problem("", "这位导购的顾客已在移交，或已经提议过，请等总部处理")
                }
                Err(No::Targets) => problem("to", "请选择同一门店还在职的同事"),
                Err(_) => problem("", "没有找到这位导购，可能已经离职"),
            }
        }
    };
    let status = StatusCode::BAD_REQUEST;
    shown(&ctx, &desk, status, &guide, &fields, vec![wrong]).await
}

fn at(desk: &Desk, guide: &guide::Model) -> String {
    format!("{}/guides/{}/proposal", desk.at(), guide.id)
}

pub(super) async fn accept(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, _): SentBy<Desk>,
) -> Page {
    desk.for_headquarters()?;
    let id = proposed(&ctx, &desk, path.1).await?;
    let to = |id: HandOverId| format!("{}/hand-overs/{id}", desk.at());
    match proposals::accept(&ctx, &desk.account, id, desk.gate.by()).await? {
        Ok(id) | Err(No::Open(id)) => Ok(page::go_to(&to(id))),
        // Whoever pressed twice, or was second, sees what it has become.
        Err(No::TooLate) => Ok(page::go_to(&to(id))),
        Err(_) => Err(Stop::Failed(crate::error::Error::Refused(
            "这位导购或所选的同事已经不在店里了，请不同意这个提议，再直接发起移交".into(),
        ))),
    }
}

pub(super) async fn decline(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, _): SentBy<Desk>,
) -> Page {
    desk.for_headquarters()?;
    let id = proposed(&ctx, &desk, path.1).await?;
    let _declined_or_late = proposals::decline(&ctx, &desk.account, id, desk.gate.by()).await?;
    Ok(page::go_to(&format!("{}/hand-overs/{id}", desk.at())))
}

async fn proposed(ctx: &Context, desk: &Desk, id: i64) -> Result<HandOverId, Stop> {
    let found = hand_overs::get(ctx, &desk.account, HandOverId(id)).await?;
    found.map(|row| row.id).ok_or(Stop::NotFound)
}

/// What the first page says to headquarters.
pub(super) fn attention(
    desk: &Desk,
    row: &daogou_schema::hand_over::Model,
    name: &str,
) -> Option<Value> {
    let text = ours(format!("店里提议移交 {name} 的顾客，等你确认"));
    let href = format!("{}/hand-overs/{}", desk.at(), row.id);
    (row.state == State::Proposed).then(|| context! { text, href })
}
