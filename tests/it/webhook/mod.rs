//! The webhook from outside of the door: what WeChat posts, what it must not matter that somebody else posts, and what
//! is in the store afterwards.

mod captured;
mod duplicates;
mod hostile;
mod keys;
mod people;
mod refusals;
mod samples;
mod slow;
mod store_down;
mod unreadable;

use std::time::Duration;

use daogou_schema::inbound;
use sea_orm::{DatabaseConnection, EntityTrait, PaginatorTrait, QueryOrder};

use crate::kit::wire::Posted;
use crate::kit::{PATIENCE, Store, within};

/// Every database.
const STORES: [Store; 3] = [Store::Sqlite, Store::Postgres, Store::MariaDb];
/// Every mode.
const MODES: [&str; 3] = ["plain", "compatible", "secure"];

/// All stored pushes, oldest first.
async fn stored(db: &DatabaseConnection) -> Vec<inbound::Model> {
    let all = inbound::Entity::find().order_by_asc(inbound::Column::Id);
    all.all(db).await.expect("the rows can be read")
}

async fn count(db: &DatabaseConnection) -> u64 {
    let count = inbound::Entity::find().count(db).await;
    count.expect("the rows can be counted")
}

/// All stored pushes once none of them waits to be handled.
async fn settled(db: &DatabaseConnection) -> Vec<inbound::Model> {
    settled_within(PATIENCE, db).await
}

/// The same when it may take longer.
async fn settled_within(patience: Duration, db: &DatabaseConnection) -> Vec<inbound::Model> {
    within(patience, "the end of all handling", async || {
        let rows = stored(db).await;
        let waiting = rows.iter().any(|r| r.state == inbound::State::Stored);
        (!waiting).then_some(rows)
    })
    .await
}

/// The layout of WeChat's own servers: one element a line, no blanks before it, no line break at the end.
fn xml(elements: &[(&str, &str)]) -> String {
    let lines: Vec<String> = elements
        .iter()
        .map(|(name, value)| match *name {
            "CreateTime" | "MsgId" => format!("<{name}>{value}</{name}>"),
            _ => format!("<{name}><![CDATA[{value}]]></{name}>"),
        })
        .collect();
    format!("<xml>{}\n</xml>", lines.join("\n"))
}

/// A text message.
fn text_from(openid: &str, id: &str, text: &str) -> String {
    xml(&[
        ("ToUserName", "gh_0123456789ab"),
        ("FromUserName", openid),
        ("CreateTime", "1786759500"),
        ("MsgType", "text"),
        ("Content", text),
        ("MsgId", id),
    ])
}

/// An event.
fn event_from(openid: &str, second: i64, event: &str, key: &str) -> String {
    xml(&[
        ("ToUserName", "gh_0123456789ab"),
        ("FromUserName", openid),
        ("CreateTime", &second.to_string()),
        ("MsgType", "event"),
        ("Event", event),
        ("EventKey", key),
    ])
}

/// Says what went wrong when the push was not taken.
fn assert_taken(posted: &Posted, what: &str) {
    assert_eq!(posted.status, 200, "{what}: {posted:?}");
}
