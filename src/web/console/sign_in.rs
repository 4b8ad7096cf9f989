//! Signing in and out.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use minijinja::context;

use super::gate::{self, Gate, Sent, SentBy};
use super::stop::Page;
use crate::context::Context;
use crate::staff::{self, Answer, Token};
use crate::web::language::ours;
use crate::web::page;

/// One sentence for all cases, or it would tell who there is.
const WRONG: &str = "登录名、密码或验证码不对。连续输错 5 次后，15 分钟内不能再试。";

pub(super) async fn show(gate: Option<Gate>) -> Page {
    match gate {
        Some(_) => Ok(page::go_to("/console")),
        None => Ok(form(StatusCode::OK, "", None)),
    }
}

pub(super) async fn sign_in(ctx: Data<Context>, Sent(fields): Sent) -> Page {
    let login = fields.get("login");
    match staff::sign_in(&ctx, login, fields.exactly("password")).await? {
        Answer::In(token) => Ok(on(&ctx, &token)),
        Answer::Code(ticket) => Ok(code_form(StatusCode::OK, &ticket, None)),
        Answer::No => Ok(form(StatusCode::UNAUTHORIZED, login, Some(WRONG))),
    }
}

/// The code that is asked for after the password.
pub(super) async fn with_code(ctx: Data<Context>, Sent(fields): Sent) -> Page {
    let ticket = fields.get("ticket");
    match staff::sign_in_with_code(&ctx, ticket, fields.get("code")).await? {
        Some(token) => Ok(on(&ctx, &token)),
        None => Ok(code_form(StatusCode::UNAUTHORIZED, ticket, Some(WRONG))),
    }
}

fn on(ctx: &Context, token: &Token) -> HttpResponse {
    let mut on = page::go_to("/console");
    let _fits = on.add_cookie(&gate::cookie(ctx, token.expose()));
    on
}

fn code_form(status: StatusCode, ticket: &str, problem: Option<&str>) -> HttpResponse {
    let problem = problem.map(ours);
    page::show(
        status,
        "sign_in_code",
        context! { ticket, problem, csrf => "" },
    )
}

fn form(status: StatusCode, login: &str, problem: Option<&str>) -> HttpResponse {
    let problem = problem.map(ours);
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
