//! What was said, found by its words: a page of lines with the words marked.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use chrono_tz::Tz;
use daogou_schema::message::Author;
use daogou_schema::{MessageId, guide};
use minijinja::{Value, context};

use super::gate::Desk;
use super::members::guide_name;
use super::stop::Stop;
use super::words;
use crate::context::Context;
use crate::search::{self, Hit};
use crate::web::language::ours;
use crate::web::page;

/// How many lines a page shows.
const ROWS: usize = 30;
/// So much of a line is shown: before its first mark, and in all.
const BEFORE_CHARS: usize = 24;
const SHOWN_CHARS: usize = 120;

pub(super) async fn show(
    ctx: &Context,
    desk: &Desk,
    question: &str,
    before: Option<MessageId>,
) -> Result<HttpResponse, Stop> {
    let found = search::find(ctx, desk.scope(), question, before, ROWS).await?;
    let guides = crate::guides::list(ctx.db.reads(), desk.account.id).await?;
    let here = format!("{}/conversations", desk.at());
    let asked = in_an_address(question);
    let unclear = found.is_none();
    let (hits, next) = found.map_or((Vec::new(), None), |page| (page.hits, page.next));
    let rows: Vec<_> = hits
        .iter()
        .map(|hit| shown(&here, hit, ctx.config.timezone, &guides))
        .collect();
    Ok(page::show(
        StatusCode::OK,
        "search",
        context! {
            here => "conversations",
            q => question,
            unclear,
            // A page that ended because much had to be looked at.
            searching => next.is_some() && rows.len() < ROWS,
            next_href => next.map(|line| format!("{here}?q={asked}&before={line}")),
            first_href => before.map(|_| format!("{here}?q={asked}")),
            looked_at => search::LOOKED_AT_MAX,
            settles => search::SETTLES_AFTER.num_seconds(),
            rows,
            ..desk.frame()
        },
    ))
}

/// A word as an address says it.
fn in_an_address(word: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    word.bytes()
        .map(|byte| match plain(byte) {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        })
        .collect()
}

fn shown(here: &str, hit: &Hit, zone: Tz, guides: &[guide::Model]) -> Value {
    let label = words::member(&hit.row.member);
    let guide = hit.guide.map(|id| guide_name(guides, id));
    let who = match hit.author {
        Author::Member => label.clone(),
        Author::Guide => guide.clone().unwrap_or_default(),
        Author::House => ours("系统"),
    };
    context! {
        href => format!("{here}/{}?at={}#line-{}", hit.row.member.id, hit.line, hit.line),
        label,
        by_guide => hit.author == Author::Guide,
        who,
        guide,
        at => words::moment(hit.at, zone),
        parts => parts(hit),
    }
}

/// A line in pieces, some of them marked, cut so that the first mark is seen.
fn parts(hit: &Hit) -> Vec<Value> {
    let first = hit.marks.first().map_or(0, |(from, _)| *from);
    let start = first.saturating_sub(BEFORE_CHARS);
    let end = hit.text.len().min(start + SHOWN_CHARS);
    let piece = |from: usize, to: usize| -> String {
        let letters = hit.text.get(from..to).unwrap_or_default();
        letters.iter().collect()
    };
    let part = |text: String, marked: bool| context! { text, marked };
    let mut parts = Vec::new();
    if start > 0 {
        parts.push(part("…".to_owned(), false));
    }
    let mut at = start;
    for (from, to) in hit.marks.iter().filter(|(_, to)| *to <= end) {
        parts.push(part(piece(at, *from), false));
        parts.push(part(piece(*from, *to), true));
        at = *to;
    }
    parts.push(part(piece(at, end), false));
    if end < hit.text.len() {
        parts.push(part("…".to_owned(), false));
    }
    parts
}
