//! One's own account: name, password, sign-ins; the codes of the second step are in `codes`.

pub(super) mod codes;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use minijinja::{Value, context};

use super::gate::{Gate, SentBy};
use super::stop::{Page, Stop};
use super::words::{self, problem};
use crate::accounts;
use crate::context::Context;
use crate::staff::{self, rules};
use crate::web::page;

/// One sentence for a wrong password and for too many of them.
const WRONG: &str = "现在的密码不对。连续输错 5 次后，15 分钟内不能再试。";

pub(super) async fn show(ctx: Data<Context>, gate: Gate) -> Page {
    shown(&ctx, &gate, "", Vec::new(), None).await
}

/// The page; `open` is the drawer whose form was refused.
async fn shown(
    ctx: &Context,
    gate: &Gate,
    open: &str,
    problems: Vec<Value>,
    notice: Option<&str>,
) -> Result<HttpResponse, Stop> {
    let her = &gate.signed_in;
    let zone = ctx.config.timezone;
    let sign_ins: Vec<Value> = staff::own_sign_ins(ctx, her.staff.id)
        .await?
        .iter()
        .map(|sign_in| {
            context! {
                key => staff::handle(sign_in),
                here => sign_in.digest == her.key,
                since => words::moment(sign_in.created_at, zone),
                seen => words::moment(sign_in.seen_at, zone),
            }
        })
        .collect();
    let recovery = her.staff.recovery.as_deref().unwrap_or_default();
    let status = match problems.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::BAD_REQUEST,
    };
    let accounts = accounts::list(ctx).await?;
    let frame = gate.frame(&accounts, accounts.first().map(AsRef::as_ref));
    Ok(page::show(
        status,
        "me",
        context! {
            here => "me",
            login => &her.staff.login,
            codes => her.staff.totp.is_some(),
            recovery_left => recovery.split_whitespace().count(),
            sign_ins,
            open,
            problems,
            notice,
            ..frame
        },
    ))
}

pub(super) async fn rename(ctx: Data<Context>, SentBy(gate, fields): SentBy<Gate>) -> Page {
    let name = fields.get("name");
    if let Some(wrong) = rules::wrong_name(name) {
        return shown(&ctx, &gate, "name", vec![problem("name", wrong)], None).await;
    }
    staff::rename_self(&ctx, gate.signed_in.staff.id, name).await?;
    Ok(page::go_to("/console/me"))
}

pub(super) async fn change_password(
    ctx: Data<Context>,
    SentBy(gate, fields): SentBy<Gate>,
) -> Page {
    let new = fields.exactly("password");
    let mut wrong = Vec::new();
    wrong.extend(rules::wrong_password(new).map(|text| problem("password", text)));
    if new != fields.exactly("again") {
        wrong.push(problem("again", "两次输入的密码不一样"));
    }
    let old = fields.exactly("old");
    if wrong.is_empty() && !staff::change_password(&ctx, &gate.signed_in, old, new).await? {
        wrong.push(problem("old", WRONG));
    }
    if !wrong.is_empty() {
        return shown(&ctx, &gate, "password", wrong, None).await;
    }
    let said = "密码已更换，其他地方的登录已退出";
    shown(&ctx, &gate, "", Vec::new(), Some(said)).await
}

pub(super) async fn end_sign_in(
    ctx: Data<Context>,
    key: Path<String>,
    SentBy(gate, _): SentBy<Gate>,
) -> Page {
    staff::end_own(&ctx, gate.signed_in.staff.id, &key).await?;
    Ok(page::go_to("/console/me"))
}
