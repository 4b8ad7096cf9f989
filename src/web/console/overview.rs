//! The first page: what there is, and what needs attention now.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use daogou_schema::hand_over::State;
use minijinja::{Value, context};

use super::gate::{Desk, Gate};
use super::guides::{guides_of, stores_of};
use super::stop::Page;
use crate::accounts;
use crate::context::Context;
use crate::guides;
use crate::hand_overs;
use crate::web::page;

/// On to the first account, or to adding it.
pub(super) async fn first(ctx: Data<Context>, gate: Gate) -> Page {
    let accounts = accounts::list(&ctx).await?;
    match accounts.first() {
        Some(account) => Ok(page::go_to(&format!("/console/{}", account.appid))),
        None if gate.for_staff().is_ok() => Ok(page::go_to("/console/accounts/new")),
        None => {
            let title = "还没有公众号";
            let text = "请总部管理员登录控制台，先添加公众号或小程序。";
            let back = "/console";
            let status = StatusCode::OK;
            Ok(page::show(
                status,
                "failure",
                context! { status => 200, title, text, back },
            ))
        }
    }
}

pub(super) async fn show(ctx: Data<Context>, desk: Desk) -> Page {
    let stores = stores_of(&ctx, &desk).await?;
    let guides = guides_of(&ctx, &desk).await?;
    let linked = guides.iter().filter(|guide| guide.openid.is_some()).count();
    let on_duty = guides
        .iter()
        .filter(|guide| guides::is_available(guide))
        .count();
    let at = desk.at();
    let none = || Value::from(());
    let tiles = vec![
        context! { label => "门店", value => stores.len().to_string(), note => none(), href => format!("{at}/stores"), tone => "plain" },
        context! { label => "导购", value => guides.len().to_string(), note => format!("{linked} 位已关联微信"), href => format!("{at}/guides"), tone => if linked == guides.len() { "good" } else { "bad" } },
        context! { label => "正在接待", value => on_duty.to_string(), note => "在岗且已关联", href => format!("{at}/guides"), tone => if on_duty == 0 && !guides.is_empty() { "bad" } else { "plain" } },
    ];
    let mut attention: Vec<Value> = Vec::new();
    if desk.for_headquarters().is_ok() {
        let all = guides::list(ctx.db.reads(), desk.account.id).await?;
        for row in hand_overs::list(&ctx, &desk.account).await? {
            if row.state == State::Frozen {
                let guide = all.iter().find(|guide| guide.id == row.guide_id);
                let name = guide.map_or("", |guide| guide.name.as_str());
                let text = format!("{name} 的顾客还没有移交给同事");
                attention.push(context! { text, href => format!("{at}/hand-overs/{}", row.id) });
            }
        }
    }
    let unlinked = guides
        .iter()
        .filter(|guide| guide.openid.is_none())
        .map(|guide| {
            let text = format!("{} 还没有关联微信，收不到顾客的留言", guide.name);
            context! { text, href => format!("{at}/guides/{}", guide.id) }
        });
    attention.extend(unlinked);
    let empty = guides.is_empty();
    let days: Vec<Value> = Vec::new();
    Ok(page::show(
        StatusCode::OK,
        "overview",
        context! { here => "overview", tiles, attention, days, chart_max => 0, empty, ..desk.frame() },
    ))
}
