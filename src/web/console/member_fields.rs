//! What stands in the brand's own fields of a member: the part of her page, and its form.

use actix_web::web::{Data, Path};
use daogou_schema::FieldId;
use minijinja::{Value, context};

use super::fields::kind_words;
use super::gate::{Desk, Fields, SentBy};
use super::members::{self, Refused};
use super::stop::{Page, Stop};
use super::words::problem;
use crate::bindings::pool::Row;
use crate::context::Context;
use crate::fields::{self, Said};
use crate::web::page;

/// Her fields, with what was typed when it was not taken.
pub(super) async fn card(
    ctx: &Context,
    desk: &Desk,
    row: &Row,
    typed: Option<&Fields>,
) -> Result<Value, Stop> {
    let known = fields::of(ctx.db.reads(), &[row.member.id]).await?;
    let known = known.get(&row.member.id);
    let all = fields::in_use(ctx.db.reads(), desk.account.id).await?;
    let one = |field: &crate::fields::rules::Field| {
        let value = known.and_then(|known| known.get(&field.row.id));
        let said = value.map_or("", |value| field.said(value)).to_owned();
        let key = format!("field-{}", field.row.id);
        let mut choices: Vec<_> = field.open_choices().map(|it| it.word.clone()).collect();
        // What cannot be chosen any more can stay where it is.
        if !said.is_empty() && !choices.contains(&said) {
            choices.push(said.clone());
        }
        context! {
            name => &field.row.name,
            kind => kind_words(field.row.kind).0,
            choices,
            typed => typed.map_or(said.as_str(), |typed| typed.get(&key)),
            said,
            key,
        }
    };
    let all: Vec<_> = all.iter().map(one).collect();
    Ok(all.into())
}

pub(super) async fn save(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, sent): SentBy<Desk>,
) -> Page {
    let row = members::permitted(&ctx, &desk, path.1).await?;
    let said: Said = sent
        .named("field-")
        .filter_map(|id| {
            let text = sent.get(&format!("field-{id}"));
            Some((FieldId(id.parse().ok()?), text.to_owned()))
        })
        .collect();
    let by = desk.gate.by();
    let Err(wrong) = fields::set(&ctx, &desk.account, row.member.id, said, by).await? else {
        return Ok(page::go_to(&members::href(&desk, &row)));
    };
    let all = fields::in_use(ctx.db.reads(), desk.account.id).await?;
    let told = |field: &crate::fields::rules::Field| {
        let (id, why) = wrong.iter().find(|(id, _)| *id == field.row.id)?;
        let text = format!("“{}”{}", field.row.name, why.told());
        Some(problem(&format!("field-{id}"), text))
    };
    let not_taken = Refused {
        drawer: "fields",
        typed: &sent,
        problems: all.iter().filter_map(told).collect(),
    };
    members::refused(&ctx, &desk, row, not_taken).await
}
