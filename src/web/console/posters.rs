//! Codes to hang up and to take away: posters that the browser draws and prints, and the pictures of many codes at once.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use actix_web::web::{self, Data, Path, Query};
use daogou_schema::{GuideId, StoreId, guide, store};
use minijinja::{Value, context};

use super::gate::Desk;
use super::guides::{guides_of, permitted, store_name, stores_of};
use super::photos;
use super::place::Place;
use super::stop::{Page, Stop};
use crate::context::Context;
use crate::error::Error;
use crate::guides;
use crate::picture::Picture;
use crate::web::archive::Archive;
use crate::web::page;

/// How many posters one document has: what a printer and a browser take at once.
const POSTERS_MAX: usize = 100;
/// How many pictures one archive has: some 2 kB each, in memory while it is made.
const PICTURES_MAX: usize = 500;

/// What the address asks for; a name may stand there several times.
pub(super) type Asked = Query<Vec<(String, String)>>;

pub(super) async fn of_guide(
    ctx: Data<Context>,
    desk: Desk,
    path: Path<(String, i64)>,
    asked: Asked,
) -> Page {
    let guide = permitted(&ctx, &desk, path.1).await?;
    let stores = stores_of(&ctx, &desk).await?;
    let back = format!("{}/guides/{}", desk.at(), guide.id);
    Ok(shown(
        &desk,
        &asked,
        &back,
        vec![poster_of(&desk, &guide, &stores)],
    ))
}

pub(super) async fn of_store(
    ctx: Data<Context>,
    desk: Desk,
    path: Path<(String, i64)>,
    asked: Asked,
) -> Page {
    let stores = stores_of(&ctx, &desk).await?;
    let store = stores.iter().find(|store| store.id == StoreId(path.1));
    let store = store.ok_or(Stop::NotFound)?;
    let poster = context! {
        campaign => Value::from(()),
        name => Value::from(()),
        store => &store.name,
        code_href => format!("{}/stores/{}/code.svg", desk.at(), store.id),
    };
    Ok(shown(
        &desk,
        &asked,
        &format!("{}/stores", desk.at()),
        vec![poster],
    ))
}

/// A page for each of several guides.
pub(super) async fn of_guides(ctx: Data<Context>, desk: Desk, asked: Asked) -> Page {
    let guides = chosen(&ctx, &desk, &asked, POSTERS_MAX).await?;
    let stores = stores_of(&ctx, &desk).await?;
    let posters = guides.iter().map(|guide| poster_of(&desk, guide, &stores));
    Ok(shown(
        &desk,
        &asked,
        &format!("{}/guides", desk.at()),
        posters.collect(),
    ))
}

fn poster_of(desk: &Desk, guide: &guide::Model, stores: &[store::Model]) -> Value {
    context! {
        campaign => Value::from(()),
        name => &guide.name,
        photo_href => photos::href(desk, guide),
        store => store_name(stores, guide.store_id),
        code_href => format!("{}/guides/{}/code.svg", desk.at(), guide.id),
    }
}

pub(super) fn shown(desk: &Desk, asked: &Asked, back: &str, posters: Vec<Value>) -> HttpResponse {
    let size = match first(asked, "size") {
        Some("a5") => "a5",
        _ => "a4",
    };
    let whose = asked.iter().filter(|(name, _)| name != "size");
    let whose: Vec<_> = whose
        .map(|(name, value)| context! { name, value })
        .collect();
    page::show(
        StatusCode::OK,
        "poster",
        context! { posters, size, back, whose, ..desk.frame() },
    )
}

/// The pictures of several guides' codes.
pub(super) async fn pictures(ctx: Data<Context>, desk: Desk, asked: Asked) -> Page {
    let guides = chosen(&ctx, &desk, &asked, PICTURES_MAX).await?;
    let stores = stores_of(&ctx, &desk).await?;
    let ids: Vec<_> = guides.iter().map(|guide| guide.id).collect();
    let mut codes = guides::guides_codes(&ctx, desk.account.id, &ids).await?;
    let named = guides.iter().filter_map(|guide| {
        let name = file_name(store_name(&stores, guide.store_id), guide);
        Some((name, codes.remove(&guide.id)?.url))
    });
    let named: Vec<_> = named.collect();
    // Some seconds of drawing, for which nobody else should wait.
    let drawn = web::block(move || archive(&named)).await;
    let drawn = drawn.map_err(|gone| Error::Internal(gone.to_string()))?;
    Ok(HttpResponse::Ok()
        .content_type("application/zip")
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"codes.zip\""))
        .body(drawn.map_err(Error::Internal)?))
}

fn archive(named: &[(String, String)]) -> Result<Vec<u8>, String> {
    let mut archive = Archive::default();
    for (name, url) in named {
        archive.add(name, &Picture::of(url)?.png()?)?;
    }
    archive.finish()
}

/// A name that every system takes, and that no two guides share.
fn file_name(store: &str, guide: &guide::Model) -> String {
    let name = format!("{store}-{}-{}.png", guide.name, guide.id);
    name.replace(|c: char| c.is_control() || r#"\/:*?"<>|"#.contains(c), "_")
}

/// The guides that were ticked; when none was, all of the store or of the scope.
async fn chosen(
    ctx: &Context,
    desk: &Desk,
    asked: &Asked,
    most: usize,
) -> Result<Vec<guide::Model>, Stop> {
    let ticked: Vec<GuideId> = asked
        .iter()
        .filter(|(name, _)| name == "guide")
        .filter_map(|(_, id)| id.parse().ok().map(GuideId))
        .collect();
    let asked: HashMap<_, _> = asked.iter().cloned().collect();
    let place = Place::asked(ctx, desk, &asked).await?;
    let mut guides = guides_of(ctx, desk).await?;
    guides.retain(|guide| ticked.is_empty() || ticked.contains(&guide.id));
    guides.retain(|guide| place.has(guide));
    match guides.len() {
        0 => Err(Stop::NotFound),
        count if count > most => Err(Stop::Failed(Error::Invalid(format!(
            "一次最多 {most} 张，现在选了 {count} 张。请按门店分几次来做。"
        )))),
        _ => Ok(guides),
    }
}

fn first<'a>(asked: &'a Asked, name: &str) -> Option<&'a str> {
    let found = asked.iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value.as_str())
}
