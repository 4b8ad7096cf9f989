//! The codes that are asked for after the password: switching them on with an authenticator app, and off.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use minijinja::{Value, context};

use super::{WRONG, shown};
use crate::accounts;
use crate::context::Context;
use crate::error::Error;
use crate::picture::Picture;
use crate::staff::{self, Offer, SwitchedOn};
use crate::web::console::gate::{Gate, SentBy};
use crate::web::console::stop::{Page, Stop};
use crate::web::console::words::problem;
use crate::web::page;

pub(in super::super) async fn offer(ctx: Data<Context>, gate: Gate) -> Page {
    if gate.signed_in.staff.totp.is_some() {
        return Ok(page::go_to("/console/me"));
    }
    let offer = staff::offer(&ctx, &gate.signed_in.staff)?;
    offered(&ctx, &gate, &offer, Vec::new()).await
}

async fn offered(
    ctx: &Context,
    gate: &Gate,
    offer: &Offer,
    problems: Vec<Value>,
) -> Result<HttpResponse, Stop> {
    let status = match problems.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::BAD_REQUEST,
    };
    let drawn = Picture::of(&offer.uri).map_err(Error::Internal)?.svg();
    let picture = format!(
        "data:image/svg+xml;base64,{}",
        BASE64_STANDARD.encode(drawn)
    );
    let letters: Vec<char> = offer.secret.chars().collect();
    let secret: Vec<String> = letters
        .chunks(4)
        .map(|four| four.iter().collect())
        .collect();
    let shown = context! {
        picture,
        secret => secret.join(" "),
        ticket => &offer.ticket,
        recovery => Vec::<String>::new(),
        problems,
        ..frame(ctx, gate).await?
    };
    Ok(page::show(status, "me_codes", shown))
}

/// The first code: from now on one is asked for, and the recovery codes are shown this once.
pub(in super::super) async fn switch_on(
    ctx: Data<Context>,
    SentBy(gate, fields): SentBy<Gate>,
) -> Page {
    let (her, ticket) = (&gate.signed_in, fields.get("ticket"));
    let old = fields.exactly("old");
    let wrong = match staff::switch_on(&ctx, her, old, ticket, fields.get("code")).await? {
        SwitchedOn::Yes(codes) => return recovery(&ctx, &gate, &codes).await,
        SwitchedOn::WrongPassword => problem("old", WRONG),
        SwitchedOn::WrongCode => problem(
            "code",
            "验证码不对：请看手机上现在的 6 位数字，并确认手机时间准确",
        ),
    };
    let (offer, wrong) = match staff::offer_again(&ctx, &her.staff, ticket)? {
        Some(offer) => (offer, wrong),
        None => (
            staff::offer(&ctx, &her.staff)?,
            problem("code", "隔得太久，请重新扫码再输入"),
        ),
    };
    offered(&ctx, &gate, &offer, vec![wrong]).await
}

async fn recovery(ctx: &Context, gate: &Gate, codes: &[String]) -> Page {
    let recovery: Vec<String> = codes.iter().map(|code| apart(code)).collect();
    let shown = context! { recovery, problems => Vec::<Value>::new(), ..frame(ctx, gate).await? };
    Ok(page::show(StatusCode::OK, "me_codes", shown))
}

/// For the eye: four by four.
fn apart(code: &str) -> String {
    let letters: Vec<char> = code.chars().collect();
    let fours: Vec<String> = letters
        .chunks(4)
        .map(|four| four.iter().collect())
        .collect();
    fours.join("-")
}

pub(in super::super) async fn switch_off(
    ctx: Data<Context>,
    SentBy(gate, fields): SentBy<Gate>,
) -> Page {
    let her = &gate.signed_in.staff;
    match staff::switch_off(&ctx, her, fields.exactly("old")).await? {
        true => Ok(page::go_to("/console/me")),
        false => shown(&ctx, &gate, "off", vec![problem("old", WRONG)], None).await,
    }
}

async fn frame(ctx: &Context, gate: &Gate) -> Result<Value, Stop> {
    let accounts = accounts::list(ctx).await?;
    let frame = gate.frame(&accounts, accounts.first().map(AsRef::as_ref));
    Ok(context! { here => "me", ..frame })
}
