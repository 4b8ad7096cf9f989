//! A guide's ways into the workbench, as whoever looks after her sees and ends them.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, ServiceConfig};
use daogou_schema::guide;
use minijinja::{Value, context};

use super::gate::{Desk, SentBy};
use super::guides::permitted;
use super::stop::Page;
use crate::context::Context;
use crate::error::Error;
use crate::guides::sign_in;
use crate::picture::Picture;
use crate::web::page;

/// Whoever looks after the guide's store.
pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route(
            "/console/{appid}/guides/{id}/workbench",
            web::get().to(show),
        )
        .route(
            "/console/{appid}/guides/{id}/workbench/link",
            web::post().to(make_link),
        )
        .route(
            "/console/{appid}/guides/{id}/workbench/end",
            web::post().to(end),
        );
}

async fn show(ctx: Data<Context>, desk: Desk, path: Path<(String, i64)>) -> Page {
    let guide = permitted(&ctx, &desk, path.1).await?;
    shown(&ctx, &desk, &guide, None).await
}

/// The page; `link` was just made, and is shown this once.
async fn shown(ctx: &Context, desk: &Desk, guide: &guide::Model, link: Option<String>) -> Page {
    let qr = match &link {
        Some(link) => Some(Picture::of(link).map_err(Error::Internal)?.svg()),
        None => None,
    };
    Ok(page::show(
        StatusCode::OK,
        "guide_workbench",
        context! {
            here => "guides",
            guide => context! { id => guide.id.0, name => &guide.name, linked => guide.openid.is_some() },
            sign_ins => sign_in::count(ctx, guide.id).await?,
            address => format!("{}/workbench", ctx.config.public_url),
            link,
            qr => qr.map(Value::from_safe_string),
            lasts => sign_in::LINK_LASTS.num_minutes(),
            ..desk.frame()
        },
    ))
}

async fn make_link(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, _): SentBy<Desk>,
) -> Page {
    let guide = permitted(&ctx, &desk, path.1).await?;
    let token = sign_in::make_link(&ctx, &guide, Some(desk.gate.by())).await?;
    let link = format!("{}/workbench/link/{token}", ctx.config.public_url);
    shown(&ctx, &desk, &guide, Some(link)).await
}

async fn end(ctx: Data<Context>, path: Path<(String, i64)>, SentBy(desk, _): SentBy<Desk>) -> Page {
    let guide = permitted(&ctx, &desk, path.1).await?;
    sign_in::sign_out_everywhere(&ctx, &guide, desk.gate.by()).await?;
    let here = format!("{}/guides/{}/workbench", desk.at(), guide.id);
    Ok(page::go_to(&here))
}
