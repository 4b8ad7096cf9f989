//! Conversations looked over: the list, one of them, and the files that were sent in it.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use chrono::TimeDelta;
use daogou_schema::{Address, GuideId, MemberId, MessageId, Timestamp, guide, store};
use minijinja::{Value, context};

use super::chat;
use super::gate::Desk;
use super::guides::{guides_of, stores_of};
use super::members::{guide_name, store_name};
use super::stop::{Page, Stop};
use super::{search, words};
use crate::bindings::pool::{self, Row};
use crate::context::Context;
use crate::conversations;
use crate::conversations::list::{self, Place, Talk, Wanted};
use crate::outbound;
use crate::web::language::ours;
use crate::web::{file, page};

/// How many conversations a page shows.
const ROWS: usize = 30;
/// How many lines are shown behind one that was looked for.
const AROUND: u64 = 20;
/// So much of a line is shown in the list.
const EXCERPT_CHARS: usize = 60;
/// Since when: days, and what it is called.
const SINCE: [(&str, i64, &str); 3] = [
    ("1", 1, "24 小时内来信"),
    ("7", 7, "7 天内来信"),
    ("30", 30, "30 天内来信"),
];

/// The filters as the address says them. What does not exist, or is out of sight, is passed over.
struct Asked {
    guide: Option<GuideId>,
    store: Option<daogou_schema::StoreId>,
    waiting: bool,
    days: &'static str,
}

impl Asked {
    fn read(
        asked: &HashMap<String, String>,
        guides: &[guide::Model],
        stores: &[store::Model],
    ) -> Self {
        let get = |name: &str| asked.get(name).map_or("", String::as_str);
        let guide = guides.iter().find(|it| it.id.to_string() == get("guide"));
        let store = stores.iter().find(|it| it.id.to_string() == get("store"));
        let days = SINCE.iter().find(|(id, ..)| *id == get("days"));
        Self {
            guide: guide.map(|guide| guide.id),
            store: store.map(|store| store.id),
            waiting: get("state") == "waiting",
            days: days.map_or("", |(id, ..)| id),
        }
    }

    fn wanted(&self, guides: &[guide::Model], now: Timestamp) -> Wanted {
        let days = SINCE.iter().find(|(id, ..)| *id == self.days);
        Wanted {
            guides: match (self.guide, self.store) {
                (Some(guide), _) => Some(vec![guide]),
                (None, Some(store)) => {
                    let own = guides.iter().filter(|guide| guide.store_id == store);
                    Some(own.map(|guide| guide.id).collect())
                }
                (None, None) => None,
            },
            unanswered: self.waiting,
            since: days.map(|(_, days, _)| now - TimeDelta::days(*days)),
        }
    }

    fn is_empty(&self) -> bool {
        self.guide.is_none() && self.store.is_none() && !self.waiting && self.days.is_empty()
    }

    fn written(&self) -> String {
        let mut pairs = Vec::new();
        pairs.extend(self.store.map(|id| format!("store={id}")));
        pairs.extend(self.guide.map(|id| format!("guide={id}")));
        pairs.extend(self.waiting.then(|| "state=waiting".to_owned()));
        if !self.days.is_empty() {
            pairs.push(format!("days={}", self.days));
        }
        pairs.join("&")
    }

    fn shown(&self, guides: &[guide::Model], stores: &[store::Model]) -> Value {
        let one = |id: String, name: &str, chosen: bool| context! { id, name, chosen };
        let guides = guides.iter().map(|it| {
            let chosen = self.guide == Some(it.id);
            one(it.id.to_string(), &it.name, chosen)
        });
        let stores = stores.iter().map(|it| {
            let chosen = self.store == Some(it.id);
            one(it.id.to_string(), &it.name, chosen)
        });
        let states = [one("waiting".to_owned(), &ours("等待回复"), self.waiting)];
        let days = SINCE.map(|(id, _, name)| one(id.to_owned(), &ours(name), self.days == id));
        context! {
            guides => guides.collect::<Vec<_>>(),
            stores => stores.collect::<Vec<_>>(),
            states => states.to_vec(),
            days => days.to_vec(),
        }
    }
}

pub(super) async fn list(
    ctx: Data<Context>,
    desk: Desk,
    asked: Query<HashMap<String, String>>,
) -> Page {
    let question = asked.get("q").map_or("", |q| q.trim());
    if !question.is_empty() {
        let before = asked.get("before").and_then(|id| id.parse().ok());
        return search::show(&ctx, &desk, question, before.map(MessageId)).await;
    }
    let (guides, stores) = (guides_of(&ctx, &desk).await?, stores_of(&ctx, &desk).await?);
    let after = asked.get("after").and_then(|text| Place::read(text));
    let asked = Asked::read(&asked, &guides, &stores);
    let now = Timestamp::from(ctx.clock.now());
    let wanted = asked.wanted(&guides, now);
    let found = list::list(&ctx, desk.scope(), &wanted, after, ROWS).await?;
    let everybody = crate::guides::list(ctx.db.reads(), desk.account.id).await?;
    let rows: Vec<_> = found
        .talks
        .iter()
        .map(|talk| shown(&ctx, &desk, talk, now, &everybody, &stores))
        .collect();
    let here = format!("{}/conversations", desk.at());
    let chosen = asked.written();
    Ok(page::show(
        StatusCode::OK,
        "conversations",
        context! {
            here => "conversations",
            // A page that ended because much had to be looked at.
            searching => found.next.is_some() && found.talks.len() < ROWS,
            next_href => found.next.map(|next| format!("{here}?{chosen}&after={next}")),
            first_href => after.map(|_| format!("{here}?{chosen}")),
            rows,
            filters => asked.shown(&guides, &stores),
            filtered => !asked.is_empty(),
            clear_href => here,
            ..desk.frame()
        },
    ))
}

fn shown(
    ctx: &Context,
    desk: &Desk,
    talk: &Talk,
    now: Timestamp,
    guides: &[guide::Model],
    stores: &[store::Model],
) -> Value {
    let zone = ctx.config.timezone;
    let binding = talk.row.binding.as_ref();
    let bound = binding.map(|binding| binding.guide_id);
    // Somebody else than her own guide serves her now.
    let stand_in = talk.guide.filter(|guide| Some(*guide) != bound);
    context! {
        href => format!("{}/conversations/{}", desk.at(), talk.row.member.id),
        label => words::member(&talk.row.member),
        text => excerpt(&talk.text),
        guide => bound.map(|id| guide_name(guides, id)),
        stand_in => stand_in.map(|id| guide_name(guides, id)),
        store => binding.map(|binding| store_name(stores, binding.store_id)),
        at => words::moment(talk.at, zone),
        unanswered => talk.unanswered,
        waits => talk.unanswered.then(|| ours(waited(now - talk.at))),
        answered => words::moment_or_none(talk.answered_at, zone),
    }
}

fn excerpt(text: &str) -> String {
    let mut start: String = text.chars().take(EXCERPT_CHARS).collect();
    if text.chars().nth(EXCERPT_CHARS).is_some() {
        start.push('…');
    }
    start
}

/// How long somebody has waited.
fn waited(time: TimeDelta) -> String {
    match (time.num_days(), time.num_hours(), time.num_minutes()) {
        (days @ 1.., ..) => format!("{days} 天"),
        (_, hours @ 1.., _) => format!("{hours} 小时"),
        (.., minutes @ 1..) => format!("{minutes} 分钟"),
        _ => "不到 1 分钟".to_owned(),
    }
}

/// The member, if she is in the scope.
async fn permitted(ctx: &Context, desk: &Desk, id: i64) -> Result<Row, Stop> {
    let row = pool::get(ctx, desk.scope(), MemberId(id)).await?;
    row.ok_or(Stop::NotFound)
}

pub(super) async fn show(
    ctx: Data<Context>,
    desk: Desk,
    path: Path<(String, i64)>,
    asked: Query<HashMap<String, String>>,
) -> Page {
    let row = permitted(&ctx, &desk, path.1).await?;
    let line = |name: &str| asked.get(name)?.parse().ok().map(MessageId);
    let before = match line("at") {
        Some(at) => Some(conversations::beyond(&ctx, row.member.id, at, AROUND).await?),
        None => line("before"),
    };
    let guides = crate::guides::list(ctx.db.reads(), desk.account.id).await?;
    let stores = stores_of(&ctx, &desk).await?;
    let chat = chat::read(&ctx, &desk, &row, before, &guides).await?;
    let here = format!("{}/conversations/{}", desk.at(), row.member.id);
    let zone = ctx.config.timezone;
    let now = Timestamp::from(ctx.clock.now());
    let to = Address {
        account_id: desk.account.id,
        openid: row.identity.openid.clone(),
    };
    let windows: Vec<_> = outbound::open_windows(&ctx, &to, now)
        .await?
        .iter()
        .map(|window| words::window(*window, zone))
        .collect();
    let (serves, unanswered) = match conversations::served_by(&ctx, row.member.id).await? {
        Some((guide, unanswered)) => (guide, unanswered),
        None => (None, false),
    };
    let binding = row.binding.as_ref().map(|binding| {
        context! {
            guide => guide_name(&guides, binding.guide_id),
            guide_href => format!("{}/guides/{}", desk.at(), binding.guide_id),
            store => store_name(&stores, binding.store_id),
            since => words::moment(binding.bound_at, zone),
        }
    });
    let member = context! {
        id => row.member.id.0,
        label => words::member(&row.member),
        href => format!("{}/members/{}", desk.at(), row.member.id),
        quiet => row.member.quiet,
        muted => row.member.muted,
    };
    Ok(page::show(
        StatusCode::OK,
        "conversation",
        context! {
            here => "conversations",
            member,
            binding,
            serves => serves.map(|id| guide_name(&guides, id)),
            unanswered,
            windows,
            lines => chat.lines,
            older_href => chat.older.map(|line| format!("{here}?before={line}")),
            newest_href => before.map(|_| here),
            ..desk.frame()
        },
    ))
}

/// A picture, voice or video that was sent in a conversation of the scope.
pub(super) async fn attached(
    ctx: Data<Context>,
    desk: Desk,
    path: Path<(String, i64, i64)>,
) -> Page {
    let (_, member, line) = path.into_inner();
    let row = permitted(&ctx, &desk, member).await?;
    let line = MessageId(line);
    let found = conversations::file_of(&ctx, desk.account.id, row.member.id, line).await?;
    Ok(file::answer(found.ok_or(Stop::NotFound)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_told_in_its_largest_unit() {
        assert_eq!(waited(TimeDelta::seconds(59)), "不到 1 分钟");
        assert_eq!(waited(TimeDelta::minutes(61)), "1 小时");
        assert_eq!(waited(TimeDelta::hours(49)), "2 天");
    }
}
