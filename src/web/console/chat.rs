//! The lines of a conversation as a page shows them: who said what, its files, and what became of it.

use chrono_tz::Tz;
use daogou_schema::message::Author;
use daogou_schema::outbound::State;
use daogou_schema::{Address, GuideId, MessageId, guide, sensitive_hit};
use minijinja::{Value, context};

use super::gate::Desk;
use super::members::guide_name;
use super::stop::Stop;
use super::{undelivered, words};
use crate::bindings::pool::Row;
use crate::context::Context;
use crate::conversations::{self, Attached, Said};
use crate::outbound::{self, Fate};
use crate::sensitive;
use crate::web::language::ours;

/// How many lines a page shows.
const LINES: u64 = 60;

/// A stretch of a conversation.
pub(super) struct Chat {
    /// Its lines, oldest first, for the template.
    pub lines: Vec<Value>,
    /// The line before which it goes on.
    pub older: Option<MessageId>,
}

/// The newest lines before `before`.
pub(super) async fn read(
    ctx: &Context,
    desk: &Desk,
    row: &Row,
    before: Option<MessageId>,
    guides: &[guide::Model],
) -> Result<Chat, Stop> {
    let (account, member) = (desk.account.id, row.member.id);
    let said = conversations::transcript(ctx, account, member, before, LINES).await?;
    let to = Address {
        account_id: account,
        openid: row.identity.openid.clone(),
    };
    let ids: Vec<_> = said.iter().map(|line| line.id).collect();
    let fates = outbound::fates(ctx, &to, &ids).await?;
    let full = said.len() == usize::try_from(LINES).unwrap_or(usize::MAX);
    let older = said.first().filter(|_| full).map(|oldest| oldest.id);
    let hits = sensitive::hits_of(ctx.db.reads(), member).await?;
    let view = View {
        files: format!("{}/conversations/{member}/lines", desk.at()),
        label: words::member(&row.member),
        zone: ctx.config.timezone,
        guides,
        fates: &fates,
        hits: &hits,
    };
    let mut lines: Vec<_> = said.iter().map(|line| (line.at, view.line(line))).collect();
    // What was stopped stands where it would have stood: on the page of the lines around it.
    let first = said.first().filter(|_| full).map(|line| line.at);
    let last = said.last().filter(|_| before.is_some()).map(|line| line.at);
    let stopped = hits.iter().filter(|hit| {
        hit.account_id == account
            && hit.author == Author::Guide
            && first.is_none_or(|first| hit.at >= first)
            && last.is_none_or(|last| hit.at <= last)
    });
    lines.extend(stopped.map(|hit| (hit.at, view.stopped(hit))));
    lines.sort_by_key(|(at, _)| *at);
    let lines = lines.into_iter().map(|(_, line)| line).collect();
    Ok(Chat { lines, older })
}

struct View<'a> {
    files: String,
    label: String,
    zone: Tz,
    guides: &'a [guide::Model],
    fates: &'a [Fate],
    hits: &'a [sensitive_hit::Model],
}

impl View<'_> {
    fn line(&self, line: &Said) -> Value {
        let name = |id: GuideId| guide_name(self.guides, id);
        let (side, who) = match line.author {
            Author::Member => ("member", self.label.clone()),
            Author::Guide => ("brand", line.guide.map(name).unwrap_or_default()),
            Author::House => ("brand", ours("系统")),
        };
        // Only what was written to her can fail to reach her.
        let fate = match line.author {
            Author::Guide => outbound::fate_of(self.fates, line.id),
            Author::Member | Author::House => None,
        };
        let (state, bad) = fate.map_or((None, false), |fate| {
            let (text, bad) = became(fate);
            (Some(text), bad)
        });
        let (kind, missing) = match line.file {
            Some(Attached::Here(shape)) => (shape.way.word(), None),
            Some(Attached::Coming) => ("text", Some(ours("文件正在取回，稍后刷新可见"))),
            Some(Attached::Gone) => ("text", Some(ours("文件已取不到"))),
            None => ("text", None),
        };
        let here = matches!(line.file, Some(Attached::Here(_)));
        context! {
            id => line.id.0,
            at => words::moment(line.at, self.zone),
            side,
            who,
            text => &line.text,
            kind,
            missing,
            media_href => here.then(|| format!("{}/{}/file", self.files, line.id)),
            state,
            bad,
            stopped => false,
            words => self.words(line.id),
        }
    }

    /// A guide's line that nobody got.
    fn stopped(&self, hit: &sensitive_hit::Model) -> Value {
        context! {
            id => format!("stopped-{}", hit.id),
            at => words::moment(hit.at, self.zone),
            side => "brand",
            who => hit.guide_id.map(|id| guide_name(self.guides, id)),
            text => hit.content.as_deref().unwrap_or_default(),
            kind => "text",
            missing => (),
            media_href => (),
            state => ours(format!("没有发给顾客：含敏感词“{}”", hit.words)),
            bad => true,
            stopped => true,
            words => (),
        }
    }

    /// The sensitive words in a member's line.
    fn words(&self, line: MessageId) -> Option<&str> {
        let hit = self.hits.iter().find(|hit| hit.message_id == Some(line));
        hit.map(|hit| hit.words.as_str())
    }
}

/// What became of a line, in words, and whether somebody should look after it.
fn became(fate: &Fate) -> (String, bool) {
    let why = fate.reason.map(undelivered::why);
    let told = |text: &str| match why {
        Some(why) => format!("{}{}{}", ours(text), ours("："), ours(why)),
        None => ours(text),
    };
    match fate.state {
        State::Sent => (ours("已送达微信"), false),
        State::Ready | State::Claimed | State::Answering => (ours("发送中"), false),
        State::Held => (told("等待送出"), false),
        State::Refused => (told("微信拒绝了这条消息"), true),
        State::Unknown => (told("不确定是否送达"), true),
        State::Dropped => (ours("没有送出"), true),
    }
}
