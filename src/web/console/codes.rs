//! Pictures of codes.

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Data, Path};
use daogou_schema::StoreId;

use super::gate::Desk;
use super::guides::{permitted, stores_of};
use super::stop::{Page, Stop};
use crate::context::Context;
use crate::error::Error;
use crate::guides;
use crate::picture::Picture;

pub(super) async fn of_guide(
    ctx: Data<Context>,
    desk: Desk,
    path: Path<(String, i64, String)>,
) -> Page {
    let (_, id, kind) = path.into_inner();
    let guide = permitted(&ctx, &desk, id).await?;
    let code = guides::guide_code(&ctx, desk.account.id, guide.id).await?;
    in_kind(&code.url, &kind)
}

pub(super) async fn link_of_guide(
    ctx: Data<Context>,
    desk: Desk,
    path: Path<(String, i64)>,
) -> Page {
    // Whoever scans it becomes the guide: a manager may show it to her own guides.
    let guide = permitted(&ctx, &desk, path.1).await?;
    let link = guides::open_link(&ctx, desk.account.id, guide.id).await?;
    drawn(&link.ok_or(Stop::NotFound)?.url)
}

pub(super) async fn of_store(
    ctx: Data<Context>,
    desk: Desk,
    path: Path<(String, i64, String)>,
) -> Page {
    let (_, id, kind) = path.into_inner();
    let stores = stores_of(&ctx, &desk).await?;
    let store = stores.iter().find(|store| store.id == StoreId(id));
    let code = guides::store_code(&ctx, &desk.account, store.ok_or(Stop::NotFound)?).await?;
    in_kind(&code.url, &kind)
}

pub(super) fn in_kind(url: &str, kind: &str) -> Page {
    match kind {
        "svg" => drawn(url),
        "png" => {
            let png = picture(url)?.png().map_err(Error::Internal)?;
            Ok(HttpResponse::Ok()
                .insert_header((CACHE_CONTROL, "private, max-age=300"))
                .content_type("image/png")
                .body(png))
        }
        _ => Err(Stop::NotFound),
    }
}

fn picture(url: &str) -> Result<Picture, Stop> {
    Ok(Picture::of(url).map_err(Error::Internal)?)
}

fn drawn(url: &str) -> Page {
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "private, max-age=300"))
        .content_type("image/svg+xml")
        .body(picture(url)?.svg()))
}
