//! Telling guides what became of their messages and how many lines wait for them.

use std::collections::BTreeMap;

use daogou_schema::outbound::{self, Purpose, State};
use daogou_schema::{Address, Timestamp};
use daogou_wechat::{Content, MediaKind};
use minijinja::context;

use super::parcel::Body;
use super::{Draft, Parcel, Reason, queries, send_in};
use crate::db::Txn;
use crate::error::Result;
use crate::texts::Texts;
use crate::{guides, members};

/// How much of a message is quoted when it comes back.
const QUOTE_CHARS: usize = 20;

/// Guides whose answers are kept because the consumer's window ran out before their turn came. An answer in several
/// pieces is one answer.
pub(super) async fn answers_held_in(
    txn: &Txn,
    now: Timestamp,
    texts: &Texts,
    rows: &[outbound::Model],
    reason: Reason,
) -> Result<()> {
    let mut told = None;
    for row in rows.iter().filter(|r| r.purpose == Purpose::Answer) {
        if told.is_none() || told != row.message_id {
            not_delivered_in(txn, now, texts, row, State::Held, reason).await?;
        }
        told = row.message_id;
    }
    Ok(())
}

/// The guide whose answer did not arrive is told at once, with the reason and what becomes of it.
pub(super) async fn not_delivered_in(
    txn: &Txn,
    now: Timestamp,
    texts: &Texts,
    row: &outbound::Model,
    state: State,
    reason: Reason,
) -> Result<()> {
    if row.purpose != Purpose::Answer {
        return Ok(());
    }
    let (Some(guide_id), Some(member_id)) = (row.guide_id, row.member_id) else {
        return Ok(());
    };
    let Some(to) = guides::address_in(txn, guide_id).await? else {
        return Ok(());
    };
    let who = members::label_in(txn, texts, guide_id, member_id).await?;
    let quote = quote(&Parcel::from_json(&row.content)?.body);
    let kept = state == State::Held;
    let text = texts.render(
        "not_delivered",
        context! { who, reason => reason.word(), quote, kept },
    )?;
    let draft = Draft {
        to,
        purpose: Purpose::Notice,
        parcel: Parcel::text(text),
        member_id: Some(member_id),
        guide_id: Some(guide_id),
        message_id: None,
        inbound_id: row.inbound_id,
    };
    send_in(txn, now, &draft).await.map(drop)
}

/// Promises the one message that says how many lines wait. It stands behind nothing: everything else is held.
pub(super) async fn how_many_wait_in(
    txn: &Txn,
    now: Timestamp,
    texts: &Texts,
    to: &Address,
    first: &outbound::Model,
) -> Result<()> {
    let held = queries::held(txn, to).await?;
    let mut people: Vec<(String, u32)> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut total: u32 = 0;
    for row in held.iter().filter(|r| r.purpose == Purpose::Relay) {
        let parcel = Parcel::from_json(&row.content)?;
        // A picture stands behind its label; together they are one line.
        let Some(who) = parcel.who else { continue };
        total += 1;
        let at = *places.entry(who.clone()).or_insert_with(|| {
            people.push((who, 0));
            people.len() - 1
        });
        if let Some(person) = people.get_mut(at) {
            person.1 += 1;
        }
    }
    let notices = held.iter().filter(|r| r.purpose == Purpose::Notice).count();
    let people: Vec<_> = people
        .into_iter()
        .map(|(who, count)| context! { who, count })
        .collect();
    let text = texts.render("waiting", context! { total, people, notices })?;
    let draft = Draft {
        to: to.clone(),
        purpose: Purpose::Waiting,
        parcel: Parcel::text(text),
        member_id: None,
        guide_id: first.guide_id,
        message_id: None,
        inbound_id: first.inbound_id,
    };
    send_in(txn, now, &draft).await.map(drop)
}

fn quote(body: &Body) -> String {
    match body {
        Body::Content(Content::Text { content }) if content.chars().count() > QUOTE_CHARS => {
            content.chars().take(QUOTE_CHARS).chain(['…']).collect()
        }
        Body::Content(Content::Text { content }) => content.clone(),
        Body::Media { kind, .. } => crate::texts::media_word(*kind).to_owned(),
        Body::Picture { .. } => crate::texts::media_word(MediaKind::Image).to_owned(),
        Body::Link { title, .. } => format!("[链接] {title}"),
        Body::Card { title, .. } => format!("[小程序] {title}"),
        Body::Content(_) => "[卡片]".to_owned(),
    }
}
