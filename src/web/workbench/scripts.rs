//! 话术: what a guide may say, to be chosen in a chat, and her own ones to be kept.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use daogou_schema::script::Model;
use daogou_schema::{ScriptId, store};
use minijinja::{Value, context};

use super::gate::{Seat, SentBy};
use super::stop::{Page, Stop};
use crate::context::Context;
use crate::conversations::desk;
use crate::guides;
use crate::pictures;
use crate::scripts::{self, Draft, Names, NewPicture, Wanted, filled, is_own, rules};
use crate::web::{file, page};

fn asked(query: &HashMap<String, String>, name: &str) -> String {
    query.get(name).map_or("", |value| value.trim()).to_owned()
}

async fn store_of(ctx: &Context, seat: &Seat) -> Result<Option<store::Model>, Stop> {
    let all = guides::list_stores(ctx, &seat.account).await?;
    Ok(all
        .into_iter()
        .find(|store| store.id == seat.guide.store_id))
}

/// What can be said in a chat, its variables filled for her: a part of the page.
pub(super) async fn choose(
    ctx: Data<Context>,
    seat: Seat,
    path: Path<i64>,
    query: Query<HashMap<String, String>>,
) -> Page {
    let (row, _) = seat.customer(&ctx, *path).await?;
    let store = store_of(&ctx, &seat).await?;
    let names = Names {
        customer: row.member.name.as_deref(),
        guide: Some(&seat.guide.name),
        store: store.as_ref().map(|store| store.name.as_str()),
    };
    let (text, category) = (asked(&query, "q"), asked(&query, "category"));
    let wanted = Wanted {
        text: &text,
        category: &category,
    };
    let found = scripts::for_guide(&ctx, &seat.guide, wanted).await?;
    let rows: Vec<_> = found
        .iter()
        .map(|script| {
            context! {
                text => filled(&script.text, names),
                ..shown(script)
            }
        })
        .collect();
    let all = scripts::categories(found.iter().map(|script| script.category.as_str()));
    let all: Vec<_> = all.into_iter().map(str::to_owned).collect();
    Ok(page::show(
        StatusCode::OK,
        "workbench/scripts_rows",
        context! { rows, categories => all, category, text },
    ))
}

fn shown(script: &Model) -> Value {
    context! {
        id => script.id.0,
        category => &script.category,
        text => &script.text,
        own => is_own(script),
        uses => script.uses,
        picture => script.picture_id.map(|_| format!("/workbench/scripts/{}/picture", script.id)),
    }
}

pub(super) async fn list(ctx: Data<Context>, seat: Seat) -> Page {
    listed(&ctx, &seat, StatusCode::OK, Value::from(()), None).await
}

/// The guide's own; `typed` is what stands in the form for a new one, or for `of`, which is changed.
async fn listed(
    ctx: &Context,
    seat: &Seat,
    status: StatusCode,
    problem: Value,
    typed: Option<Value>,
) -> Page {
    let mut found = scripts::for_guide(ctx, &seat.guide, Wanted::default()).await?;
    found.retain(is_own);
    let waiting = desk::waiting(ctx, seat.guide.id).await?;
    Ok(page::show(
        status,
        "workbench/scripts",
        context! {
            rows => found.iter().map(shown).collect::<Vec<_>>(),
            most => scripts::OWN_MAX,
            chars_max => rules::TEXT_CHARS_MAX,
            category_max => rules::CATEGORY_CHARS_MAX,
            problem,
            typed => typed.unwrap_or_else(|| context! { id => (), category => "", text => "" }),
            ..seat.frame("me", waiting)
        },
    ))
}

async fn own(ctx: &Context, seat: &Seat, id: i64) -> Result<Model, Stop> {
    let found = scripts::get_for_guide(ctx, &seat.guide, ScriptId(id)).await?;
    found.filter(is_own).ok_or(Stop::NotFound)
}

pub(super) async fn edit(ctx: Data<Context>, seat: Seat, path: Path<i64>) -> Page {
    let script = own(&ctx, &seat, *path).await?;
    let typed = shown(&script);
    listed(&ctx, &seat, StatusCode::OK, Value::from(()), Some(typed)).await
}

pub(super) async fn save(ctx: Data<Context>, SentBy(seat, fields): SentBy) -> Page {
    written(&ctx, &seat, None, &fields).await
}

pub(super) async fn change(
    ctx: Data<Context>,
    path: Path<i64>,
    SentBy(seat, fields): SentBy,
) -> Page {
    let script = own(&ctx, &seat, *path).await?;
    written(&ctx, &seat, Some(&script), &fields).await
}

async fn written(
    ctx: &Context,
    seat: &Seat,
    script: Option<&Model>,
    fields: &crate::web::form::Fields,
) -> Page {
    let draft = Draft {
        category: fields.get("category").to_owned(),
        text: fields.exactly("text").to_owned(),
        store: None,
        place: script.map_or(0, |script| script.place),
        picture: NewPicture::Same,
    };
    let id = script.map(|script| script.id);
    match scripts::save_own(ctx, &seat.guide, id, draft).await? {
        Ok(_) => Ok(page::go_to("/workbench/scripts")),
        Err(no) => {
            let typed = context! {
                id => id.map(|id| id.0),
                category => fields.get("category"),
                text => fields.exactly("text"),
            };
            let status = StatusCode::BAD_REQUEST;
            listed(ctx, seat, status, Value::from(no.told()), Some(typed)).await
        }
    }
}

pub(super) async fn remove(
    ctx: Data<Context>,
    path: Path<i64>,
    SentBy(seat, _fields): SentBy,
) -> Page {
    let script = own(&ctx, &seat, *path).await?;
    match scripts::archive_own(&ctx, &seat.guide, script.id).await? {
        Ok(()) => Ok(page::go_to("/workbench/scripts")),
        Err(_gone) => Err(Stop::NotFound),
    }
}

/// The picture of a script that the guide may say.
pub(super) async fn picture(ctx: Data<Context>, seat: Seat, path: Path<i64>) -> Page {
    let found = scripts::get_for_guide(&ctx, &seat.guide, ScriptId(*path)).await?;
    let picture = found.and_then(|script| script.picture_id);
    let picture = picture.ok_or(Stop::NotFound)?;
    let content = pictures::content(&ctx, seat.account.id, picture).await?;
    Ok(file::answer(content.ok_or(Stop::NotFound)?))
}
