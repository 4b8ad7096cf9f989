//! Who followed before the house was there: one button, and how far it is.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use daogou_schema::Timestamp;
use daogou_schema::follower_sync::{Model, State};
use daogou_wechat::Kind;
use minijinja::{Value, context};

use super::gate::{Desk, SentBy};
use super::stop::{Page, Stop};
use super::words;
use crate::context::Context;
use crate::followers::{self, No};
use crate::web::language::ours;
use crate::web::page;

/// How many runs are listed.
const LISTED: u64 = 20;

pub(super) async fn show(ctx: Data<Context>, desk: Desk) -> Page {
    desk.for_headquarters()?;
    let runs = followers::list(&ctx, desk.account.id, LISTED).await?;
    let now = Timestamp::from(ctx.clock.now());
    let runs: Vec<_> = runs.iter().map(|run| shown(&ctx, run, now)).collect();
    Ok(page::show(
        StatusCode::OK,
        "followers",
        context! {
            here => "followers",
            at_service => desk.account.kind == Kind::Service,
            run => runs.first(),
            earlier => runs.get(1..),
            members_href => format!("{}/members?guide=nobody", desk.at()),
            ..desk.frame()
        },
    ))
}

fn shown(ctx: &Context, run: &Model, now: Timestamp) -> Value {
    let zone = ctx.config.timezone;
    let (state, state_word) = match run.state {
        State::Running => ("running", "同步中"),
        State::Done => ("done", "已完成"),
        State::Stopped => ("stopped", "已停止"),
        State::Failed => ("failed", "没有完成"),
    };
    let waits = run.state == State::Running && run.due_at > now;
    let (rate, left) = speed(run, now).unzip();
    context! {
        state,
        state_word => ours(state_word),
        seen => run.seen,
        total => run.total,
        added => run.added,
        joined => run.joined,
        back => run.back,
        known => (run.seen - run.added - run.left_out).max(0),
        left_out => run.left_out,
        trouble => run.trouble.as_deref().map(|said| ours(trouble(said))),
        waits_until => waits.then(|| words::moment(run.due_at, zone)),
        rate,
        left,
        created_at => words::moment(run.created_at, zone),
        done_at => words::moment_or_none(run.done_at, zone),
    }
}

/// How many people a second, and how many minutes are left at that rate.
fn speed(run: &Model, now: Timestamp) -> Option<(i64, i64)> {
    let seconds = (now - run.created_at).num_seconds().max(1);
    let seen = i64::from(run.seen);
    let rate = (seen / seconds).max(1);
    let left = i64::from(run.total?) - seen;
    let moves = run.state == State::Running && seen > 0 && run.trouble.is_none();
    moves.then_some((rate, (left.max(0) / rate + 59) / 60))
}

/// What WeChat's number means, and what to do.
fn trouble(said: &str) -> String {
    let text = match said {
        "silent" => "微信暂时没有回应，稍后自动再试",
        "-1" => "微信系统繁忙，稍后自动再试",
        "45011" => "微信限制了每分钟的调用，稍后自动再试",
        "45009" => "今天的调用次数已用完，次日零点恢复，到时自动继续",
        "48001" | "50001" => "这个公众号没有获取粉丝列表的权限，需要已认证的服务号",
        "40164" | "61004" => "服务器的 IP 不在白名单里，请在微信公众平台的“IP 白名单”里添加后继续",
        "40013" | "40125" | "40001" | "40243" => {
            "AppID 或 AppSecret 不正确，请在“公众号与小程序”里更正后继续"
        }
        other => return format!("微信拒绝了请求（{other}），可以稍后继续；仍不行请联系技术同事"),
    };
    text.to_owned()
}

pub(super) async fn start(ctx: Data<Context>, SentBy(desk, _): SentBy<Desk>) -> Page {
    desk.for_headquarters()?;
    let started = followers::start(&ctx, &desk.account, desk.gate.by()).await?;
    on(&desk, started)
}

pub(super) async fn stop(ctx: Data<Context>, SentBy(desk, _): SentBy<Desk>) -> Page {
    desk.for_headquarters()?;
    let stopped = followers::stop(&ctx, &desk.account, desk.gate.by()).await?;
    on(&desk, stopped)
}

/// Whoever pressed twice sees how far it is.
fn on(desk: &Desk, done: Result<(), No>) -> Page {
    match done {
        Ok(()) | Err(No::State) => Ok(page::go_to(&format!("{}/followers", desk.at()))),
        Err(No::Kind) => Err(Stop::NotFound),
    }
}
