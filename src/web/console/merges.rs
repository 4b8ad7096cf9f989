//! Merging two profiles: finding the other one, comparing both, choosing whose guide stays, and the way back.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use daogou_schema::member_merge::Cause;
use daogou_schema::{MemberId, MergeId, Timestamp};
use minijinja::{Value, context};

use super::gate::{Desk, SentBy};
use super::members::{following, guide_name, store_name};
use super::pool::named;
use super::stop::{Page, Stop};
use super::words::{self, problem};
use crate::bindings::pool::{self, Row};
use crate::context::Context;
use crate::members::cards;
use crate::merges::{self, No, Order, Whose};
use crate::web::language::ours;
use crate::web::page;
use crate::{guides, members, privacy, tags};

/// How many of those who are found are shown.
const FOUND_MAX: usize = 20;

async fn permitted(ctx: &Context, desk: &Desk, id: i64) -> Result<Row, Stop> {
    desk.for_headquarters()?;
    let row = pool::get(ctx, desk.scope(), MemberId(id)).await?;
    row.ok_or(Stop::NotFound)
}

pub(super) async fn show(
    ctx: Data<Context>,
    desk: Desk,
    path: Path<(String, i64)>,
    asked: Query<HashMap<String, String>>,
) -> Page {
    let row = permitted(&ctx, &desk, path.1).await?;
    let get = |name: &str| asked.get(name).map_or("", |value: &String| value.trim());
    let other = match get("with").parse() {
        Ok(id) => pool::get(&ctx, desk.scope(), MemberId(id)).await?,
        Err(_) => None,
    };
    shown(
        &ctx,
        &desk,
        StatusCode::OK,
        &row,
        other,
        get("q"),
        Vec::new(),
    )
    .await
}

async fn shown(
    ctx: &Context,
    desk: &Desk,
    status: StatusCode,
    row: &Row,
    other: Option<Row>,
    word: &str,
    problems: Vec<Value>,
) -> Result<HttpResponse, Stop> {
    let other = other.filter(|other| other.member.id != row.member.id);
    let at = at(desk, row.member.id);
    let mut found = Vec::new();
    if other.is_none() && !word.is_empty() {
        let rows = named(ctx, desk, word).await?;
        let others = rows.iter().filter(|it| it.member.id != row.member.id);
        found = others
            .take(FOUND_MAX)
            .map(|it| {
                context! {
                    id => it.member.id.0,
                    label => words::member(&it.member),
                    following => following(it),
                    href => format!("{at}?with={}", it.member.id),
                }
            })
            .collect();
    }
    let both = match &other {
        Some(other) => vec![
            profile(ctx, desk, row).await?,
            profile(ctx, desk, other).await?,
        ],
        None => Vec::new(),
    };
    Ok(page::show(
        status,
        "member_merge",
        context! {
            here => "members",
            member => context! {
                id => row.member.id.0,
                label => words::member(&row.member),
                href => format!("{}/members/{}", desk.at(), row.member.id),
                merge => at,
            },
            q => word,
            found,
            both,
            problems,
            ..desk.frame()
        },
    ))
}

fn at(desk: &Desk, id: MemberId) -> String {
    format!("{}/members/{id}/merge", desk.at())
}

/// What is compared of one of the two.
async fn profile(ctx: &Context, desk: &Desk, row: &Row) -> Result<Value, Stop> {
    let (db, zone, id) = (ctx.db.reads(), ctx.config.timezone, row.member.id);
    let all = guides::list(db, desk.account.id).await?;
    let stores = guides::list_stores(ctx, &desk.account).await?;
    let own = tags::of_members(db, &[id]).await?;
    let own = own.get(&id).cloned().unwrap_or_default();
    let own: Vec<_> = tags::list(db, desk.account.id)
        .await?
        .into_iter()
        .filter(|tag| own.contains(&tag.id))
        .map(|tag| tag.name)
        .collect();
    let phone = privacy::phone_of(ctx, id).await?;
    let binding = row.binding.as_ref();
    Ok(context! {
        id => id.0,
        label => words::member(&row.member),
        name => &row.member.name,
        phone => phone.map(|phone| phone.masked),
        card => cards::of(db, &[id]).await?.remove(&id),
        following => following(row),
        guide => binding.map(|it| guide_name(&all, it.guide_id)),
        store => binding.map(|it| store_name(&stores, it.store_id)),
        tags => own,
        consents => members::consents(ctx, id).await?.len(),
        since => words::moment(row.member.created_at, zone),
        quiet => row.member.quiet,
        muted => row.member.muted,
    })
}

pub(super) async fn merge(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, fields): SentBy<Desk>,
) -> Page {
    let row = permitted(&ctx, &desk, path.1).await?;
    let id = fields
        .get("with")
        .parse()
        .map(MemberId)
        .unwrap_or(MemberId(0));
    let Some(other) = pool::get(&ctx, desk.scope(), id).await? else {
        return Err(Stop::NotFound);
    };
    let (own, hers) = (row.member.id, other.member.id);
    let swapped = fields.get("keep") == hers.to_string();
    let (kept, gone) = if swapped { (hers, own) } else { (own, hers) };
    let order = Order {
        kept,
        gone,
        guide: match fields.get("guide") == gone.to_string() {
            true => Whose::Gone,
            false => Whose::Kept,
        },
        cause: Cause::Chosen,
        by: desk.gate.by(),
    };
    let text = match merges::merge(&ctx, &desk.account, order).await? {
        Ok(_) => return Ok(page::go_to(&format!("{}/members/{kept}", desk.at()))),
        Err(No::Same) => "这是同一份资料，请选另一位会员",
        Err(No::Missing) => "其中一份资料已经不在了，或正在删除",
        Err(No::Talking) => {
            "要并入的这位正在和导购沟通。请等最后一句话过去 1 小时、来信都已回复后再合并，或改为保留这一位"
        }
        Err(No::Long) => "要并入的这位消息超过 5000 条，请改为保留这一位",
        Err(No::TooLate | No::WentOn) => "没有合并，请刷新后再试一次",
    };
    let problems = vec![problem("", text)];
    shown(
        &ctx,
        &desk,
        StatusCode::CONFLICT,
        &row,
        Some(other),
        "",
        problems,
    )
    .await
}

pub(super) async fn undo(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, _): SentBy<Desk>,
) -> Page {
    desk.for_headquarters()?;
    let found = merges::get(&ctx, &desk.account, MergeId(path.1)).await?;
    let row = found.ok_or(Stop::NotFound)?;
    let by = desk.gate.by();
    let text = match merges::undo(&ctx, &desk.account, row.id, by).await? {
        Ok(row) => {
            return Ok(page::go_to(&format!(
                "{}/members/{}",
                desk.at(),
                row.kept_id
            )));
        }
        Err(No::WentOn) => {
            "合并以后她又来过消息、换过导购，或导购已经离开，分不清哪些属于谁，不能自动撤销。请在两位会员中手工调整。"
        }
        Err(_) => "合并超过 48 小时，或已经撤销，或会员资料已删除。",
    };
    let back = format!("{}/members/{}", desk.at(), row.kept_id);
    Ok(page::show(
        StatusCode::CONFLICT,
        "failure",
        context! { status => 409, title => ours("没有撤销"), text => ours(text), back },
    ))
}

/// What a member's own page says of who became part of her.
pub(super) async fn card(ctx: &Context, desk: &Desk, member: MemberId) -> Result<Value, Stop> {
    if desk.for_headquarters().is_err() {
        return Ok(Value::from(()));
    }
    let now = Timestamp::from(ctx.clock.now());
    let rows: Vec<_> = merges::of(ctx, member)
        .await?
        .iter()
        .map(|row| {
            context! {
                gone => row.gone_id.0,
                at => words::moment(row.created_at, ctx.config.timezone),
                by_phone => row.cause == Cause::Phone,
                undone => row.undone_at.is_some(),
                undo => merges::is_open(row, now).then(|| format!("{}/merges/{}/undo", desk.at(), row.id)),
            }
        })
        .collect();
    Ok(context! { rows, href => at(desk, member) })
}
