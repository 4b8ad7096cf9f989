//! A member's own form, opened from the chat: her phone number, her birthday, what she agrees to. The link is what she has
//! instead of a sign-in.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use minijinja::{Value, context};

use super::gate::{Fields, Sent};
use super::stop::Page;
use super::words::problem;
use crate::accounts::Account;
use crate::context::Context;
use crate::registration::{self, Given, No};
use crate::web::page;

pub(super) async fn show(ctx: Data<Context>, token: Path<String>) -> Page {
    Ok(match registration::open(&ctx, &token).await? {
        Ok(account) => form(StatusCode::OK, &account, &token, &Fields::default(), &[]),
        Err(no) => over(no),
    })
}

pub(super) async fn save(ctx: Data<Context>, token: Path<String>, Sent(fields): Sent) -> Page {
    let account = match registration::open(&ctx, &token).await? {
        Ok(account) => account,
        Err(no) => return Ok(over(no)),
    };
    let ticked = |name: &str| fields.get(name) == "1";
    let given = Given {
        phone: fields.get("phone").to_owned(),
        birthday: fields.get("birthday").to_owned(),
        profile: ticked("profile"),
        marketing: ticked("marketing"),
        contact: ticked("contact"),
    };
    let wrong = match registration::save(&ctx, &token, &given).await? {
        Ok(()) => return Ok(end(StatusCode::OK, "saved")),
        Err(no @ (No::Link | No::Used)) => return Ok(over(no)),
        Err(No::Phone) => problem("phone", "请填写 11 位手机号，境外号码带国家号"),
        Err(No::Birthday) => problem("birthday", "请选择正确的出生日期，或留空"),
        Err(No::Child) => problem("birthday", "未满 14 岁请由监护人到门店登记，这里不保存"),
        Err(No::Profile) => problem("profile", "同意后才能保存您的资料，请先勾选"),
    };
    let status = StatusCode::BAD_REQUEST;
    Ok(form(status, &account, &token, &fields, &[wrong]))
}

fn form(
    status: StatusCode,
    account: &Account,
    token: &str,
    fields: &Fields,
    problems: &[Value],
) -> HttpResponse {
    let ticked = |name: &str| fields.get(name) == "1";
    let typed = context! {
        phone => fields.get("phone"),
        birthday => fields.get("birthday"),
        profile => ticked("profile"),
        marketing => ticked("marketing"),
        contact => ticked("contact"),
    };
    page::show(
        status,
        "registration",
        context! { state => "open", brand => account.title(), token, typed, problems },
    )
}

fn over(no: No) -> HttpResponse {
    match no {
        No::Used => end(StatusCode::GONE, "used"),
        // One answer to every link that is not good: nobody learns why.
        _ => end(StatusCode::GONE, "over"),
    }
}

fn end(status: StatusCode, state: &str) -> HttpResponse {
    page::show(status, "registration", context! { state })
}
