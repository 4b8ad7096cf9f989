//! Tags: the list, adding, renaming, removing.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use daogou_schema::tag_rule::{self, Kind};
use daogou_schema::{ChoiceId, TagId, field_choice};
use minijinja::{Value, context};

use super::figures::{Known, codes_of};
use super::gate::{Desk, Fields, SentBy};
use super::place::Place;
use super::stop::{Page, Stop};
use super::words::{self, problem};
use crate::bindings::pool::COUNTED_MAX;
use crate::context::Context;
use crate::fields;
use crate::fields::rules::Field;
use crate::tags::{self, No, Rule};
use crate::web::language::ours;
use crate::web::page;

pub(super) async fn list(ctx: Data<Context>, desk: Desk) -> Page {
    desk.for_headquarters()?;
    shown(&ctx, &desk, StatusCode::OK, &Fields::default(), Vec::new()).await
}

async fn shown(
    ctx: &Context,
    desk: &Desk,
    status: StatusCode,
    fields: &Fields,
    problems: Vec<Value>,
) -> Result<HttpResponse, Stop> {
    let rules = tags::rules(ctx.db.reads(), desk.account.id).await?;
    let everywhere = Place::asked(ctx, desk, &HashMap::new()).await?;
    let codes = codes_of(ctx, desk, &everywhere).await?;
    let choices = choices_of(ctx, desk).await?;
    let mut rows = Vec::new();
    for tag in tags::list(ctx.db.reads(), desk.account.id).await? {
        let size = tags::size(ctx.db.reads(), tag.id, COUNTED_MAX).await?;
        rows.push(context! {
            id => tag.id.0,
            name => &tag.name,
            members => words::size(size),
            members_href => format!("{}/members?tag={}", desk.at(), tag.id),
            created_at => words::moment(tag.created_at, ctx.config.timezone),
            rule => rules.iter().find(|rule| rule.tag_id == tag.id).map(|rule| told(rule, &codes, &choices)),
        });
    }
    // The drawer that was sent is open again: that of one tag, or the one for a new tag.
    let (id, name) = (fields.get("id"), fields.get("name"));
    Ok(page::show(
        status,
        "tags",
        context! {
            here => "tags",
            tags => rows,
            form => context! { id, name, kind => fields.get("kind"), days => fields.get("days") },
            codes => codes.iter().map(|known| context! { id => known.code.id.0, name => code_name(known) }).collect::<Vec<_>>(),
            choices => choices.iter().map(|(id, name)| context! { id => id.0, name }).collect::<Vec<_>>(),
            problems,
            ..desk.frame()
        },
    ))
}

/// What can stand in the brand's own fields, with what it is called.
async fn choices_of(ctx: &Context, desk: &Desk) -> Result<Vec<(ChoiceId, String)>, Stop> {
    let fields = fields::in_use(ctx.db.reads(), desk.account.id).await?;
    let of = |field: &Field| -> Vec<_> {
        let named = |it: &field_choice::Model| (it.id, format!("{}：{}", field.row.name, it.word));
        field.open_choices().map(named).collect()
    };
    Ok(fields.iter().flat_map(of).collect())
}

pub(super) async fn add(ctx: Data<Context>, SentBy(desk, fields): SentBy<Desk>) -> Page {
    desk.for_headquarters()?;
    let added = tags::add(&ctx, &desk.account, fields.get("name"), desk.gate.by()).await?;
    answer(&ctx, &desk, &fields, added.map(drop)).await
}

pub(super) async fn rename(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, fields): SentBy<Desk>,
) -> Page {
    desk.for_headquarters()?;
    let (id, name) = (TagId(path.1), fields.get("name"));
    let renamed = tags::rename(&ctx, &desk.account, id, name, desk.gate.by()).await?;
    let fields = Fields::from([("id", id.to_string()), ("name", name.to_owned())]);
    answer(&ctx, &desk, &fields, renamed).await
}

pub(super) async fn remove(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, _): SentBy<Desk>,
) -> Page {
    desk.for_headquarters()?;
    match tags::remove(&ctx, &desk.account, TagId(path.1), desk.gate.by()).await? {
        Ok(()) => Ok(page::go_to(&format!("{}/tags", desk.at()))),
        Err(_) => Err(Stop::NotFound),
    }
}

/// What a code is called.
fn code_name(known: &Known) -> String {
    match &known.guide {
        Some(guide) => ours(format!("{}（{}）", guide.name, known.store.name)),
        None => ours(format!("{} 门店码", known.store.name)),
    }
}

/// What a rule says, and what its form holds.
fn told(rule: &tag_rule::Model, codes: &[Known], choices: &[(ChoiceId, String)]) -> Value {
    let days = rule.value;
    let (kind, text) = match rule.kind {
        Kind::Code => {
            let known = codes.iter().find(|known| known.code.id.0 == rule.value);
            let name = known.map_or_else(|| ours("已删除的码"), code_name);
            ("code", format!("扫 {name} 关注的人"))
        }
        Kind::Choice => {
            let known = choices.iter().find(|(id, _)| id.0 == rule.value);
            let name = known.map_or_else(|| ours("已删除的选项"), |(_, name)| name.to_string());
            ("choice", format!("资料里是“{name}”的人"))
        }
        Kind::New => ("new", format!("首次关注 {days} 天内的人")),
        Kind::Quiet => ("quiet", format!("{days} 天没来的人")),
    };
    context! { kind, text => ours(text), value => rule.value }
}

/// By which rule a tag puts itself on from now on; by none when no kind is chosen.
pub(super) async fn set_rule(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, fields): SentBy<Desk>,
) -> Page {
    desk.for_headquarters()?;
    let id = TagId(path.1);
    let days: Option<i64> = fields.get("days").parse().ok();
    let days = days.filter(|days| (1..=tags::DAYS_MAX).contains(days));
    let of_days = |kind| days.map(|value| Rule { kind, value });
    let rule = match fields.get("kind") {
        "" => Some(None),
        "new" => of_days(Kind::New).map(Some),
        "quiet" => of_days(Kind::Quiet).map(Some),
        "code" => {
            let everywhere = Place::asked(&ctx, &desk, &HashMap::new()).await?;
            let codes = codes_of(&ctx, &desk, &everywhere).await?;
            let chosen = fields.get("code");
            let known = codes
                .iter()
                .find(|known| known.code.id.to_string() == chosen);
            known.map(|known| {
                let (kind, value) = (Kind::Code, known.code.id.0);
                Some(Rule { kind, value })
            })
        }
        "choice" => {
            let (choices, chosen) = (choices_of(&ctx, &desk).await?, fields.get("choice"));
            let known = choices.iter().find(|(id, _)| id.to_string() == chosen);
            known.map(|(id, _)| {
                let (kind, value) = (Kind::Choice, id.0);
                Some(Rule { kind, value })
            })
        }
        _ => None,
    };
    let Some(rule) = rule else {
        let wrong = match fields.get("kind") {
            "choice" => problem("choice", "请选择一项会员资料"),
            "code" => problem("code", "请选择一个码"),
            _ => problem("days", format!("天数请写 1 到 {}", tags::DAYS_MAX)),
        };
        let (kind, days) = (fields.get("kind"), fields.get("days"));
        let fields = Fields::from([
            ("id", format!("rule-{id}")),
            ("kind", kind.to_owned()),
            ("days", days.to_owned()),
        ]);
        return shown(&ctx, &desk, StatusCode::BAD_REQUEST, &fields, vec![wrong]).await;
    };
    match tags::set_rule(&ctx, &desk.account, id, rule, desk.gate.by()).await? {
        true => Ok(page::go_to(&format!("{}/tags", desk.at()))),
        false => Err(Stop::NotFound),
    }
}

async fn answer(
    ctx: &Context,
    desk: &Desk,
    fields: &Fields,
    done: Result<(), No>,
) -> Result<HttpResponse, Stop> {
    match done {
        Ok(()) => Ok(page::go_to(&format!("{}/tags", desk.at()))),
        Err(No::Missing) => Err(Stop::NotFound),
        Err(no) => {
            let wrong = vec![problem("name", refused(no))];
            shown(ctx, desk, StatusCode::BAD_REQUEST, fields, wrong).await
        }
    }
}

/// Why a tag's name was not taken.
pub(super) fn refused(no: No) -> &'static str {
    match no {
        No::Empty => "请填写标签名",
        No::Long => "标签名最多 20 个字",
        No::Unreadable => "标签名里有不能显示的字符",
        No::Taken => "已有同名标签",
        No::Many => "标签已有 200 个，请先删除不用的",
        No::Missing => "这个标签已经删除",
    }
}
