//! The page behind an invitation: choosing login and password.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use daogou_schema::invitation::Model;
use minijinja::{Value, context};

use super::gate::{self, Sent};
use super::stop::Page;
use super::words::problem;
use crate::context::Context;
use crate::error::Error;
use crate::staff::{self, rules};
use crate::web::language::ours;
use crate::web::page;

pub(super) async fn show(ctx: Data<Context>, token: Path<String>) -> Page {
    let invited = staff::invited(&ctx, &token).await?;
    let status = match invited {
        Some(_) => StatusCode::OK,
        None => StatusCode::NOT_FOUND,
    };
    Ok(form(status, invited.as_ref(), &token, "", Vec::new()))
}

pub(super) async fn accept(ctx: Data<Context>, token: Path<String>, Sent(fields): Sent) -> Page {
    let Some(invited) = staff::invited(&ctx, &token).await? else {
        return Ok(form(StatusCode::NOT_FOUND, None, &token, "", Vec::new()));
    };
    let (login, password) = (fields.get("login"), fields.exactly("password"));
    let mut problems: Vec<Value> = Vec::new();
    problems.extend(rules::wrong_login(&rules::login(login)).map(|text| problem("login", text)));
    problems.extend(rules::wrong_password(password).map(|text| problem("password", text)));
    if password != fields.exactly("again") {
        problems.push(problem("again", "两次输入的密码不一样"));
    }
    let refused = |problems| {
        form(
            StatusCode::BAD_REQUEST,
            Some(&invited),
            &token,
            login,
            problems,
        )
    };
    if !problems.is_empty() {
        return Ok(refused(problems));
    }
    match staff::accept(&ctx, &token, login, password).await {
        Ok(token) => {
            let mut on = page::go_to("/console");
            let _fits = on.add_cookie(&gate::cookie(&ctx, token.expose()));
            Ok(on)
        }
        Err(Error::Taken) => {
            let taken = problem("login", "这个登录名已有人使用，请换一个");
            Ok(refused(vec![taken]))
        }
        Err(error) => Err(error.into()),
    }
}

fn form(
    status: StatusCode,
    invited: Option<&Model>,
    token: &str,
    login: &str,
    problems: Vec<Value>,
) -> HttpResponse {
    let person = invited.map(|invited| {
        context! {
            name => &invited.name,
            role_word => ours(rules::word(invited.role)),
            store => Value::from(()),
        }
    });
    let form = context! { login };
    page::show(
        status,
        "invitation",
        context! { person, token, form, problems, csrf => "" },
    )
}
