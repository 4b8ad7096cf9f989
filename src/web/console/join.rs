//! The pages of a would-be guide's phone: she says who she is, waits, and links her WeChat. The link, and afterwards the
//! address of her own page, are what she has instead of a sign-in.

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::StatusCode;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use daogou_schema::applicant::{self, State};
use daogou_schema::{guide, store};
use minijinja::{Value, context};

use super::gate::{Fields, Sent};
use super::stop::{Page, Stop};
use super::words::problem;
use crate::context::Context;
use crate::error::Error;
use crate::guides::joining::{self, Application, KEPT_FOR, No, Phone};
use crate::picture::Picture;
use crate::privacy::rules::{e164, masked};
use crate::web::page;
use crate::{accounts, guides};

/// Remembers her own page, for when she scans the store's code again.
const COOKIE: &str = "daogou_joining";

pub(super) async fn show(ctx: Data<Context>, request: HttpRequest, link: Path<String>) -> Page {
    let Some(store) = joining::invited_to(&ctx, &link).await? else {
        return Ok(over());
    };
    if let Some(key) = own_key(&ctx, &request, &store).await? {
        return Ok(page::go_to(&own_page(&key)));
    }
    Ok(form(
        StatusCode::OK,
        &store,
        &link,
        &Fields::default(),
        Vec::new(),
    ))
}

/// Her page, when she has asked to join this store and was not declined.
async fn own_key(
    ctx: &Context,
    request: &HttpRequest,
    store: &store::Model,
) -> Result<Option<String>, Stop> {
    let Some(cookie) = request.cookie(COOKIE) else {
        return Ok(None);
    };
    let found = joining::applied(ctx, cookie.value()).await?;
    let here = found.is_some_and(|(row, of)| of.id == store.id && row.state != State::Declined);
    Ok(here.then(|| cookie.value().to_owned()))
}

pub(super) async fn apply(
    ctx: Data<Context>,
    link: Path<String>,
    request: HttpRequest,
    Sent(fields): Sent,
) -> Page {
    let Some(store) = joining::invited_to(&ctx, &link).await? else {
        return Ok(over());
    };
    // Pressed twice, she asks once.
    if let Some(key) = own_key(&ctx, &request, &store).await? {
        return Ok(page::go_to(&own_page(&key)));
    }
    let typed = fields.get("phone");
    let number = e164(typed);
    if number.is_none() && !typed.is_empty() {
        let wrong = problem("phone", "请填写 11 位手机号，或留空");
        let status = StatusCode::BAD_REQUEST;
        return Ok(form(status, &store, &link, &fields, vec![wrong]));
    }
    let application = Application {
        name: fields.get("name").to_owned(),
        speciality: fields.get("speciality").to_owned(),
        phone: number.map(|number| Phone {
            masked: masked(&number),
            number,
        }),
    };
    let wrong = match joining::apply(&ctx, &link, application).await? {
        Ok(key) => {
            let mut on = page::go_to(&own_page(&key));
            let _fits = on.add_cookie(&cookie(&ctx, &key));
            return Ok(on);
        }
        Err(No::Over | No::TooLate | No::Upstream(_)) => return Ok(over()),
        Err(No::Name) => problem("name", "姓名请写 1 到 20 个能显示的字"),
        Err(No::Speciality) => problem("speciality", "擅长请写 40 个以内能显示的字"),
        Err(No::Taken) => problem(
            "name",
            "店里已有同名的导购或申请，请写得不一样，例如加上姓氏",
        ),
        Err(No::TooMany) => problem("", "现在等待确认的人太多，请直接联系店长，稍后再提交"),
    };
    let status = StatusCode::BAD_REQUEST;
    Ok(form(status, &store, &link, &fields, vec![wrong]))
}

fn cookie(ctx: &Context, key: &str) -> Cookie<'static> {
    Cookie::build(COOKIE, key.to_owned())
        .path("/m")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(ctx.config.public_url.starts_with("https:"))
        .max_age(Duration::days(KEPT_FOR.num_days()))
        .finish()
}

fn own_page(key: &str) -> String {
    format!("/m/joining/{key}")
}

fn form(
    status: StatusCode,
    store: &store::Model,
    link: &str,
    fields: &Fields,
    problems: Vec<Value>,
) -> HttpResponse {
    let typed = context! {
        name => fields.get("name"),
        phone => fields.get("phone"),
        speciality => fields.get("speciality"),
    };
    page::show(
        status,
        "join",
        context! { store => &store.name, link, typed, problems },
    )
}

/// What she reads when there is nothing behind the address any more.
fn over() -> HttpResponse {
    page::show(
        StatusCode::NOT_FOUND,
        "join_own",
        context! { state => "over", refresh => false, store => "", name => "" },
    )
}

/// Who came, and as whom she was taken, if she still is a guide.
struct Own {
    applicant: applicant::Model,
    store: store::Model,
    guide: Option<guide::Model>,
}

async fn own(ctx: &Context, key: &str) -> Result<Option<Own>, Stop> {
    let Some((applicant, store)) = joining::applied(ctx, key).await? else {
        return Ok(None);
    };
    let accounts = accounts::list(ctx).await?;
    let account = accounts.iter().find(|it| it.id == applicant.account_id);
    let guide = match (account, applicant.guide_id) {
        (Some(account), Some(id)) => guides::get(ctx, account, id).await?,
        (_, _) => None,
    };
    Ok(Some(Own {
        guide: guide.filter(|guide| guide.left_at.is_none()),
        applicant,
        store,
    }))
}

pub(super) async fn own_show(ctx: Data<Context>, key: Path<String>) -> Page {
    let Some(own) = own(&ctx, &key).await? else {
        return Ok(over());
    };
    let account = own.applicant.account_id;
    let state = match (own.applicant.state, &own.guide) {
        (State::Waiting, _) => "waiting",
        (State::Declined, _) => "declined",
        (State::Approved, None) => return Ok(over()),
        (State::Approved, Some(guide)) if guide.openid.is_some() => "linked",
        (State::Approved, Some(guide)) => match guides::open_link(&ctx, account, guide.id).await? {
            Some(_) => "approved",
            None => "expired",
        },
    };
    let name = own
        .guide
        .as_ref()
        .map_or(&own.applicant.name, |guide| &guide.name);
    Ok(page::show(
        StatusCode::OK,
        "join_own",
        context! {
            state,
            // What she waits for comes by itself.
            refresh => matches!(state, "waiting" | "approved" | "expired"),
            name,
            store => &own.store.name,
            at => own_page(&key),
        },
    ))
}

/// The code that links her WeChat, until it has.
pub(super) async fn link_code(ctx: Data<Context>, key: Path<String>) -> Page {
    let own = own(&ctx, &key).await?.ok_or(Stop::NotFound)?;
    let guide = own.guide.filter(|guide| guide.openid.is_none());
    let guide = guide.ok_or(Stop::NotFound)?;
    let link = guides::open_link(&ctx, own.applicant.account_id, guide.id).await?;
    drawn(&link.ok_or(Stop::NotFound)?.url)
}

/// Her own code for consumers.
pub(super) async fn guide_code(ctx: Data<Context>, key: Path<String>) -> Page {
    let own = own(&ctx, &key).await?.ok_or(Stop::NotFound)?;
    let guide = own.guide.ok_or(Stop::NotFound)?;
    let code = guides::guide_code(&ctx, own.applicant.account_id, guide.id).await?;
    drawn(&code.url)
}

/// As PNG, which WeChat reads when it is pressed for long.
fn drawn(url: &str) -> Page {
    let picture = Picture::of(url).map_err(Error::Internal)?;
    let png = picture.png().map_err(Error::Internal)?;
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "private, no-store"))
        .content_type("image/png")
        .body(png))
}
