//! 客户: a guide's own customers, and what there is to know about one.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use chrono::{NaiveDateTime, TimeDelta, TimeZone};
use daogou_schema::{NoteId, TagId, Timestamp, binding_event, tag};
use minijinja::{Value, context};

use super::gate::{Seat, SentBy};
use super::stop::{Page, Stop};
use super::words;
use crate::bindings::pool::{self, Cursor, Filter, Row, Scope, Whose};
use crate::care::{self, No};
use crate::context::Context;
use crate::conversations::desk;
use crate::web::page;
use crate::{guides, members, tags, visits};

/// How many customers a page shows.
const ROWS: usize = 40;
/// So many visits stand in her timeline.
const VISITS: u64 = 20;
/// Since when she was silent, in days.
const SILENT: [i64; 3] = [7, 30, 90];

/// The filters as the address says them.
struct Asked {
    tag: Option<TagId>,
    silent: Option<i64>,
    starred: bool,
    word: String,
}

impl Asked {
    fn read(asked: &HashMap<String, String>) -> Self {
        let get = |name: &str| asked.get(name).map_or("", |value| value.trim());
        let silent = get("silent").parse().ok();
        Self {
            tag: get("tag").parse().ok().map(TagId),
            silent: silent.filter(|days| SILENT.contains(days)),
            starred: get("starred") == "yes",
            word: get("q").to_owned(),
        }
    }

    fn written(&self) -> String {
        let mut pairs = Vec::new();
        pairs.extend(self.tag.map(|tag| format!("tag={tag}")));
        pairs.extend(self.silent.map(|days| format!("silent={days}")));
        pairs.extend(self.starred.then(|| "starred=yes".to_owned()));
        pairs.join("&")
    }
}

pub(super) async fn list(
    ctx: Data<Context>,
    seat: Seat,
    query: Query<HashMap<String, String>>,
) -> Page {
    let asked = Asked::read(&query);
    let after = query.get("after").and_then(|text| Cursor::read(text));
    let now = Timestamp::from(ctx.clock.now());
    let own = seat.guide.id;
    let scope = Scope {
        account: seat.account.id,
        stores: None,
    };
    let (rows, next) = if !asked.word.is_empty() {
        let mut found = pool::find(&ctx, scope, &asked.word).await?;
        found.extend(numbered(&ctx, &seat, &asked.word).await?);
        found.retain(|row| row.binding.as_ref().is_some_and(|b| b.guide_id == own));
        found.dedup_by_key(|row| row.member.id);
        (found, None)
    } else if asked.starred {
        let starred = guides::starred_by(&ctx, own).await?;
        let mut found = pool::those(&ctx, scope, &starred).await?;
        found.retain(|row| row.binding.as_ref().is_some_and(|b| b.guide_id == own));
        (found, None)
    } else {
        let filter = Filter {
            whose: Whose::Guide(own),
            tag: asked.tag,
            seen_before: asked.silent.map(|days| now - TimeDelta::days(days)),
            ..Filter::default()
        };
        let found = pool::list(&ctx, scope, filter, after, ROWS).await?;
        (found.rows, found.next)
    };
    let ids: Vec<_> = rows.iter().map(|row| row.member.id).collect();
    let marks = tags::of_members(ctx.db.reads(), &ids).await?;
    let numbers = guides::numbers_of(&ctx, own, &ids).await?;
    let all = tags::list(ctx.db.reads(), seat.account.id).await?;
    let shown: Vec<_> = rows
        .iter()
        .map(|row| {
            let number = numbers.iter().find(|(member, ..)| *member == row.member.id);
            let hers = marks.get(&row.member.id).map_or(&[][..], Vec::as_slice);
            context! {
                id => row.member.id.0,
                name => words::label(&ctx, row.member.name.as_deref(), None),
                number => number.map(|(_, number, _)| *number),
                starred => number.is_some_and(|(.., starred)| *starred),
                following => row.identity.subscribed,
                seen => words::when(row.identity.last_seen_at, now, ctx.config.timezone),
                tags => named(&all, hers),
            }
        })
        .collect();
    let waiting = desk::waiting(&ctx, own).await?;
    let chosen = asked.written();
    Ok(page::show(
        StatusCode::OK,
        "workbench/customers",
        context! {
            rows => shown,
            word => &asked.word,
            starred => asked.starred,
            tags => all.iter().map(|tag| context! { id => tag.id.0, name => &tag.name, chosen => asked.tag == Some(tag.id) }).collect::<Vec<_>>(),
            silent => SILENT.map(|days| context! { days, chosen => asked.silent == Some(days) }).to_vec(),
            filtered => !chosen.is_empty() || !asked.word.is_empty(),
            next => next.map(|next| format!("/workbench/customers?{chosen}&after={next}")),
            ..seat.frame("customers", waiting)
        },
    ))
}

/// What tags say.
fn named(all: &[tag::Model], ids: &[TagId]) -> Vec<String> {
    let these = all.iter().filter(|tag| ids.contains(&tag.id));
    these.map(|tag| tag.name.clone()).collect()
}

/// She whom the guide calls by this number.
async fn numbered(ctx: &Context, seat: &Seat, word: &str) -> Result<Vec<Row>, Stop> {
    let Ok(number) = word.trim_start_matches(['#', '＃']).parse() else {
        return Ok(Vec::new());
    };
    let Some(member) = guides::member_of_number(ctx, seat.guide.id, number).await? else {
        return Ok(Vec::new());
    };
    Ok(seat
        .customer(ctx, member.0)
        .await
        .into_iter()
        .map(|(row, _)| row)
        .collect())
}

pub(super) async fn show(ctx: Data<Context>, seat: Seat, path: Path<i64>) -> Page {
    shown(&ctx, &seat, *path, StatusCode::OK, Value::from(()), None).await
}

/// Her page; `problem` is what was wrong with a form, and `typed` what stood in it.
pub(super) async fn shown(
    ctx: &Context,
    seat: &Seat,
    member: i64,
    status: StatusCode,
    problem: Value,
    typed: Option<&str>,
) -> Page {
    let (row, talk) = seat.customer(ctx, member).await?;
    let (db, zone) = (ctx.db.reads(), ctx.config.timezone);
    let now = Timestamp::from(ctx.clock.now());
    let id = row.member.id;
    let number = guides::numbers_of(ctx, seat.guide.id, &[id]).await?.pop();
    let marks = tags::of_members(db, &[id]).await?;
    let hers = marks.get(&id).map_or(&[][..], Vec::as_slice);
    let all = tags::list(db, seat.account.id).await?;
    let notes = care::notes_of(db, id, care::NOTES_SHOWN).await?;
    let tasks = care::tasks_of(db, id).await?;
    let events = pool::history(ctx, id).await?;
    let colleagues = guides::list(db, seat.account.id).await?;
    let name = |id| {
        let found = colleagues.iter().find(|guide| guide.id == id);
        found.map_or_else(String::new, |guide| guide.name.clone())
    };
    let mut timeline: Vec<(Timestamp, String)> = events
        .iter()
        .map(|event| (event.at, said(event, &name)))
        .collect();
    timeline.extend(
        row.identity
            .first_subscribed_at
            .map(|at| (at, "关注了公众号".to_owned())),
    );
    timeline.extend(
        row.identity
            .unsubscribed_at
            .map(|at| (at, "取消了关注".to_owned())),
    );
    timeline.extend(
        talk.as_ref()
            .and_then(|talk| talk.last_member_at)
            .map(|at| (at, "最近一次来消息".to_owned())),
    );
    let visits = visits::of_member(ctx, seat.account.id, id, None, VISITS).await?;
    timeline.extend(visits.iter().map(super::visits::told));
    timeline.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let waiting = desk::waiting(ctx, seat.guide.id).await?;
    Ok(page::show(
        status,
        "workbench/customer",
        context! {
            id => id.0,
            name => &row.member.name,
            label => words::label(ctx, row.member.name.as_deref(), None),
            number => number.as_ref().map(|(_, number, _)| *number),
            starred => number.is_some_and(|(.., starred)| starred),
            following => row.identity.subscribed,
            quiet => row.member.quiet,
            muted => row.member.muted,
            own => row.binding.as_ref().is_some_and(|binding| binding.guide_id == seat.guide.id),
            bound => row.binding.as_ref().map(|binding| words::moment(binding.bound_at, now, zone)),
            seen => words::moment(row.identity.last_seen_at, now, zone),
            tags => named(&all, hers),
            notes => notes.iter().map(|note| context! {
                id => note.id.0,
                text => &note.text,
                by => name(note.guide_id),
                at => words::moment(note.at, now, zone),
            }).collect::<Vec<_>>(),
            tasks => tasks.iter().map(|task| context! {
                id => task.id.0,
                text => &task.text,
                due => words::moment(task.due_at, now, zone),
                late => task.done_at.is_none() && task.due_at <= now,
                done => task.done_at.map(|at| words::moment(at, now, zone)),
            }).collect::<Vec<_>>(),
            timeline => timeline.iter().map(|(at, text)| context! { at => words::moment(*at, now, zone), text }).collect::<Vec<_>>(),
            tomorrow => words::field(words::start_of_day(now, zone) + TimeDelta::hours(34), zone),
            name_max => members::NAME_CHARS_MAX,
            chars_max => care::CHARS_MAX,
            visiting => super::visits::offered(),
            problem,
            typed,
            ..seat.frame("customers", waiting)
        },
    ))
}

fn said(event: &binding_event::Model, name: &impl Fn(daogou_schema::GuideId) -> String) -> String {
    match (event.from_guide_id, event.to_guide_id) {
        (None, Some(to)) => format!("绑定给{}", name(to)),
        (Some(from), Some(to)) => format!("从{}转给{}", name(from), name(to)),
        (Some(from), None) => format!("与{}解除绑定", name(from)),
        (None, None) => "绑定有变化".to_owned(),
    }
}

pub(super) async fn rename(
    ctx: Data<Context>,
    path: Path<i64>,
    SentBy(seat, fields): SentBy,
) -> Page {
    let (row, _) = seat.customer(&ctx, *path).await?;
    let name = fields.get("name");
    if !desk::name_customer(&ctx, row.member.id, name).await? {
        let problem = context! {
            field => "name",
            text => format!("称呼请写 1 到 {} 个能显示的字", members::NAME_CHARS_MAX),
        };
        let status = StatusCode::BAD_REQUEST;
        return shown(&ctx, &seat, *path, status, problem, Some(name)).await;
    }
    Ok(page::go_to(&format!("/workbench/customers/{path}")))
}

pub(super) async fn star(
    ctx: Data<Context>,
    path: Path<i64>,
    SentBy(seat, fields): SentBy,
) -> Page {
    let (row, _) = seat.customer(&ctx, *path).await?;
    let on = fields.get("on") == "yes";
    guides::set_star(&ctx, seat.guide.id, row.member.id, on).await?;
    Ok(page::go_to(&format!("/workbench/customers/{path}")))
}

pub(super) async fn add_note(
    ctx: Data<Context>,
    path: Path<i64>,
    SentBy(seat, fields): SentBy,
) -> Page {
    let (row, _) = seat.customer(&ctx, *path).await?;
    let text = fields.exactly("text");
    match care::add_note(&ctx, seat.guide.id, row.member.id, text).await? {
        Ok(()) => Ok(page::go_to(&format!("/workbench/customers/{path}#notes"))),
        Err(no) => {
            let problem = context! { field => "note", text => wrong(no) };
            let status = StatusCode::BAD_REQUEST;
            shown(&ctx, &seat, *path, status, problem, Some(text)).await
        }
    }
}

fn wrong(no: No) -> String {
    match no {
        No::Text => format!("请写 1 到 {} 个能显示的字", care::CHARS_MAX),
        No::Time => "时间请选从现在起一年以内".to_owned(),
        No::TooMany => format!("这位顾客已有 {} 件待办，请先完成一些", care::TASKS_MAX),
    }
}

pub(super) async fn remove_note(
    ctx: Data<Context>,
    path: Path<(i64, i64)>,
    SentBy(seat, _fields): SentBy,
) -> Page {
    let (member, note) = path.into_inner();
    let (row, _) = seat.customer(&ctx, member).await?;
    care::remove_note(&ctx, row.member.id, NoteId(note)).await?;
    Ok(page::go_to(&format!("/workbench/customers/{member}#notes")))
}

pub(super) async fn add_task(
    ctx: Data<Context>,
    path: Path<i64>,
    SentBy(seat, fields): SentBy,
) -> Page {
    let (row, _) = seat.customer(&ctx, *path).await?;
    let text = fields.exactly("text");
    let zone = ctx.config.timezone;
    let due = NaiveDateTime::parse_from_str(fields.get("due"), "%Y-%m-%dT%H:%M").ok();
    let due = due.and_then(|due| zone.from_local_datetime(&due).earliest());
    let added = match due {
        Some(due) => {
            let due = Timestamp::from(due.to_utc());
            care::add_task(&ctx, seat.guide.id, row.member.id, text, due).await?
        }
        None => Err(No::Time),
    };
    match added {
        Ok(()) => Ok(page::go_to(&format!("/workbench/customers/{path}#tasks"))),
        Err(no) => {
            let problem = context! { field => "task", text => wrong(no) };
            let status = StatusCode::BAD_REQUEST;
            shown(&ctx, &seat, *path, status, problem, Some(text)).await
        }
    }
}
