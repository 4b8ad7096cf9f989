//! Guides' photos: whoever looks after the store may set one, and whoever sees the guide sees it.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use daogou_schema::guide;

use super::gate::{Desk, SentBy};
use super::guides::{Typed, permitted, show_guide};
use super::stop::{Page, Stop};
use super::upload::Brought;
use super::words::problem;
use crate::context::Context;
use crate::pictures::{self, photo};
use crate::web::{file, page};

/// Where a guide's photo is; another address with each photo, so that a new one is seen at once.
pub(super) fn href(desk: &Desk, guide: &guide::Model) -> Option<String> {
    let photo = guide.photo_id?;
    Some(format!("{}/guides/{}/photo?v={photo}", desk.at(), guide.id))
}

pub(super) async fn show(ctx: Data<Context>, desk: Desk, path: Path<(String, i64)>) -> Page {
    let guide = permitted(&ctx, &desk, path.1).await?;
    let photo = guide.photo_id.ok_or(Stop::NotFound)?;
    let content = pictures::content(&ctx, desk.account.id, photo).await?;
    Ok(file::answer(content.ok_or(Stop::NotFound)?))
}

pub(super) async fn set(ctx: Data<Context>, path: Path<(String, i64)>, brought: Brought) -> Page {
    let Brought(desk, form) = brought;
    let guide = permitted(&ctx, &desk, path.1).await?;
    let (_, picture) = form?;
    let by = Some(desk.gate.by());
    let no = match photo::set(&ctx, &desk.account, guide.id, &picture.bytes, by).await? {
        Ok(_) => return Ok(page::go_to(&format!("{}/guides/{}", desk.at(), guide.id))),
        Err(no) => no,
    };
    let typed = Typed {
        photo: true,
        ..Typed::default()
    };
    let wrong = vec![problem("file", no.told())];
    show_guide(&ctx, &desk, &guide, StatusCode::BAD_REQUEST, typed, wrong).await
}

pub(super) async fn take_off(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, _): SentBy<Desk>,
) -> Page {
    let guide = permitted(&ctx, &desk, path.1).await?;
    photo::take_off(&ctx, &desk.account, guide.id, Some(desk.gate.by())).await?;
    Ok(page::go_to(&format!("{}/guides/{}", desk.at(), guide.id)))
}
