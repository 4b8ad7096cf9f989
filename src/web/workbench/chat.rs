//! One conversation: its lines, what can still be sent, and sending it.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Bytes, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use chrono::TimeDelta;
use daogou_schema::message::Author;
use daogou_schema::{Address, GuideId, MessageId, ScriptId, Timestamp, conversation, guide};
use minijinja::{Value, context};

use super::gate::{Seat, SentBy};
use super::stop::{Page, Stop};
use super::words;
use crate::bindings::pool::Row;
use crate::context::Context;
use crate::conversations::desk::{self, Sent, Wanted};
use crate::conversations::{self, Attached, Said};
use crate::outbound::{self, Fate};
use crate::pictures;
use crate::web::{file, page};

/// How many lines a page shows at first, and how many more at a time.
const LINES: u64 = 40;
/// How many lines a phone that slept gets at once.
const MISSED_MAX: u64 = 100;
/// So many lines come again with new ones: what became of them may have changed.
const AGAIN: u64 = 20;
/// After such a pause the time stands between two lines.
const PAUSE: TimeDelta = TimeDelta::minutes(5);

pub(super) async fn show(
    ctx: Data<Context>,
    seat: Seat,
    path: Path<i64>,
    asked: Query<HashMap<String, String>>,
) -> Page {
    let before = number(&asked, "before").map(MessageId);
    shown(&ctx, &seat, *path, before, None).await
}

/// The page; `refused` is a line that was not taken, and why.
async fn shown(
    ctx: &Context,
    seat: &Seat,
    member: i64,
    before: Option<MessageId>,
    refused: Option<(&str, &str)>,
) -> Page {
    let (row, talk) = seat.customer(ctx, member).await?;
    let member = row.member.id;
    let said = conversations::transcript(ctx, seat.account.id, member, before, LINES).await?;
    let now = Timestamp::from(ctx.clock.now());
    let full = said.len() == usize::try_from(LINES).unwrap_or(usize::MAX);
    let older = said.first().filter(|_| full).map(|oldest| oldest.id.0);
    let view = View::of(ctx, seat, &row, &said, now).await?;
    let unread = talk.as_ref().and_then(|talk| talk.unread).unwrap_or(0);
    let waiting = desk::waiting(ctx, seat.guide.id).await?;
    let numbers = crate::guides::numbers_of(ctx, seat.guide.id, &[member]).await?;
    let status = match refused {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    Ok(page::show(
        status,
        "workbench/chat",
        context! {
            id => member.0,
            key => ctx.chance.word(24),
            label => &view.label,
            me_name => &seat.guide.name,
            number => numbers.first().map(|(_, number, _)| *number),
            stands_in => view.stands_in,
            following => row.identity.subscribed,
            lines => view.lines(&said),
            last => said.last().map_or(0, |line| line.id.0),
            older,
            before => before.map(|line| line.0),
            unread,
            dock => dock(ctx, &row, talk.as_ref(), now).await?,
            chars_max => desk::LINE_CHARS_MAX,
            problem => refused.map(|(_, why)| why),
            typed => refused.map_or("", |(text, _)| text),
            ..seat.frame("chats", waiting)
        },
    ))
}

fn number(asked: &HashMap<String, String>, name: &str) -> Option<i64> {
    asked.get(name)?.parse().ok()
}

/// What the page has missed since its last line, or lines before its first one.
pub(super) async fn lines(
    ctx: Data<Context>,
    seat: Seat,
    path: Path<i64>,
    asked: Query<HashMap<String, String>>,
) -> Page {
    let (row, talk) = seat.customer(&ctx, *path).await?;
    part(&ctx, &seat, &row, talk.as_ref(), &asked).await
}

async fn part(
    ctx: &Context,
    seat: &Seat,
    row: &Row,
    talk: Option<&conversation::Model>,
    asked: &HashMap<String, String>,
) -> Page {
    let (account, member) = (seat.account.id, row.member.id);
    let now = Timestamp::from(ctx.clock.now());
    let (said, older, more) = match number(asked, "before") {
        Some(before) => {
            let before = Some(MessageId(before));
            let said = conversations::transcript(ctx, account, member, before, LINES).await?;
            let full = said.len() == usize::try_from(LINES).unwrap_or(usize::MAX);
            let older = said.first().filter(|_| full).map(|line| line.id.0);
            (said, older, false)
        }
        None => {
            let after = MessageId(number(asked, "after").unwrap_or(0));
            let said =
                conversations::transcript_from(ctx, account, member, after, AGAIN, MISSED_MAX);
            let said = said.await?;
            let new = said.iter().filter(|line| line.id > after).count();
            let more = new == usize::try_from(MISSED_MAX).unwrap_or(usize::MAX);
            (said, None, more)
        }
    };
    let view = View::of(ctx, seat, row, &said, now).await?;
    Ok(page::show(
        StatusCode::OK,
        "workbench/lines",
        context! {
            id => member.0,
            label => &view.label,
            me_name => &seat.guide.name,
            lines => view.lines(&said),
            last => said.last().map_or(0, |line| line.id.0),
            older,
            more,
            dock => dock(ctx, row, talk, now).await?,
        },
    ))
}

/// What can be sent to her now, and if nothing, why not.
async fn dock(
    ctx: &Context,
    row: &Row,
    talk: Option<&conversation::Model>,
    now: Timestamp,
) -> Result<Value, Stop> {
    let to = address(row);
    let open = outbound::open_windows(ctx, &to, now).await?;
    // The one that lasts longest: the short ones after a tap are on top of it.
    let longest = open.iter().copied().max();
    let wrote = talk.and_then(|talk| talk.last_member_at);
    let recently = wrote.is_some_and(|at| now - at < TimeDelta::hours(48));
    Ok(context! {
        now => now.0,
        window => words::window(longest, now),
        shut => match (row.identity.subscribed, longest) {
            (false, _) => Some("她已取消关注，重新关注并来信后才能回复"),
            (true, None) => Some(words::shut(wrote.is_some(), recently)),
            (true, Some(_)) => None,
        },
        quiet => row.member.quiet,
    })
}

fn address(row: &Row) -> Address {
    Address {
        account_id: row.identity.account_id,
        openid: row.identity.openid.clone(),
    }
}

/// The lines of a conversation as the page shows them.
struct View<'a> {
    ctx: &'a Context,
    own: GuideId,
    member: i64,
    label: String,
    stands_in: bool,
    fates: Vec<Fate>,
    guides: Vec<guide::Model>,
    now: Timestamp,
}

impl<'a> View<'a> {
    async fn of(
        ctx: &'a Context,
        seat: &Seat,
        row: &Row,
        said: &[Said],
        now: Timestamp,
    ) -> Result<Self, Stop> {
        let ids: Vec<_> = said.iter().map(|line| line.id).collect();
        let fates = outbound::fates(ctx, &address(row), &ids).await?;
        let own = seat.guide.id;
        // Only a colleague's line needs a name.
        let others = said
            .iter()
            .any(|line| line.author == Author::Guide && line.guide != Some(own));
        let guides = match others {
            true => crate::guides::list(ctx.db.reads(), seat.account.id).await?,
            false => Vec::new(),
        };
        let bound = row.binding.as_ref().map(|binding| binding.guide_id);
        Ok(Self {
            ctx,
            own,
            member: row.member.id.0,
            label: words::label(ctx, row.member.name.as_deref(), None),
            stands_in: bound != Some(own),
            fates,
            guides,
            now,
        })
    }

    fn lines(&self, said: &[Said]) -> Vec<Value> {
        let mut before: Option<Timestamp> = None;
        let shown = said.iter().map(|line| {
            let pause = before.is_none_or(|before| line.at - before > PAUSE);
            before = Some(line.at);
            self.line(line, pause)
        });
        shown.collect()
    }

    fn line(&self, line: &Said, pause: bool) -> Value {
        let (side, who) = match line.author {
            Author::Member => ("member", None),
            Author::Guide if line.guide == Some(self.own) => ("own", None),
            Author::Guide => ("colleague", line.guide.map(|id| self.name(id))),
            Author::House => ("house", None),
        };
        let fate = match line.author {
            Author::Guide => outbound::fate_of(&self.fates, line.id).map(words::fate),
            Author::Member | Author::House => None,
        };
        let (kind, missing) = match line.file {
            Some(Attached::Here(shape)) => (shape.way.word(), None),
            Some(Attached::Coming) => ("text", Some("文件正在取回，稍后可见")),
            Some(Attached::Gone) => ("text", Some("文件已取不到")),
            None => ("text", None),
        };
        let here = matches!(line.file, Some(Attached::Here(_)));
        context! {
            id => line.id.0,
            at => line.at.0,
            time => pause.then(|| words::moment(line.at, self.now, self.ctx.config.timezone)),
            side,
            who,
            text => &line.text,
            kind,
            missing,
            href => here.then(|| format!("/workbench/chats/{}/lines/{}/file", self.member, line.id)),
            fate,
        }
    }

    fn name(&self, id: GuideId) -> String {
        let found = self.guides.iter().find(|guide| guide.id == id);
        found.map(|guide| guide.name.clone()).unwrap_or_default()
    }
}

/// A line from the page. A script gets the lines since its last one; without scripts the page is shown again.
pub(super) async fn write(
    ctx: Data<Context>,
    request: HttpRequest,
    path: Path<i64>,
    SentBy(seat, fields): SentBy,
) -> Page {
    let (row, _) = seat.customer(&ctx, *path).await?;
    let (key, text) = (fields.get("key"), fields.exactly("text"));
    let script = fields.get("script").parse().ok().map(ScriptId);
    let (guide, member) = (seat.guide.id, row.member.id);
    let wanted = (key, Wanted::Text(text, script));
    let sent = desk::write(&ctx, &seat.account, guide, member, wanted).await?;
    let problem = problem(sent)?;
    let by_script = request.headers().contains_key("x-part");
    match (problem, by_script) {
        (None, true) => {
            let (row, talk) = seat.customer(&ctx, *path).await?;
            let after = fields.get("after").to_owned();
            let asked = HashMap::from([("after".to_owned(), after)]);
            part(&ctx, &seat, &row, talk.as_ref(), &asked).await
        }
        (Some(problem), true) => Ok(refusal(problem)),
        (None, false) => Ok(page::go_to(&format!("/workbench/chats/{path}#end"))),
        (Some(problem), false) => shown(&ctx, &seat, *path, None, Some((text, &problem))).await,
    }
}

/// Why a line was not taken; none when it was.
fn problem(sent: Sent) -> Result<Option<String>, Stop> {
    Ok(match sent {
        Sent::Line(_) => None,
        Sent::NotYours => return Err(Stop::NotFound),
        Sent::Stopped(words) => Some(format!("没有发送：含敏感词“{words}”，请改写后再发")),
        Sent::Unsendable => Some(format!("没有发送：请写 1 到 {} 个字", desk::LINE_CHARS_MAX)),
        Sent::Nobody => Some("没有发送：她还没有来过消息，微信不允许主动发送".to_owned()),
    })
}

/// A picture from the phone: the body is the file, which the page's script has made small.
pub(super) async fn send_picture(
    ctx: Data<Context>,
    request: HttpRequest,
    path: Path<i64>,
    seat: Seat,
    content: Result<Bytes, actix_web::Error>,
) -> Page {
    let header = |name: &str| {
        let value = request.headers().get(name)?;
        value.to_str().ok().map(str::to_owned)
    };
    seat.own_script(&request, &header("x-csrf").unwrap_or_default())?;
    let (row, _) = seat.customer(&ctx, *path).await?;
    let content = content.map_err(|_too_large| Stop::Unreadable)?;
    let picture = match pictures::keep(&ctx, seat.account.id, &content).await? {
        Ok(picture) => picture,
        Err(no) => return Ok(refusal(no.told().to_owned())),
    };
    let key = header("x-key").unwrap_or_default();
    let wanted = (key.as_str(), Wanted::Picture(picture));
    let sent = desk::write(&ctx, &seat.account, seat.guide.id, row.member.id, wanted).await?;
    if let Some(problem) = problem(sent)? {
        return Ok(refusal(problem));
    }
    let (row, talk) = seat.customer(&ctx, *path).await?;
    let after = header("x-after").unwrap_or_default();
    let asked = HashMap::from([("after".to_owned(), after)]);
    part(&ctx, &seat, &row, talk.as_ref(), &asked).await
}

/// What a script is told that may not do something, in words for whoever tapped.
pub(super) fn refusal(problem: String) -> HttpResponse {
    HttpResponse::UnprocessableEntity()
        .insert_header((CACHE_CONTROL, "no-store"))
        .content_type("text/plain; charset=utf-8")
        .body(problem)
}

/// The guide has opened it, up to a line.
pub(super) async fn seen(
    ctx: Data<Context>,
    path: Path<i64>,
    SentBy(seat, fields): SentBy,
) -> Page {
    let (row, _) = seat.customer(&ctx, *path).await?;
    let line = fields.get("line").parse().unwrap_or(0);
    desk::seen(&ctx, seat.guide.id, row.member.id, MessageId(line)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// A picture, voice or video of the conversation.
pub(super) async fn file(ctx: Data<Context>, seat: Seat, path: Path<(i64, i64)>) -> Page {
    let (member, line) = path.into_inner();
    let (row, _) = seat.customer(&ctx, member).await?;
    let line = MessageId(line);
    let found = conversations::file_of(&ctx, seat.account.id, row.member.id, line).await?;
    Ok(file::answer(found.ok_or(Stop::NotFound)?))
}
