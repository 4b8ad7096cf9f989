//! Stores: the list, and adding one.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use minijinja::{Value, context};

use super::gate::{Desk, SentBy};
use super::guides::{guides_of, stores_of};
use super::stop::{Page, Stop};
use super::words::problem;
use crate::context::Context;
use crate::error::Error;
use crate::guides;
use crate::web::page;

pub(super) async fn list(ctx: Data<Context>, desk: Desk) -> Page {
    shown(&ctx, &desk, StatusCode::OK, "", Vec::new()).await
}

async fn shown(
    ctx: &Context,
    desk: &Desk,
    status: StatusCode,
    name: &str,
    problems: Vec<Value>,
) -> Result<HttpResponse, Stop> {
    let stores = stores_of(ctx, desk).await?;
    let guides = guides_of(ctx, desk).await?;
    let rows: Vec<_> = stores
        .iter()
        .map(|store| {
            let own = || guides.iter().filter(|guide| guide.store_id == store.id);
            context! {
                id => store.id.0,
                name => &store.name,
                guides => own().count(),
                members_href => format!("{}/members?store={}", desk.at(), store.id),
                code_href => format!("{}/stores/{}/code.png", desk.at(), store.id),
                poster_href => format!("{}/stores/{}/poster", desk.at(), store.id),
            }
        })
        .collect();
    Ok(page::show(
        status,
        "stores",
        context! { here => "stores", stores => rows, form => context! { name }, problems, ..desk.frame() },
    ))
}

pub(super) async fn add(ctx: Data<Context>, SentBy(desk, fields): SentBy<Desk>) -> Page {
    desk.for_headquarters()?;
    let name = fields.get("name");
    let wrong = match name.chars().count() {
        0 => Some("请填写门店名称"),
        61.. => Some("门店名称最多 60 个字"),
        _ => None,
    };
    let text = match wrong {
        Some(text) => text.to_owned(),
        None => match guides::add_store(&ctx, &desk.account, name, None, desk.gate.by()).await {
            Ok(_) => return Ok(page::go_to(&format!("{}/stores", desk.at()))),
            Err(Error::Refused(_)) => "已有同名门店".to_owned(),
            Err(Error::Invalid(_)) => "门店名称里有不能显示的字符".to_owned(),
            Err(error) => return Err(error.into()),
        },
    };
    let problems = vec![problem("name", text)];
    shown(&ctx, &desk, StatusCode::BAD_REQUEST, name, problems).await
}
