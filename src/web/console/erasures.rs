//! Erasures and their receipts.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use daogou_schema::ErasureId;
use daogou_schema::erasure::{Model, State};
use minijinja::{Value, context};

use super::gate::Desk;
use super::privacy::cause_word;
use super::stop::{Page, Stop};
use super::words;
use crate::context::Context;
use crate::privacy::{self, rules};
use crate::web::language::ours;
use crate::{staff, web::page};

/// How many rows a page shows.
const PAGE: u64 = 50;

/// What is deleted, in the order of the receipt, and what it is called.
const KINDS: [(&str, &str); 17] = [
    ("identity", "微信身份（OpenID、关注时间）"),
    ("member", "会员资料（备注、UnionID、免打扰与退订设置）"),
    ("member_phone", "手机号"),
    ("member_card", "会员卡号"),
    ("message", "会话内容"),
    ("media", "图片、语音和视频文件"),
    ("conversation", "会话状态"),
    ("outbound", "发给本人或与本人有关的消息"),
    ("inbound", "微信推送的原文"),
    ("reply_window", "回复窗口"),
    ("member_tag", "标签"),
    ("member_field", "自定义资料"),
    ("sensitive_hit", "敏感词记录"),
    ("visit", "到店记录"),
    ("member_note", "导购的备注"),
    ("task", "导购的任务"),
    ("guide_number", "导购手机上的顾客编号"),
];

pub(super) async fn list(
    ctx: Data<Context>,
    desk: Desk,
    asked: Query<HashMap<String, String>>,
) -> Page {
    desk.for_headquarters()?;
    let before = asked.get("before").and_then(|id| id.parse().ok());
    let before = before.map(ErasureId);
    let mut rows = privacy::list(&ctx, &desk.account, before, PAGE + 1).await?;
    let more = rows.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
    if more {
        rows.pop();
    }
    let last = rows.last().map(|row| row.id).filter(|_last| more);
    let shown: Vec<_> = rows.iter().map(|row| shown(&ctx, &desk, row)).collect();
    Ok(page::show(
        StatusCode::OK,
        "erasures",
        context! {
            here => "erasures",
            rows => shown,
            first => before.is_some().then(|| format!("{}/erasures", desk.at())),
            next => last.map(|id| format!("{}/erasures?before={id}", desk.at())),
            unfollowed_days => ctx.config.unfollowed_days,
            ..desk.frame()
        },
    ))
}

pub(super) async fn show(ctx: Data<Context>, desk: Desk, path: Path<(String, i64)>) -> Page {
    desk.for_headquarters()?;
    let found = privacy::get(&ctx, &desk.account, ErasureId(path.1)).await?;
    let row = found.ok_or(Stop::NotFound)?;
    let counts = rules::counts(&row.counts);
    let kinds: Vec<_> = KINDS
        .iter()
        .map(|(kind, word)| context! { word => ours(word), count => counts.get(*kind).copied().unwrap_or_default() })
        .collect();
    let by = match row.staff_id {
        Some(id) => staff::colleagues(ctx.db.reads())
            .await?
            .into_iter()
            .find(|colleague| colleague.staff.id == id)
            .map(|colleague| colleague.staff.name),
        None => None,
    };
    let proofs = row.proof.as_deref().unwrap_or_default().split(',');
    let proofs: Vec<_> = proofs
        .filter(|one| !one.is_empty())
        .map(str::to_owned)
        .collect();
    Ok(page::show(
        StatusCode::OK,
        "erasure",
        context! {
            here => "erasures",
            it => shown(&ctx, &desk, &row),
            by,
            kinds,
            proofs,
            raw_days => ctx.config.raw_days,
            ..desk.frame()
        },
    ))
}

fn shown(ctx: &Context, desk: &Desk, row: &Model) -> Value {
    let zone = ctx.config.timezone;
    let (state, word) = match row.state {
        State::Asked => ("running", "等待开始"),
        State::Running => ("running", "正在删除"),
        State::Done => ("done", "已删除"),
    };
    context! {
        href => at(desk, row.id),
        number => number(row.id),
        member => row.member_id.0,
        cause => ours(cause_word(row.cause)),
        state,
        state_word => ours(word),
        appid => &desk.account.appid,
        asked_at => words::moment(row.asked_at, zone),
        begun_at => words::moment_or_none(row.begun_at, zone),
        done_at => words::moment_or_none(row.done_at, zone),
    }
}

/// The receipt's number.
fn number(id: ErasureId) -> String {
    format!("DEL-{:06}", id.0)
}

/// Where a receipt is.
pub(super) fn at(desk: &Desk, id: ErasureId) -> String {
    format!("{}/erasures/{id}", desk.at())
}
