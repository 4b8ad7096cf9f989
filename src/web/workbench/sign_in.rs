//! How a guide gets in: WeChat says whose phone it is, or a one-time link does.

use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, LOCATION, USER_AGENT};
use actix_web::web::{Data, Path, Query};
use daogou_wechat::{CallError, Kind, Scope};
use minijinja::{Value, context};
use serde::Deserialize;

use super::gate::{Sent, SentBy, cookie, no_cookie, token_of};
use super::stop::{Page, Stop};
use crate::accounts::{self, Account};
use crate::context::Context;
use crate::guides::sign_in;
use crate::web::page;

/// Remembers what was sent to WeChat, so that nobody is signed in by a link that somebody else has made.
const STATE_COOKIE: &str = "daogou_workbench_way";
/// WeChat's code is good for so long; so is the way back. (wechat-protocol 13)
const WAY_LASTS: Duration = Duration::minutes(10);
/// The code was used already: WeChat may load the way back twice. (wechat-protocol 13)
const CODE_USED: [i64; 3] = [40_163, 40_029, 42_003];

/// Where somebody who is not signed in is led.
pub(super) async fn show(ctx: Data<Context>, request: HttpRequest) -> Page {
    if is_in(&ctx, &request).await? {
        return Ok(page::go_to("/workbench"));
    }
    let accounts = own_accounts(&ctx).await?;
    // In WeChat, with one account, nothing has to be asked.
    if let [only] = accounts.as_slice()
        && in_wechat(&request)
        && request.query_string() != "asked"
    {
        return Ok(page::go_to(&format!("/workbench/wechat/{}", only.appid)));
    }
    Ok(ask(StatusCode::OK, &accounts, Value::from(())))
}

/// The page on which one chooses how to get in; `trouble` says why the last try ended here.
fn ask(status: StatusCode, accounts: &[std::sync::Arc<Account>], trouble: Value) -> HttpResponse {
    let accounts: Vec<_> = accounts
        .iter()
        .map(|account| {
            context! { title => account.title(), href => format!("/workbench/wechat/{}", account.appid) }
        })
        .collect();
    page::show(status, "workbench/sign_in", context! { accounts, trouble })
}

async fn own_accounts(ctx: &Context) -> Result<Vec<std::sync::Arc<Account>>, Stop> {
    let mut accounts = accounts::list(ctx).await?;
    accounts.retain(|account| account.kind == Kind::Service);
    Ok(accounts)
}

fn in_wechat(request: &HttpRequest) -> bool {
    let agent = request.headers().get(USER_AGENT);
    agent
        .and_then(|agent| agent.to_str().ok())
        .is_some_and(|agent| agent.contains("MicroMessenger"))
}

async fn is_in(ctx: &Context, request: &HttpRequest) -> Result<bool, Stop> {
    match token_of(request) {
        Some(token) => Ok(sign_in::signed_in(ctx, &token).await?.is_some()),
        None => Ok(false),
    }
}

async fn account_of(ctx: &Context, appid: &str) -> Result<std::sync::Arc<Account>, Stop> {
    let accounts = own_accounts(ctx).await?;
    let found = accounts.into_iter().find(|account| account.appid == appid);
    found.ok_or(Stop::NotFound)
}

/// Off to WeChat, which says whose phone it is.
pub(super) async fn begin(ctx: Data<Context>, appid: Path<String>) -> Page {
    let account = account_of(&ctx, &appid).await?;
    Ok(to_wechat(&ctx, &account, 0))
}

/// `tries`: how often the way was gone in vain.
fn to_wechat(ctx: &Context, account: &Account, tries: u8) -> HttpResponse {
    let state = format!("{tries}{}", ctx.chance.word(24));
    let back = format!(
        "{}/workbench/wechat/{}/back",
        ctx.config.public_url, account.appid
    );
    let address = ctx
        .wechat
        .authorize_url(&account.appid, &back, Scope::Base, &state);
    HttpResponse::SeeOther()
        .insert_header((LOCATION, address))
        .insert_header((CACHE_CONTROL, "no-store"))
        .cookie(way(ctx, &state, WAY_LASTS))
        .finish()
}

fn way(ctx: &Context, state: &str, lasts: Duration) -> Cookie<'static> {
    Cookie::build(STATE_COOKIE, state.to_owned())
        .path("/workbench/wechat")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(ctx.config.public_url.starts_with("https:"))
        .max_age(lasts)
        .finish()
}

/// What WeChat brings back.
#[derive(Deserialize)]
pub(super) struct Brought {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
}

/// Back from WeChat.
pub(super) async fn back(
    ctx: Data<Context>,
    request: HttpRequest,
    appid: Path<String>,
    brought: Query<Brought>,
) -> Page {
    let account = account_of(&ctx, &appid).await?;
    let own = request.cookie(STATE_COOKIE);
    if own.is_none_or(|own| own.value() != brought.state) || brought.code.is_empty() {
        // Loaded twice, the first one has signed her in.
        return match is_in(&ctx, &request).await? {
            true => Ok(page::go_to("/workbench")),
            false => not_in(&ctx, "lost").await,
        };
    }
    let secret = account.secret.clone();
    let asked = ctx
        .wechat
        .exchange_code(&account.appid, secret.expose(), &brought.code)
        .await;
    let token = match asked {
        Ok(token) => token,
        Err(error) => return refused(&ctx, &request, &account, &brought.state, &error).await,
    };
    if token.is_snapshot {
        return not_in(&ctx, "snapshot").await;
    }
    match sign_in::by_wechat(&ctx, &account, &token.openid).await? {
        Some(token) => Ok(entered(&ctx, &token)),
        None => not_in(&ctx, "unlinked").await,
    }
}

/// WeChat did not say who it is.
async fn refused(
    ctx: &Context,
    request: &HttpRequest,
    account: &Account,
    state: &str,
    error: &CallError,
) -> Page {
    let code = error.refusal().map(|refusal| refusal.code);
    if code.is_some_and(|code| CODE_USED.contains(&code)) {
        if is_in(ctx, request).await? {
            return Ok(page::go_to("/workbench"));
        }
        // A new code, once.
        if state.starts_with('0') {
            return Ok(to_wechat(ctx, account, 1));
        }
    }
    tracing::warn!(%error, "WeChat did not say whose phone it is");
    not_in(ctx, "wechat").await
}

/// The page again, with what went wrong.
async fn not_in(ctx: &Context, trouble: &str) -> Page {
    let accounts = own_accounts(ctx).await?;
    let status = StatusCode::FORBIDDEN;
    let mut answer = ask(status, &accounts, Value::from(trouble));
    let _fits = answer.add_cookie(&way(ctx, "", Duration::ZERO));
    Ok(answer)
}

fn entered(ctx: &Context, token: &str) -> HttpResponse {
    let mut on = page::go_to("/workbench");
    let _fits = on.add_cookie(&cookie(ctx, token));
    let _fits = on.add_cookie(&way(ctx, "", Duration::ZERO));
    on
}

/// A one-time link: what looks at links before people do must not use it up, so a button does.
pub(super) async fn link(ctx: Data<Context>, token: Path<String>) -> Page {
    let guide = sign_in::link_of(&ctx, &token).await?;
    let status = match guide {
        Some(_) => StatusCode::OK,
        None => StatusCode::NOT_FOUND,
    };
    let name = guide.map(|guide| guide.name);
    Ok(page::show(
        status,
        "workbench/link",
        context! { name, token => &*token },
    ))
}

pub(super) async fn use_link(ctx: Data<Context>, token: Path<String>, _own: Sent) -> Page {
    match sign_in::by_link(&ctx, &token).await? {
        Some(token) => Ok(entered(&ctx, &token)),
        None => Ok(page::show(
            StatusCode::NOT_FOUND,
            "workbench/link",
            context! { name => (), token => "" },
        )),
    }
}

pub(super) async fn sign_out(
    ctx: Data<Context>,
    request: HttpRequest,
    SentBy(_seat, _fields): SentBy,
) -> Page {
    if let Some(token) = token_of(&request) {
        sign_in::sign_out(&ctx, &token).await?;
    }
    let mut on = page::go_to("/workbench/sign-in?asked");
    let _fits = on.add_cookie(&no_cookie(&ctx));
    Ok(on)
}
