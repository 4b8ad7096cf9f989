//! The first page: what there is, what came, and what needs attention now.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use chrono::TimeDelta;
use daogou_schema::hand_over::State;
use daogou_schema::{GuideId, Timestamp, guide};
use minijinja::{Value, context};

use super::chart;
use super::figures::{self, Known, codes_of};
use super::gate::{Desk, Gate};
use super::guides::guides_of;
use super::joining;
use super::place::Place;
use super::proposals;
use super::stop::{Page, Stop};
use super::words::size;
use super::{sensitive, undelivered};
use crate::bindings::pool::{self, Filter, Whose};
use crate::context::Context;
use crate::fans::{self, Count, Which};
use crate::guides;
use crate::hand_overs;
use crate::web::language::ours;
use crate::web::page;
use crate::{accounts, conversations};

/// How many guides without a WeChat of their own are named one by one.
const NAMED_MAX: usize = 5;

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
                context! { status => 200, title => ours(title), text => ours(text), back },
            ))
        }
    }
}

pub(super) async fn show(
    ctx: Data<Context>,
    desk: Desk,
    asked: Query<HashMap<String, String>>,
) -> Page {
    let place = Place::asked(&ctx, &desk, &asked).await?;
    let mut guides = guides_of(&ctx, &desk).await?;
    let nobody_yet = guides.is_empty();
    guides.retain(|guide| place.has(guide));
    let (time, days) = figures::days_asked(&ctx, &asked);
    let codes = codes_of(&ctx, &desk, &place).await?;
    let ids: Vec<_> = codes.iter().map(|known| known.code.id).collect();
    let everywhere = desk.sees_all() && place.is_everywhere();
    let which = match everywhere {
        true => Which::All,
        false => Which::Those(&ids),
    };
    let by_day = fans::by_day(&ctx, desk.account.id, which, &days).await?;
    let by_guides = by_guides(&ctx, &desk, &codes, which, &days).await?;
    let came = chart::total(&by_day);
    let mut tiles = came_tiles(&desk, &place, time, came, by_guides);
    let talking = (!everywhere).then_some(guides.as_slice());
    tiles.extend(talk_tiles(&ctx, &desk, talking).await?);
    tiles.extend(guide_tiles(&desk, &place, &guides));
    let mut attention = attention_of_headquarters(&ctx, &desk).await?;
    attention.extend(joining::attention(&ctx, &desk).await?);
    attention.extend(undelivered::attention(&ctx, &desk, &guides).await?);
    attention.extend(sensitive::attention(&ctx, &desk).await?);
    attention.extend(unlinked(&desk, &guides));
    Ok(page::show(
        StatusCode::OK,
        "overview",
        context! {
            here => "overview",
            tiles,
            attention,
            chart => chart::bars(&by_day),
            times => figures::times(time),
            regions => place.region_choices(),
            empty => nobody_yet,
            ..desk.frame()
        },
    ))
}

/// How many followed by a guide's own code.
async fn by_guides(
    ctx: &Context,
    desk: &Desk,
    codes: &[Known],
    which: Which<'_>,
    days: &[chrono::NaiveDate],
) -> Result<i64, Stop> {
    let counts = fans::by_code(ctx, desk.account.id, which, days).await?;
    let of_guides = codes.iter().filter(|known| known.guide.is_some());
    let followed = of_guides.filter_map(|known| counts.get(&known.code.id));
    Ok(followed.map(|count| count.followed).sum())
}

fn tile(label: &str, value: String, note: String, href: String, tone: &str) -> Value {
    context! { label => ours(label), value, note => ours(note), href, tone }
}

fn came_tiles(desk: &Desk, place: &Place, time: u32, came: Count, by_guides: i64) -> Vec<Value> {
    let at = desk.at();
    let since = format!("最近 {time} 天");
    let chosen = place.written();
    let codes = |by: &str| format!("{at}/codes?days={time}&by={by}{chosen}");
    let share = match came.followed {
        ..=0 => "—".to_owned(),
        all => format!("{}%", (by_guides * 100 + all / 2) / all),
    };
    let whose = match (desk.sees_all() && place.is_everywhere(), place.stores.len()) {
        (true, _) => format!("{since}，含没有扫码的"),
        (false, 1) => format!("{since}，本店的码"),
        (false, many) => format!("{since}，{many} 家门店的码"),
    };
    let fell = if came.net() < 0 { "bad" } else { "plain" };
    vec![
        tile(
            "新关注",
            came.followed.to_string(),
            whose,
            codes("new"),
            "plain",
        ),
        tile(
            "取消关注",
            came.lost.to_string(),
            since.clone(),
            codes("lost"),
            "plain",
        ),
        tile("净增", chart::signed(came.net()), since, codes("net"), fell),
        tile(
            "来自导购码",
            share,
            format!("{by_guides} 位新关注"),
            codes("new"),
            "plain",
        ),
    ]
}

/// Who can be talked to now.
async fn talk_tiles(
    ctx: &Context,
    desk: &Desk,
    guides: Option<&[guide::Model]>,
) -> Result<Vec<Value>, Stop> {
    let ids = guides.map(|guides| {
        guides
            .iter()
            .map(|guide| guide.id)
            .collect::<Vec<GuideId>>()
    });
    let ids = ids.as_deref();
    let now = Timestamp::from(ctx.clock.now());
    let account = desk.account.id;
    let active = conversations::active(ctx, account, ids, now - TimeDelta::hours(24)).await?;
    let open = conversations::active(ctx, account, ids, now - TimeDelta::hours(48)).await?;
    let to = || format!("{}/members", desk.at());
    Ok(vec![
        tile(
            "活跃会话",
            size(active),
            "24 小时内来过消息".to_owned(),
            to(),
            "plain",
        ),
        tile(
            "窗口还开着",
            size(open),
            "48 小时内来过消息".to_owned(),
            to(),
            "plain",
        ),
    ])
}

fn guide_tiles(desk: &Desk, place: &Place, guides: &[guide::Model]) -> Vec<Value> {
    let linked = guides.iter().filter(|guide| guide.openid.is_some()).count();
    let on_duty = guides.iter().filter(|guide| guides::is_available(guide));
    let on_duty = on_duty.count();
    let at = desk.at();
    let all_linked = if linked == guides.len() {
        "good"
    } else {
        "bad"
    };
    let nobody = on_duty == 0 && !guides.is_empty();
    vec![
        tile(
            "全部导购",
            guides.len().to_string(),
            format!("{linked} 位已关联 · {} 家门店", place.stores.len()),
            format!("{at}/guides"),
            all_linked,
        ),
        tile(
            "正在接待",
            on_duty.to_string(),
            "在岗且已关联".to_owned(),
            format!("{at}/guides"),
            if nobody { "bad" } else { "plain" },
        ),
    ]
}

/// What nobody but headquarters can put right.
async fn attention_of_headquarters(ctx: &Context, desk: &Desk) -> Result<Vec<Value>, Stop> {
    let mut attention: Vec<Value> = Vec::new();
    if desk.for_headquarters().is_err() {
        return Ok(attention);
    }
    let at = desk.at();
    let all = guides::list(ctx.db.reads(), desk.account.id).await?;
    for row in hand_overs::list(ctx, &desk.account).await? {
        let guide = all.iter().find(|guide| guide.id == row.guide_id);
        let name = guide.map_or("", |guide| guide.name.as_str());
        attention.extend(proposals::attention(desk, &row, name));
        if row.state == State::Frozen {
            let text = ours(format!("{name} 的顾客还没有移交给同事"));
            attention.push(context! { text, href => format!("{at}/hand-overs/{}", row.id) });
        }
    }
    let waiting = conversations::waiting_in_pool(ctx, desk.account.id).await?;
    if waiting > 0 {
        let text = ours(format!("{} 位没有导购的顾客在等回复", size(waiting)));
        attention.push(context! { text, href => format!("{at}/members?guide=nobody") });
    }
    let nobody = Filter {
        whose: Whose::Nobody,
        ..Filter::default()
    };
    let unbound = pool::count(ctx, desk.scope(), nobody).await?;
    if let Some(unbound @ 1..) = unbound {
        let text = ours(format!("{unbound} 位会员还没有专属导购"));
        attention.push(context! { text, href => format!("{at}/members?guide=nobody") });
    }
    Ok(attention)
}

/// Guides who cannot get what customers write.
fn unlinked(desk: &Desk, guides: &[guide::Model]) -> Vec<Value> {
    let at = desk.at();
    let those: Vec<_> = guides
        .iter()
        .filter(|guide| guide.openid.is_none())
        .collect();
    let one = |guide: &&guide::Model| {
        let text = ours(format!("{} 还没有关联微信，收不到顾客的留言", guide.name));
        context! { text, href => format!("{at}/guides/{}", guide.id) }
    };
    let mut lines: Vec<Value> = those.iter().take(NAMED_MAX).map(one).collect();
    if let more @ 1.. = those.len().saturating_sub(NAMED_MAX) {
        let text = ours(format!("另有 {more} 位导购没有关联微信"));
        lines.push(context! { text, href => format!("{at}/guides") });
    }
    lines
}
