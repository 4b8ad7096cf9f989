//! What did not reach anybody: messages that WeChat refused or left open, and pushes that were set aside.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use chrono::TimeDelta;
use daogou_schema::outbound::State;
use daogou_schema::{GuideId, Timestamp, guide, inbound};
use minijinja::{Value, context};

use super::gate::Desk;
use super::guides::guides_of;
use super::stop::{Page, Stop};
use super::words;
use crate::context::Context;
use crate::outbound::{self, Listed, Reason};
use crate::reception;
use crate::web::language::ours;
use crate::web::page;

/// So far back it is of interest here; `daogou outbound list` shows the rest.
const SINCE: TimeDelta = TimeDelta::days(7);
/// How many are shown of each kind.
const SHOWN: u64 = 100;

/// The newest messages of the scope that ended so.
async fn messages(
    ctx: &Context,
    desk: &Desk,
    guides: &[guide::Model],
    state: State,
) -> Result<Vec<Listed>, Stop> {
    let ids: Vec<GuideId> = guides.iter().map(|guide| guide.id).collect();
    let ids = (!desk.sees_all()).then_some(ids.as_slice());
    let since = Timestamp::from(ctx.clock.now()) - SINCE;
    let db = ctx.db.reads();
    Ok(outbound::ended_lately(db, desk.account.id, ids, state, since, SHOWN).await?)
}

async fn set_aside(ctx: &Context, desk: &Desk) -> Result<Vec<reception::ListedPush>, Stop> {
    if desk.for_headquarters().is_err() {
        return Ok(Vec::new());
    }
    let (db, state) = (ctx.db.reads(), inbound::State::Failed);
    Ok(reception::list_pushes(db, desk.account.id, state, SHOWN).await?)
}

/// What the first page says of it.
pub(super) async fn attention(
    ctx: &Context,
    desk: &Desk,
    guides: &[guide::Model],
) -> Result<Vec<Value>, Stop> {
    let refused = messages(ctx, desk, guides, State::Refused).await?;
    let unknown = messages(ctx, desk, guides, State::Unknown).await?;
    let pushes = set_aside(ctx, desk).await?;
    let misconfigured = refused
        .iter()
        .filter(|message| reason(message) == Some(Reason::Configuration));
    let mut lines = Vec::new();
    let mut line = |count: usize, text: fn(String) -> String| {
        if count > 0 {
            let count = match u64::try_from(count).unwrap_or(SHOWN) {
                SHOWN.. => format!("{SHOWN}+"),
                few => few.to_string(),
            };
            let href = format!("{}/undelivered", desk.at());
            lines.push(context! { text => ours(text(count)), href });
        }
    };
    line(misconfigured.count(), |count| {
        format!("{count} 条消息因公众号设置被微信拒绝，请检查 AppSecret 和接口权限")
    });
    line(refused.len(), |count| {
        format!("{count} 条消息在 7 天内被微信拒绝")
    });
    line(unknown.len(), |count| {
        format!("{count} 条消息在 7 天内不知道是否送达")
    });
    line(pushes.len(), |count| {
        format!("{count} 条推送处理失败，已搁置")
    });
    Ok(lines)
}

pub(super) async fn show(ctx: Data<Context>, desk: Desk) -> Page {
    let guides = guides_of(&ctx, &desk).await?;
    let mut found = messages(&ctx, &desk, &guides, State::Refused).await?;
    let refused = found.len();
    found.extend(messages(&ctx, &desk, &guides, State::Unknown).await?);
    let mut rows: Vec<(bool, Listed)> = found
        .into_iter()
        .enumerate()
        .map(|(place, message)| (place < refused, message))
        .collect();
    rows.sort_by_key(|(_, message)| std::cmp::Reverse(message.id));
    let zone = ctx.config.timezone;
    let name = |id: Option<GuideId>| {
        let guide = guides.iter().find(|guide| Some(guide.id) == id);
        guide.map_or("", |guide| guide.name.as_str())
    };
    let rows: Vec<_> = rows
        .iter()
        .map(|(refused, message)| {
            context! {
                at => words::moment(message.created_at, zone),
                refused,
                what => ours(what(message)),
                guide => name(message.guide_id),
                why => reason(message).map(|reason| ours(why(reason))).unwrap_or_default(),
                code => message.code,
            }
        })
        .collect();
    let pushes = set_aside(&ctx, &desk).await?;
    let pushes: Vec<_> = pushes
        .iter()
        .map(|push| {
            context! {
                at => words::moment(push.received_at, zone),
                kind => push.event.as_ref().unwrap_or(&push.msg_type),
                attempts => push.attempts,
                fault => &push.fault,
            }
        })
        .collect();
    Ok(page::show(
        StatusCode::OK,
        "undelivered",
        context! { here => "overview", rows, pushes, ..desk.frame() },
    ))
}

fn reason(message: &Listed) -> Option<Reason> {
    message.reason.as_deref()?.parse().ok()
}

fn what(message: &Listed) -> &'static str {
    use daogou_schema::outbound::Purpose;
    match message.purpose {
        Purpose::Welcome => "欢迎语",
        Purpose::Relay => "顾客的话，转给导购",
        Purpose::Answer => "导购的回复，发给顾客",
        Purpose::Notice => "给导购的提示",
        Purpose::Waiting => "给导购的待收提示",
        Purpose::Courtesy => "给顾客的提示",
    }
}

/// Why it did not arrive, and what can be done.
pub(super) fn why(reason: Reason) -> &'static str {
    match reason {
        Reason::Window => "没有可用的回复窗口：等对方来消息",
        Reason::Count => "这个窗口的条数用完了：等对方来消息",
        Reason::Quiet => "对方只想在来信时收到回复",
        Reason::NotFollowing => "对方没有关注公众号",
        Reason::Recipient => "对方拒收，或收不到公众号的消息",
        Reason::Configuration => "公众号缺少权限或设置有误：请检查 AppSecret 和接口权限",
        Reason::Quota => "当日或当月的次数用完了",
        Reason::Content => "微信不接受这样的内容",
        Reason::Media => "图片、语音或视频已取不到",
        Reason::Unreachable => "长时间连不上微信",
        Reason::NoAnswer => "微信没有回应，可能已送达",
        Reason::Interrupted => "发送时程序中断，可能已送达",
        Reason::Restored => "恢复备份前正在发送，可能已送达",
    }
}
