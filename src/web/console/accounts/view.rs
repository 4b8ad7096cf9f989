//! What the templates are told of an account and of what a self-test found. No secret but one that was made a moment ago.

use daogou_wechat::{Kind, Mode};
use minijinja::{Value, context};

use super::words;
use crate::accounts::{self, Account, Keys};
use crate::checkup::{self, Finding, State};
use crate::context::Context;
use crate::web::language::ours;

pub(super) const KINDS: [Kind; 2] = [Kind::Service, Kind::MiniProgram];
/// The one to choose comes first.
pub(super) const MODES: [Mode; 3] = [Mode::Secure, Mode::Compatible, Mode::Plain];

pub(super) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Service => "服务号",
        Kind::MiniProgram => "小程序",
    }
}

fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Secure => "安全模式",
        Mode::Compatible => "兼容模式",
        Mode::Plain => "明文模式",
    }
}

pub(super) fn account(ctx: &Context, account: &Account) -> Value {
    context! {
        id => account.id.0,
        name => account.name.as_deref(),
        title => account.title(),
        appid => &account.appid,
        kind => ours(kind(account.kind)),
        is_mini => account.kind == Kind::MiniProgram,
        mode => ours(mode(account.door.mode)),
        plain => account.door.mode == Mode::Plain,
        has_key => !account.door.keys.is_empty(),
        in_settings => accounts::is_in_settings(ctx, account),
        accepts_previous => account.accepts_previous(),
        previous_until => words::moment_or_none(account.previous_until, ctx.config.timezone),
        href => format!("/console/accounts/{}", account.id),
    }
}

pub(super) fn modes(chosen: Mode) -> Vec<Value> {
    let modes = MODES.iter();
    modes
        .map(|each| {
            let note = match each {
                Mode::Secure => "消息全程加密，正式账号请选这个",
                Mode::Compatible => "加密和明文一起发，换模式时过渡用",
                Mode::Plain => "不加密，只适合测试号",
            };
            context! { value => each.to_string(), word => ours(mode(*each)), note => ours(note), chosen => *each == chosen }
        })
        .collect()
}

/// What is pasted at WeChat.
pub(super) fn paste(ctx: &Context, account: &Account, fresh: Option<&Keys>) -> Value {
    let found = checkup::public_url(&ctx.config);
    let fine = found.state == State::Ok;
    let key = fresh.and_then(|keys| keys.aes_key.as_ref());
    context! {
        url => format!("{}/wechat/{}", ctx.config.public_url, account.appid),
        warning => (!fine).then(|| ours(found.words.page)),
        token => fresh.map(|keys| keys.token.expose()),
        aes_key => key.map(|key| key.expose()),
    }
}

/// What is to be mended comes first.
pub(super) fn findings(findings: &[Finding]) -> Vec<Value> {
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|finding| match finding.state {
        State::Fail => 0,
        State::Warn => 1,
        State::Ok | State::Skipped => 2,
    });
    sorted.into_iter().map(finding).collect()
}

fn finding(finding: &Finding) -> Value {
    let (tone, word, icon) = match finding.state {
        State::Ok => ("good", "正常", "done"),
        State::Warn => ("warm", "留意", "alert"),
        State::Fail => ("bad", "不通", "fail"),
        State::Skipped => ("plain", "没有测", "info"),
    };
    let title = title(finding.name);
    context! { title => ours(title), tone, word => ours(word), icon, text => ours(&finding.words.page) }
}

fn title(name: &str) -> &str {
    match name {
        "public_url" => "公网地址",
        "token" => "AppID 和 AppSecret",
        "callback" => "回调地址",
        "callback_check" => "微信连到这里",
        "mode" => "消息加密",
        "clock" => "服务器时间",
        "pushes" => "收到的消息",
        "messages" => "发出的消息",
        "database_write" => "数据库写入",
        "database_clock" => "数据库时间",
        "session" => "会话存储",
        "media_folder" => "图片文件夹",
        "templates" => "消息文案",
        "font" => "中文字体",
        other => other,
    }
}

/// How a self-test ended, in one sentence.
pub(super) fn verdict(findings: &[Finding]) -> Value {
    let count = |state: State| findings.iter().filter(|found| found.state == state).count();
    let (tone, text) = match (count(State::Fail), count(State::Warn)) {
        (0, 0) => ("good", "全部正常，可以接待顾客了。".to_owned()),
        (0, warned) => ("warm", format!("能用，有 {warned} 项请留意。")),
        (failed, _) => (
            "bad",
            format!("有 {failed} 项不通，请从上往下处理，再测一次。"),
        ),
    };
    context! { tone, text => ours(text) }
}
