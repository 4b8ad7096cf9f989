//! Signing in and out.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use minijinja::context;

use super::gate::{self, Gate, Sent, SentBy};
use super::stop::Page;
use super::words;
use crate::context::Context;
use crate::staff::{self, Tried};
use crate::web::page;

pub(super) async fn show(gate: Option<Gate>) -> Page {
    match gate {
        Some(_) => Ok(page::go_to("/console")),
        None => Ok(form(StatusCode::OK, "", None)),
    }
}

pub(super) async fn sign_in(ctx: Data<Context>, Sent(fields): Sent) -> Page {
    let login = fields.get("login");
    match staff::sign_in(&ctx, login, fields.exactly("password")).await? {
        Tried::In(token) => {
            let mut on = page::go_to("/console");
            let _fits = on.add_cookie(&gate::cookie(&ctx, token.expose()));
            Ok(on)
        }
        Tried::Wrong => {
            let text = "登录名或密码不对，请再试一次。".to_owned();
            Ok(form(StatusCode::UNAUTHORIZED, login, Some(text)))
        }
        Tried::Locked(until) => {
            let until = words::moment(until, ctx.config.timezone);
            let text = format!("密码连续输错多次，{until} 之后可以再试。");
            Ok(form(StatusCode::TOO_MANY_REQUESTS, login, Some(text)))
        }
    }
}

fn form(status: StatusCode, login: &str, problem: Option<String>) -> actix_web::HttpResponse {
    page::show(status, "sign_in", context! { login, problem, csrf => "" })
}

pub(super) async fn sign_out(
    ctx: Data<Context>,
    request: HttpRequest,
    SentBy(_gate, _): SentBy<Gate>,
) -> Page {
    if let Some(token) = gate::token_of(&request) {
        staff::sign_out(&ctx, &token).await?;
    }
    let mut out = page::go_to("/console/sign-in");
    let _fits = out.add_cookie(&gate::no_cookie(&ctx));
    Ok(out)
}
