//! Sensitive words: the list with its editor, and the lines in which they were found.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use chrono::TimeDelta;
use daogou_schema::message::Author;
use daogou_schema::{GuideId, SensitiveHitId, SensitiveWordId, Timestamp, sensitive_hit};
use minijinja::{Value, context};

use super::gate::{Desk, Fields, SentBy};
use super::guides::guides_of;
use super::members::guide_name;
use super::stop::{Page, Stop};
use super::words::{self, problem};
use crate::bindings::pool;
use crate::context::Context;
use crate::conversations;
use crate::sensitive::{self, No, rules};
use crate::web::language::ours;
use crate::web::page;

/// How many lines a page shows.
const ROWS: usize = 50;
/// How many words a page shows.
const WORDS: usize = 500;
/// So far back stopped lines are of interest on the first page, and so many are counted.
const SINCE: TimeDelta = TimeDelta::days(7);
const COUNTED: usize = 100;

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
    let all = sensitive::list(ctx.db.reads(), desk.account.id).await?;
    let may_everywhere = desk.gate.for_staff().is_ok();
    let rows: Vec<_> = all
        .iter()
        .take(WORDS)
        .map(|row| {
            context! {
                id => row.id.0,
                word => &row.word,
                category => &row.category,
                everywhere => row.account_id.is_none(),
                may_remove => row.account_id.is_some() || may_everywhere,
                added_at => words::moment(row.added_at, ctx.config.timezone),
            }
        })
        .collect();
    let form = context! {
        words => fields.exactly("words"),
        category => fields.get("category"),
        everywhere => fields.get("everywhere") == "1",
    };
    Ok(page::show(
        status,
        "sensitive",
        context! {
            here => "sensitive",
            tab => "words",
            total => all.len(),
            rows,
            form,
            may_everywhere,
            problems,
            ..desk.frame()
        },
    ))
}

pub(super) async fn add(ctx: Data<Context>, SentBy(desk, fields): SentBy<Desk>) -> Page {
    desk.for_headquarters()?;
    let everywhere = fields.get("everywhere") == "1";
    if everywhere {
        desk.gate.for_staff()?;
    }
    let words = rules::read_list(fields.exactly("words"), fields.get("category"));
    let (account, by) = (desk.account.id, desk.gate.by());
    match sensitive::add(&ctx, account, everywhere, words, by).await? {
        Ok(_) => Ok(page::go_to(&format!("{}/sensitive", desk.at()))),
        Err(no) => {
            let wrong = vec![problem("words", refused(no))];
            shown(&ctx, &desk, StatusCode::BAD_REQUEST, &fields, wrong).await
        }
    }
}

pub(super) async fn remove(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, _): SentBy<Desk>,
) -> Page {
    desk.for_headquarters()?;
    let (account, by) = (desk.account.id, desk.gate.by());
    let everywhere = desk.gate.for_staff().is_ok();
    let id = SensitiveWordId(path.1);
    match sensitive::remove(&ctx, account, everywhere, id, by).await? {
        Ok(()) => Ok(page::go_to(&format!("{}/sensitive", desk.at()))),
        Err(_) => Err(Stop::NotFound),
    }
}

/// Why words were not taken.
fn refused(no: No) -> String {
    match no {
        No::Empty => "请填写敏感词，一行一个".to_owned(),
        No::Short(line) => format!("第 {line} 个词太短：至少要有两个字、字母或数字"),
        No::Long(line) => format!("第 {line} 个词太长：最多 {} 个字", rules::WORD_CHARS_MAX),
        No::Category(line) => {
            let most = rules::CATEGORY_CHARS_MAX;
            format!("第 {line} 个词的分类太长：最多 {most} 个字")
        }
        No::Unreadable(line) => format!("第 {line} 个词里有不能显示的字符"),
        No::Many => format!("敏感词最多 {} 个，请先删除不用的", sensitive::WORDS_MAX),
        No::Known => "这些词都已经有了".to_owned(),
        No::Missing => "这个词已经删除".to_owned(),
    }
}

/// The guides whose lines she may see; none: everybody's.
async fn whose(ctx: &Context, desk: &Desk) -> Result<Option<Vec<GuideId>>, Stop> {
    if desk.sees_all() {
        return Ok(None);
    }
    let own = guides_of(ctx, desk).await?;
    Ok(Some(own.iter().map(|guide| guide.id).collect()))
}

/// The lines in which words were found, the newest first.
pub(super) async fn hits(
    ctx: Data<Context>,
    desk: Desk,
    asked: Query<HashMap<String, String>>,
) -> Page {
    let (by, author) = match asked.get("by").map(String::as_str) {
        Some("members") => ("members", Author::Member),
        _ => ("guides", Author::Guide),
    };
    let before = asked.get("before").and_then(|id| id.parse().ok());
    let before = before.map(SensitiveHitId);
    let whose = whose(&ctx, &desk).await?;
    let (db, account) = (ctx.db.reads(), desk.account.id);
    let mut found =
        sensitive::hits(db, account, whose.as_deref(), author, before, ROWS + 1).await?;
    let more = found.len() > ROWS;
    found.truncate(ROWS);
    let here = format!("{}/sensitive/hits?by={by}", desk.at());
    let next = found.last().filter(|_| more).map(|hit| hit.id);
    let rows = told(&ctx, &desk, &found).await?;
    Ok(page::show(
        StatusCode::OK,
        "sensitive_hits",
        context! {
            here => "sensitive",
            tab => by,
            rows,
            next_href => next.map(|id| format!("{here}&before={id}")),
            first_href => before.map(|_| here),
            ..desk.frame()
        },
    ))
}

async fn told(
    ctx: &Context,
    desk: &Desk,
    found: &[sensitive_hit::Model],
) -> Result<Vec<Value>, Stop> {
    let members: Vec<_> = found.iter().map(|hit| hit.member_id).collect();
    let known = pool::those(ctx, desk.scope(), &members).await?;
    let lines: Vec<_> = found.iter().filter_map(|hit| hit.message_id).collect();
    let said = conversations::texts_of(ctx, &lines).await?;
    let guides = crate::guides::list(ctx.db.reads(), desk.account.id).await?;
    let row = |hit: &sensitive_hit::Model| {
        let member = known.iter().find(|row| row.member.id == hit.member_id);
        let at = format!("{}/conversations/{}", desk.at(), hit.member_id);
        let line = hit.message_id;
        // Of who has gone to another store a manager sees what her guide wrote, and not to whom.
        let text = hit.content.clone().or_else(|| {
            let line = said.iter().find(|(id, _)| Some(*id) == line);
            line.filter(|_| member.is_some())
                .map(|(_, text)| text.clone())
        });
        context! {
            at => words::moment(hit.at, ctx.config.timezone),
            guide => hit.guide_id.map(|id| guide_name(&guides, id)),
            label => member.map(|row| words::member(&row.member)),
            href => member.map(|_| match line {
                Some(line) => format!("{at}?at={line}#line-{line}"),
                None => at,
            }),
            words => &hit.words,
            text,
        }
    };
    Ok(found.iter().map(row).collect())
}

/// What the first page says of it.
pub(super) async fn attention(ctx: &Context, desk: &Desk) -> Result<Option<Value>, Stop> {
    let since = Timestamp::from(ctx.clock.now()) - SINCE;
    let whose = whose(ctx, desk).await?;
    let (db, account) = (ctx.db.reads(), desk.account.id);
    let author = Author::Guide;
    let newest = sensitive::hits(db, account, whose.as_deref(), author, None, COUNTED).await?;
    let count = newest.iter().filter(|hit| hit.at >= since).count();
    let told = match count {
        0 => return Ok(None),
        COUNTED.. => format!("{COUNTED}+"),
        few => few.to_string(),
    };
    let text = ours(format!("7 天内有 {told} 条导购的回复因敏感词没有发出"));
    let href = format!("{}/sensitive/hits", desk.at());
    Ok(Some(context! { text, href }))
}
