//! The member pool, and a member's own page.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use chrono_tz::Tz;
use daogou_schema::message::Author;
use daogou_schema::outbound::State;
use daogou_schema::{Address, GuideId, MemberId, MessageId, StoreId, Timestamp, guide};
use minijinja::{Value, context};

use super::gate::Desk;
use super::guides::{guides_of, stores_of};
use super::stop::{Page, Stop};
use super::{privacy, words};
use crate::bindings::pool::{self, Cursor, Row, Whose};
use crate::context::Context;
use crate::conversations::{self, Said};
use crate::outbound;
use crate::web::page;

const ROWS: u64 = 50;
const LINES: u64 = 60;

pub(super) async fn list(
    ctx: Data<Context>,
    desk: Desk,
    asked: Query<HashMap<String, String>>,
) -> Page {
    let asked = |name: &str| asked.get(name).map_or("", |value| value.trim());
    let guides = guides_of(&ctx, &desk).await?;
    let stores = stores_of(&ctx, &desk).await?;
    let guide = guides
        .iter()
        .find(|guide| guide.id.to_string() == asked("guide"));
    let store = stores
        .iter()
        .find(|store| store.id.to_string() == asked("store"));
    let word = asked("q");
    let whose = match (guide, store) {
        (Some(guide), _) => Whose::Guide(guide.id),
        (None, Some(store)) => Whose::Store(store.id),
        (None, None) => Whose::All,
    };
    let found = match word {
        "" => {
            let after = Cursor::read(asked("after"));
            pool::list(&ctx, desk.scope(), whose, after, ROWS).await?
        }
        word => {
            let mut rows = pool::find(&ctx, desk.scope(), word).await?;
            // Elsewhere a whole phone number finds nobody: a manager must not try numbers out.
            if desk.for_headquarters().is_ok() {
                let phones = crate::privacy::find_by_phone(&ctx, word).await?;
                rows.extend(pool::those(&ctx, desk.scope(), &phones).await?);
            }
            pool::Page { rows, next: None }
        }
    };
    let zone = ctx.config.timezone;
    let rows: Vec<_> = found
        .rows
        .iter()
        .map(|row| shown(&desk, row, zone, &guides, |id| store_name(&stores, id)))
        .collect();
    let guide_choices: Vec<_> = guides
        .iter()
        .map(|g| context! { id => g.id.0, name => &g.name, chosen => guide.is_some_and(|it| it.id == g.id) })
        .collect();
    let store_choices: Vec<_> = stores
        .iter()
        .map(|s| context! { id => s.id.0, name => &s.name, chosen => store.is_some_and(|it| it.id == s.id) })
        .collect();
    let here = format!("{}/members", desk.at());
    let chosen = match whose {
        Whose::Guide(id) => format!("guide={id}"),
        Whose::Store(id) => format!("store={id}"),
        Whose::All => String::new(),
    };
    let next_href = found
        .next
        .map(|next| format!("{here}?{chosen}&after={next}"));
    let first_href = Cursor::read(asked("after")).map(|_| format!("{here}?{chosen}"));
    let total = match (whose, word) {
        (Whose::Guide(id), "") => words::size(pool::size(&ctx, id).await?),
        (_, _) => String::new(),
    };
    let filtered = !word.is_empty() || whose != Whose::All;
    Ok(page::show(
        StatusCode::OK,
        "members",
        context! {
            here => "members",
            rows,
            q => word,
            guides => guide_choices,
            stores => store_choices,
            next_href,
            first_href,
            filtered,
            total,
            clear_href => here,
            ..desk.frame()
        },
    ))
}

fn shown<'a>(
    desk: &Desk,
    row: &Row,
    zone: Tz,
    guides: &[guide::Model],
    store: impl Fn(StoreId) -> &'a str,
) -> Value {
    let binding = row.binding.as_ref();
    context! {
        href => format!("{}/members/{}", desk.at(), row.member.id),
        label => words::member(&row.member),
        guide => binding.map(|b| guide_name(guides, b.guide_id)),
        store => binding.map(|b| store(b.store_id)),
        following => following(row),
        quiet => row.member.quiet,
        muted => row.member.muted,
        since => words::moment(row.member.created_at, zone),
        seen => words::moment(row.identity.last_seen_at, zone),
    }
}

fn following(row: &Row) -> &'static str {
    match (row.identity.subscribed, row.identity.unsubscribed_at) {
        (true, _) => "yes",
        (false, Some(_)) => "left",
        (false, None) => "unknown",
    }
}

pub(super) async fn show(
    ctx: Data<Context>,
    desk: Desk,
    path: Path<(String, i64)>,
    asked: Query<HashMap<String, String>>,
) -> Page {
    let row = pool::get(&ctx, desk.scope(), MemberId(path.1)).await?;
    let row = row.ok_or(Stop::NotFound)?;
    let zone = ctx.config.timezone;
    let guides = crate::guides::list(ctx.db.reads(), desk.account.id).await?;
    let stores = stores_of(&ctx, &desk).await?;
    let name = |id| guide_name(&guides, id);
    let events: Vec<_> = pool::history(&ctx, row.member.id)
        .await?
        .iter()
        .map(|event| context! { at => words::moment(event.at, zone), text => words::event(event, name) })
        .collect();
    let before = asked.get("before").and_then(|id| id.parse().ok());
    let said = conversations::transcript(
        &ctx,
        desk.account.id,
        row.member.id,
        before.map(MessageId),
        LINES,
    )
    .await?;
    let to = Address {
        account_id: desk.account.id,
        openid: row.identity.openid.clone(),
    };
    let ids: Vec<_> = said.iter().map(|line| line.id).collect();
    let fates = outbound::fates(&ctx, &to, &ids).await?;
    let older_href = said
        .first()
        .filter(|_| said.len() == usize::try_from(LINES).unwrap_or(usize::MAX))
        .map(|oldest| {
            format!(
                "{}/members/{}?before={}",
                desk.at(),
                row.member.id,
                oldest.id
            )
        });
    let label = words::member(&row.member);
    let lines: Vec<_> = said
        .iter()
        .map(|line| line_shown(line, &label, zone, name, &fates))
        .collect();
    let now = Timestamp::from(ctx.clock.now());
    let windows: Vec<_> = outbound::open_windows(&ctx, &to, now)
        .await?
        .iter()
        .map(|(until, left)| {
            context! { text => format!("还可发 {left} 条 · {} 关闭", words::moment(*until, zone)) }
        })
        .collect();
    let binding = row.binding.as_ref().map(|binding| {
        context! {
            guide => name(binding.guide_id),
            guide_href => format!("{}/guides/{}", desk.at(), binding.guide_id),
            store => store_name(&stores, binding.store_id),
            since => words::moment(binding.bound_at, zone),
        }
    });
    let identity = context! {
        appid => &desk.account.appid,
        openid => &row.identity.openid,
        following => following(&row),
        first_followed => words::moment_or_none(row.identity.first_subscribed_at, zone),
        unfollowed => words::moment_or_none(row.identity.unsubscribed_at, zone),
        seen => words::moment(row.identity.last_seen_at, zone),
    };
    let member = context! {
        id => row.member.id.0,
        label,
        quiet => row.member.quiet,
        muted => row.member.muted,
        created_at => words::moment(row.member.created_at, zone),
    };
    Ok(page::show(
        StatusCode::OK,
        "member",
        context! {
            here => "members",
            member,
            binding,
            identities => vec![identity],
            events,
            windows,
            lines,
            older_href,
            privacy => privacy::card(&ctx, &desk, &row).await?,
            ..desk.frame()
        },
    ))
}

fn line_shown(
    line: &Said,
    label: &str,
    zone: Tz,
    name: impl Fn(GuideId) -> String,
    fates: &[(MessageId, State)],
) -> Value {
    let (side, who) = match line.author {
        Author::Member => ("member", label.to_owned()),
        Author::Guide => ("brand", line.guide.map(name).unwrap_or_default()),
        Author::House => ("brand", "系统".to_owned()),
    };
    // Only what was written to her can fail to reach her.
    let fate = (line.author == Author::Guide)
        .then(|| fates.iter().find(|(id, _)| *id == line.id))
        .flatten();
    let (state, bad) = match fate.map(|(_, state)| state) {
        Some(State::Sent) => (Some("已送达微信"), false),
        Some(State::Ready | State::Claimed | State::Answering) => (Some("发送中"), false),
        Some(State::Held) => (Some("等顾客再次来信后送出"), false),
        Some(State::Refused) => (Some("微信拒绝了这条消息"), true),
        Some(State::Unknown) => (Some("不确定是否送达"), true),
        Some(State::Dropped) => (Some("没有送出"), true),
        None => (None, false),
    };
    context! {
        at => words::moment(line.at, zone),
        side,
        who,
        text => &line.text,
        state,
        bad,
        media_href => Value::from(()),
        kind => "text",
    }
}

fn guide_name(guides: &[guide::Model], id: GuideId) -> String {
    let found = guides.iter().find(|guide| guide.id == id);
    found.map_or_else(|| "已离开的导购".to_owned(), |guide| guide.name.clone())
}

fn store_name(stores: &[daogou_schema::store::Model], id: StoreId) -> &str {
    let found = stores.iter().find(|store| store.id == id);
    found.map_or("", |store| store.name.as_str())
}
