//! The brand's own fields: the list, adding, changing, moving, archiving.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use daogou_schema::FieldId;
use daogou_schema::field::Kind;
use minijinja::{Value, context};

use super::gate::{Desk, Fields, SentBy};
use super::stop::{Page, Stop};
use super::words::problem;
use crate::context::Context;
use crate::fields::rules::Field;
use crate::fields::{self, Draft, FIELDS_MAX, No};
use crate::web::language::ours;
use crate::web::page;

/// What can stand in a field: the form's word, and what it is called.
const KINDS: [(&str, Kind, &str); 4] = [
    ("text", Kind::Text, "文字"),
    ("number", Kind::Number, "数字"),
    ("date", Kind::Date, "日期"),
    ("choice", Kind::Choice, "单选"),
];

/// The form's word for a kind, and what it is called.
pub(super) fn kind_words(kind: Kind) -> (&'static str, &'static str) {
    let found = KINDS.iter().find(|(_, it, _)| *it == kind);
    found.map_or(("", ""), |(word, _, name)| (*word, *name))
}

/// What may stand in a field, for the template of an import.
pub(super) fn example(field: &Field) -> String {
    let first = field.open_choices().next().map(|it| it.word.clone());
    match field.row.kind {
        Kind::Text => "一句话".to_owned(),
        Kind::Number => "42.5".to_owned(),
        Kind::Date => "2026-01-31".to_owned(),
        Kind::Choice => first.unwrap_or_default(),
    }
}

pub(super) async fn list(ctx: Data<Context>, desk: Desk) -> Page {
    desk.for_headquarters()?;
    shown(
        &ctx,
        &desk,
        StatusCode::OK,
        "",
        &Fields::default(),
        Vec::new(),
    )
    .await
}

/// The page; `drawer` is the one that was sent and not taken.
async fn shown(
    ctx: &Context,
    desk: &Desk,
    status: StatusCode,
    drawer: &str,
    typed: &Fields,
    problems: Vec<Value>,
) -> Result<HttpResponse, Stop> {
    let all = fields::list(ctx.db.reads(), desk.account.id).await?;
    let (used, archived): (Vec<_>, Vec<_>) = all.iter().partition(|field| field.is_in_use());
    let row = |field: &&Field| {
        let choices: Vec<_> = field.open_choices().map(|it| it.word.clone()).collect();
        let (kind, kind_name) = kind_words(field.row.kind);
        let kind_name = ours(kind_name);
        context! {
            id => field.row.id.0,
            name => &field.row.name,
            kind,
            kind_name,
            choices,
            masked => field.row.masked,
        }
    };
    let rows: Vec<_> = used.iter().map(row).collect();
    let archived: Vec<_> = archived.iter().map(row).collect();
    let kinds: Vec<_> = KINDS
        .iter()
        .map(|(id, _, name)| {
            let said = typed.get("kind");
            let chosen = *id == said || (said.is_empty() && *id == "text");
            context! { id => *id, name => ours(name), chosen }
        })
        .collect();
    Ok(page::show(
        status,
        "fields",
        context! {
            here => "fields",
            full => rows.len() >= FIELDS_MAX,
            rows,
            archived,
            kinds,
            drawer,
            typed => context! {
                name => typed.get("name"),
                choices => typed.exactly("choices"),
                masked => typed.get("masked") == "1",
            },
            problems,
            ..desk.frame()
        },
    ))
}

/// A field as the form says it.
fn draft(fields: &Fields) -> Option<Draft> {
    let word = fields.get("kind");
    let kind = KINDS.iter().find(|(known, ..)| *known == word);
    let lines = fields.exactly("choices").lines().map(str::trim);
    Some(Draft {
        name: fields.get("name").to_owned(),
        kind: kind.map(|(_, kind, _)| *kind)?,
        choices: lines
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect(),
        masked: fields.get("masked") == "1",
    })
}

pub(super) async fn add(ctx: Data<Context>, SentBy(desk, sent): SentBy<Desk>) -> Page {
    desk.for_headquarters()?;
    let Some(draft) = draft(&sent) else {
        let wrong = vec![problem("kind", "请选择能填什么")];
        return shown(&ctx, &desk, StatusCode::BAD_REQUEST, "add", &sent, wrong).await;
    };
    let added = fields::add(&ctx, &desk.account, draft, desk.gate.by()).await?;
    answer(&ctx, &desk, "add", &sent, added).await
}

pub(super) async fn change(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, sent): SentBy<Desk>,
) -> Page {
    desk.for_headquarters()?;
    // Its kind stays, whatever the form says.
    let draft = draft(&sent).unwrap_or_else(|| Draft {
        name: sent.get("name").to_owned(),
        kind: Kind::Text,
        choices: Vec::new(),
        masked: false,
    });
    let id = FieldId(path.1);
    let changed = fields::change(&ctx, &desk.account, id, draft, desk.gate.by()).await?;
    answer(&ctx, &desk, &format!("field-{id}"), &sent, changed).await
}

/// What else can be done with a field.
pub(super) async fn act(
    ctx: Data<Context>,
    path: Path<(String, i64, String)>,
    SentBy(desk, sent): SentBy<Desk>,
) -> Page {
    desk.for_headquarters()?;
    let (id, by) = (FieldId(path.1), desk.gate.by());
    let done = match path.2.as_str() {
        "up" => fields::move_up(&ctx, &desk.account, id, by).await?,
        "archive" => fields::archive(&ctx, &desk.account, id, true, by).await?,
        "restore" => fields::archive(&ctx, &desk.account, id, false, by).await?,
        _ => return Err(Stop::NotFound),
    };
    answer(&ctx, &desk, "", &sent, done).await
}

async fn answer(
    ctx: &Context,
    desk: &Desk,
    drawer: &str,
    sent: &Fields,
    done: Result<(), No>,
) -> Result<HttpResponse, Stop> {
    let wrong = match done {
        Ok(()) => return Ok(page::go_to(&format!("{}/fields", desk.at()))),
        Err(No::Missing) => return Err(Stop::NotFound),
        Err(No::Name) => problem("name", "名称请写 1 到 20 个能显示的字"),
        Err(No::Taken) => problem("name", "已有同名字段，停用的也算；可以恢复它，或换一个名称"),
        Err(No::Many) => problem("", "最多用 30 个字段，请先停用不用的"),
        Err(No::Choices) => problem("choices", "请写 1 到 50 个选项，每行一个，每个最多 20 个字"),
        Err(No::Twice) => problem("choices", "有两个选项一样，请删去一个"),
    };
    shown(
        ctx,
        desk,
        StatusCode::BAD_REQUEST,
        drawer,
        sent,
        vec![wrong],
    )
    .await
}
