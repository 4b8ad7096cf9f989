//! 我的: code and card, duty and stand-in, other browsers.

use actix_web::http::StatusCode;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use daogou_schema::GuideId;
use minijinja::{Value, context};

use super::gate::{Seat, SentBy};
use super::stop::{Page, Stop};
use crate::context::Context;
use crate::conversations::desk::{self, Duty};
use crate::error::Error;
use crate::guides::{self, sign_in};
use crate::picture::Picture;
use crate::pictures;
use crate::web::{file, page};

pub(super) async fn show(ctx: Data<Context>, seat: Seat) -> Page {
    shown(&ctx, &seat, StatusCode::OK, Value::from(()), None).await
}

/// The page; `said` answers what was just asked for, `link` is a link that was just made.
async fn shown(
    ctx: &Context,
    seat: &Seat,
    status: StatusCode,
    said: Value,
    link: Option<String>,
) -> Page {
    let store = guides::find_store(ctx, &seat.account, &seat.guide.store_id.to_string()).await;
    let store = store.map(|store| store.name).unwrap_or_default();
    let colleagues = guides::list(ctx.db.reads(), seat.account.id).await?;
    let others: Vec<_> = colleagues
        .iter()
        .filter(|other| {
            other.store_id == seat.guide.store_id
                && other.id != seat.guide.id
                && other.left_at.is_none()
        })
        .map(|other| {
            context! {
                id => other.id.0,
                name => &other.name,
                chosen => seat.guide.stand_in_id == Some(other.id),
            }
        })
        .collect();
    let waiting = desk::waiting(ctx, seat.guide.id).await?;
    let lasts = sign_in::LINK_LASTS.num_minutes();
    let qr = match &link {
        Some(link) => Some(picture(link)?.svg()),
        None => None,
    };
    Ok(page::show(
        status,
        "workbench/me",
        context! {
            store,
            speciality => &seat.guide.speciality,
            photo => seat.guide.photo_id.map(|photo| format!("/workbench/me/photo?v={photo}")),
            linked => seat.guide.openid.is_some(),
            others,
            sign_ins => sign_in::count(ctx, seat.guide.id).await?,
            said,
            link,
            link_qr => qr.map(Value::from_safe_string),
            lasts,
            ..seat.frame("me", waiting)
        },
    ))
}

fn picture(text: &str) -> Result<Picture, Stop> {
    Ok(Picture::of(text).map_err(Error::Internal)?)
}

/// The guide's own code: whoever scans it is the guide's.
pub(super) async fn code(ctx: Data<Context>, seat: Seat) -> Page {
    let codes = guides::consumer_codes(&ctx, seat.account.id, &[seat.guide.id], &[]).await?;
    let code = codes.first().ok_or(Stop::NotFound)?;
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "private, max-age=300"))
        .content_type("image/svg+xml")
        .body(picture(&code.url)?.svg()))
}

/// The guide's own photo.
pub(super) async fn photo(ctx: Data<Context>, seat: Seat) -> Page {
    let photo = seat.guide.photo_id.ok_or(Stop::NotFound)?;
    let content = pictures::content(&ctx, seat.account.id, photo).await?;
    Ok(file::answer(content.ok_or(Stop::NotFound)?))
}

/// A new photo: the body is the file, which the page's script has made small.
pub(super) async fn set_photo(
    ctx: Data<Context>,
    request: HttpRequest,
    seat: Seat,
    content: Result<Bytes, actix_web::Error>,
) -> Page {
    let key = request.headers().get("x-csrf");
    let key = key.and_then(|key| key.to_str().ok()).unwrap_or_default();
    seat.own_script(&request, key)?;
    let content = content.map_err(|_too_large| Stop::Unreadable)?;
    match pictures::photo::set(&ctx, &seat.account, seat.guide.id, &content, None).await? {
        Ok(_) => Ok(HttpResponse::NoContent().finish()),
        Err(no) => Ok(super::chat::refusal(no.told().to_owned())),
    }
}

pub(super) async fn set_duty(ctx: Data<Context>, SentBy(seat, fields): SentBy) -> Page {
    let on = fields.get("on") == "yes";
    let said = match desk::set_duty(&ctx, &seat.account, seat.guide.id, on).await? {
        Duty::On { brought: 0 } => "已上班，新顾客和来信会到你这里".to_owned(),
        Duty::On { brought } => format!("已上班，{brought} 条等待中的来信已转到你这里"),
        Duty::Off {
            stand_in: Some(name),
        } => format!("已下班，来信先由{name}代为回复"),
        Duty::Off { stand_in: None } => {
            "已下班。现在没有人代班，来信会先留着，等你或同事上班".to_owned()
        }
        Duty::Unlinked => "还没有关联微信，不能上班：请先用微信扫描你的关联码".to_owned(),
    };
    let found = guides::get(&ctx, &seat.account, seat.guide.id).await?;
    let guide = found.ok_or(Stop::NotFound)?;
    let seat = seat.with(guide);
    shown(&ctx, &seat, StatusCode::OK, Value::from(said), None).await
}

pub(super) async fn set_stand_in(ctx: Data<Context>, SentBy(seat, fields): SentBy) -> Page {
    let chosen = fields.get("stand_in").parse().ok().map(GuideId);
    if !desk::name_stand_in(&ctx, &seat.guide, chosen).await? {
        return Err(Stop::NotFound);
    }
    Ok(page::go_to("/workbench/me"))
}

/// A one-time link for another browser of the guide's.
pub(super) async fn make_link(ctx: Data<Context>, SentBy(seat, _fields): SentBy) -> Page {
    let token = sign_in::make_link(&ctx, &seat.guide, None).await?;
    let link = format!("{}/workbench/link/{token}", ctx.config.public_url);
    shown(&ctx, &seat, StatusCode::OK, Value::from(()), Some(link)).await
}
