//! Every list of the console among many members: how long it takes, and how much longer than among few.
//!
//! `DAOGOU_MANY=1` compares ten thousand members with a million; otherwise two thousand with twenty thousand, so that it
//! is always tried. The table is printed (`--no-capture`).

use std::time::{Duration, Instant};

use daogou_schema::{MemberId, message};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseConnection, DbBackend, EntityTrait, QueryFilter,
};

use super::at;
use crate::kit::{Desk, Session, Store, TestApp, eventually};

/// Slower than this, and much slower than among few, is not allowed.
const SLOW: Duration = Duration::from_millis(150);
/// How often each page is opened; the fastest counts, because others work on the machine too.
const TIMES: usize = 5;
/// The first id of what is made here.
const FIRST: i64 = 1_000_000;

const PAGES: &[&str] = &[
    "",
    "/members",
    "/members?guide=1",
    "/members?store=1",
    "/members?tag=1",
    "/members?tag=1&guide=1",
    "/members?guide=nobody",
    "/members?following=yes&seen=30",
    "/members?q=王女士",
    "/members/1",
    "/conversations",
    "/conversations?guide=1",
    "/conversations?store=1",
    "/conversations?days=30",
    "/conversations?state=waiting",
    "/conversations?q=羽绒服",
    "/conversations?q=羽绒服&before=1000500",
    "/conversations/1",
    "/sensitive/hits",
    "/codes",
    "/undelivered",
    "/bulks",
    "/stores",
    "/guides",
    "/guides/1",
];

#[tokio::test(flavor = "multi_thread")]
async fn every_list_is_as_fast_among_many_as_among_few() {
    let many = std::env::var_os("DAOGOU_MANY").is_some();
    let (few, many) = if many {
        (10_000, 1_000_000)
    } else {
        (2_000, 20_000)
    };
    for store in [Store::Sqlite, Store::Postgres] {
        let Some(app) = TestApp::on(store, Session::Embedded).await else {
            continue;
        };
        Box::pin(measure(&app, store, few, many)).await;
    }
}

async fn measure(app: &TestApp, store: Store, few: i64, many: i64) {
    let admin = Desk::admin(app, "he").await;
    for name in ["城北店", "城西店"] {
        admin.sends(&at("/stores"), &[("name", name)]).await;
    }
    let lin = app.guide("林小满", "城北店").await;
    app.guide("吴桐", "城西店").await;
    let manager = admin.invites(app, "zhang", "store_manager", "1").await;
    admin.sends(&at("/tags"), &[("name", "敏感肌")]).await;
    let wang = app.person("王女士").await;
    wang.scans(&lin.scene).await;
    wang.sees("林小满").await;
    wang.says("羽绒服").await;
    lin.phone.says("备注 #1 王女士").await;
    app.later(chrono::TimeDelta::seconds(20)).await;
    eventually("her line being read", async || {
        let page = admin.opens(&at("/conversations?q=羽绒服")).await.text;
        page.contains("<mark>").then_some(())
    })
    .await;
    let db = app.database().await;
    grow(&db, app, 0, few).await;
    let at_first = times(&admin, &manager).await;
    grow(&db, app, few, many).await;
    let at_last = times(&admin, &manager).await;
    println!("{store:?}: page, ms among {few}, ms among {many}, ratio");
    let mut slow = Vec::new();
    for ((page, small), (_, large)) in at_first.iter().zip(&at_last) {
        let ratio = large.as_secs_f64() / small.as_secs_f64();
        let (small, large) = (small.as_secs_f64() * 1e3, large.as_secs_f64() * 1e3);
        let line = format!("{page:44} {small:8.1} {large:8.1} {ratio:6.2}");
        println!("{line}");
        if large > SLOW.as_secs_f64() * 1e3 && ratio > 3.0 {
            slow.push(line);
        }
    }
    assert!(slow.is_empty(), "{store:?}:\n{}", slow.join("\n"));
}

async fn times(admin: &Desk, manager: &Desk) -> Vec<(String, Duration)> {
    let mut found = Vec::new();
    for (who, desk) in [("总部", admin), ("店长", manager)] {
        for page in PAGES {
            let mut fastest = Duration::MAX;
            for _ in 0..TIMES {
                let begun = Instant::now();
                let opened = desk.opens(&at(page)).await;
                fastest = fastest.min(begun.elapsed());
                assert_eq!(opened.status, 200, "{page}");
            }
            found.push((format!("{who} {page}"), fastest));
        }
    }
    found
}

/// Makes members from the `from`th to the `to`th: most have a guide, half a tag, all have written, one in two hundred waits.
async fn grow(db: &DatabaseConnection, app: &TestApp, from: i64, to: i64) {
    let (from, to) = (FIRST + from, FIRST + to);
    let now = app.clock.now().timestamp_millis();
    let guide = "1 + i % 2";
    let pairs = pairs(db).await;
    let said = match db.get_database_backend() {
        DbBackend::Postgres => "CAST('{\"type\":\"text\",\"text\":\"羽绒服\"}' AS JSONB)",
        _ => "'{\"type\":\"text\",\"text\":\"羽绒服\"}'",
    };
    let mut tables = vec![
        (
            "member",
            "id, quiet, muted, created_at",
            format!("i, FALSE, FALSE, {now}"),
        ),
        (
            "identity",
            "account_id, openid, member_id, subscribed, first_subscribed_at, subscribed_at, last_seen_at, code_id",
            format!("1, CONCAT('oMany', i), i, TRUE, {now}, {now}, {now} - i, 1"),
        ),
        (
            "message",
            "id, member_id, account_id, author, guide_id, content, at",
            format!("i, i, 1, 'member', {guide}, {said}, {now} - 3000000000 + i"),
        ),
        (
            "conversation",
            "member_id, account_id, openid, guide_id, last_member_at, last_line_id, unanswered",
            format!("i, 1, CONCAT('oMany', i), {guide}, {now} - 3000000000 + i, i, i % 200 = 2"),
        ),
        (
            "member_tag",
            "tag_id, member_id, at",
            format!("1, i, {now}"),
        ),
        (
            "binding WHERE i % 10 > 0",
            "member_id, guide_id, store_id, bound_at",
            format!("i, {guide}, {guide}, {now} - 3000000000 + i"),
        ),
        (
            "unbound WHERE i % 10 = 0",
            "account_id, member_id, since",
            format!("1, i, {now}"),
        ),
    ];
    for pair in &pairs {
        tables.push(("search_term", "entry", format!("{pair} + i")));
    }
    // First, so that nobody reads what is read already.
    let head = format!("UPDATE search_head SET upto = {to}");
    db.execute_unprepared(&head).await.expect("the head");
    for (table, columns, values) in tables {
        let (table, which) = table.split_once(" WHERE ").unwrap_or((table, "TRUE"));
        let concat = values.replace("CONCAT('oMany', i)", "'oMany' || i");
        let numbers = match db.get_database_backend() {
            DbBackend::Postgres => {
                format!("SELECT {concat} FROM generate_series({from}, {to} - 1) AS i")
            }
            _ => format!(
                "WITH RECURSIVE numbers(i) AS (SELECT {from} UNION ALL SELECT i + 1 FROM numbers WHERE i < {to} - 1) \
                 SELECT {concat} FROM numbers"
            ),
        };
        let made = format!("INSERT INTO {table} ({columns}) {numbers} WHERE {which}");
        let made_now = db.execute_unprepared(&made).await;
        made_now.unwrap_or_else(|e| panic!("{made}: {e}"));
    }
    if db.get_database_backend() == DbBackend::Postgres {
        db.execute_unprepared("ANALYZE").await.expect("statistics");
    }
}

/// The rows of her line's pairs, without the line.
async fn pairs(db: &DatabaseConnection) -> Vec<i64> {
    let line = message::Entity::find()
        .filter(message::Column::MemberId.eq(MemberId(1)))
        .one(db)
        .await;
    let line = line.expect("lines").expect("her line").id.0;
    let terms = daogou_schema::search_term::Entity::find().all(db).await;
    let mask = (1 << 38) - 1;
    let own = terms.expect("terms");
    let own = own.iter().map(|term| term.entry);
    own.filter(|entry| entry & mask == line)
        .map(|entry| entry - line)
        .collect()
}
