//! Killed in the middle of an erasure: whoever comes next goes on where it ended.

use chrono::TimeDelta;
use daogou_schema::message::{self, Author};
use daogou_schema::{AccountId, MemberId, Timestamp};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, Set};
use serde_json::json;

use super::{Shop, found};
use crate::kit::{Process, TestApp, eventually};

/// So many that deleting them takes a second or more.
const LINES: u64 = 20_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_process_leaves_an_erasure_that_the_next_one_ends() {
    let mut app = TestApp::start().await;
    let shop = Shop::open(&app).await;
    shop.wang.says("说过的独特话").await;
    shop.lin.phone.sees("独特话").await;
    app.at_rest().await;
    let receipt = shop.erases_wang().await;
    shop.says(&receipt, "约一分钟后").await;
    app.stop().await;
    let db = app.database().await;
    for _ in 0..LINES / 1000 {
        let line = message::ActiveModel {
            member_id: Set(MemberId(1)),
            account_id: Set(AccountId(1)),
            author: Set(Author::Member),
            content: Set(json!({ "type": "text", "text": "独特的长谈" })),
            at: Set(Timestamp::from(app.clock.now())),
            ..Default::default()
        };
        let lines = std::iter::repeat_n(line, 1000);
        message::Entity::insert_many(lines)
            .exec_without_returning(&db)
            .await
            .expect("lines");
    }
    let left = async || {
        let hers = message::Entity::find().filter(message::Column::MemberId.eq(MemberId(1)));
        hers.count(&db).await.expect("a count")
    };
    let all = left().await;

    // Its clock is the real one, by which the minute is long over.
    let mut server = Process::serve(&app, &[]);
    eventually("a part being gone", async || {
        (left().await < all).then_some(())
    })
    .await;
    server.child.kill().expect("killed");
    server.child.wait().expect("its end");
    let rest = left().await;
    assert!(0 < rest && rest < all, "{rest} of {all} are left");

    app.pass(TimeDelta::seconds(61));
    app.restart().await;
    let desk = shop.desk_after_restart(&app);
    let page = eventually("the end", async || {
        let page = desk.opens(&receipt).await.text;
        page.contains("已全部删除").then_some(page)
    })
    .await;
    // Each line is counted once, whoever deleted it.
    assert!(page.contains(&format!(">{all}<")), "{page}");
    assert!(found(&app, "独特").is_empty());
    assert!(found(&app, &shop.wang.openid).is_empty());
}
