//! Conversations looked over: the list with its filters, one of them with its files, and what became of each line.

use chrono::TimeDelta;
use daogou_schema::outbound::State;
use serde_json::json;

use super::at;
use crate::kit::{Desk, Guide, PASSWORD, Phone, Session, Store, TestApp, eventually};

/// Two stores, each with a guide and a customer who writes.
pub(super) struct House {
    pub app: TestApp,
    pub admin: Desk,
    pub north: Guide,
    pub west: Guide,
    pub wang: Phone,
    pub li: Phone,
}

pub(super) async fn house(store: Store) -> Option<House> {
    let app = TestApp::on(store, Session::Embedded).await?;
    let admin = Desk::admin(&app, "he").await;
    for name in ["城北店", "城西店"] {
        admin.sends(&at("/stores"), &[("name", name)]).await;
    }
    let (north, west) = (
        app.guide("林小满", "城北店").await,
        app.guide("吴桐", "城西店").await,
    );
    let (wang, li) = (app.person("王女士").await, app.person("李先生").await);
    for (phone, guide, name) in [(&wang, &north, "林小满"), (&li, &west, "吴桐")] {
        phone.scans(&guide.scene).await;
        phone.sees(name).await;
    }
    Some(House {
        app,
        admin,
        north,
        west,
        wang,
        li,
    })
}

/// Where a member's conversation stands in the list.
pub(super) fn links(page: &str) -> Vec<i64> {
    let parts = page.split("/conversations/").skip(1);
    let number = |part: &str| {
        let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    };
    parts.filter_map(number).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wrote_last_stands_first_and_filters_say_who_waits() {
    for store in [Store::Sqlite, Store::Postgres, Store::MariaDb] {
        let Some(house) = house(store).await else {
            continue;
        };
        let (app, admin) = (&house.app, &house.admin);
        house.wang.says("这款<b>防水</b>吗").await;
        house.north.phone.sees("防水").await;
        app.later(TimeDelta::minutes(3)).await;
        house.li.says("老人会用吗").await;
        house.west.phone.sees("老人会用吗").await;
        app.at_rest().await;
        let list = async |query: &str| {
            let page = admin.opens(&at(&format!("/conversations{query}"))).await;
            assert_eq!(page.status, 200, "{}", page.text);
            page.text
        };
        let all = list("").await;
        assert_eq!(links(&all), [2, 1], "{store:?}");
        assert!(all.contains("老人会用吗") && all.contains("等待 3 分钟"));
        assert!(!all.contains("<b>防水"), "what she typed became markup");
        house.north.phone.says("防水的").await;
        house.wang.sees("防水的").await;
        app.at_rest().await;
        for (query, found) in [
            ("?guide=1", &[1][..]),
            ("?store=2", &[2]),
            ("?state=waiting", &[2]),
            ("?state=waiting&guide=1", &[]),
            ("?guide=99&store=99&days=99&state=x&after=x", &[2, 1]),
        ] {
            assert_eq!(links(&list(query).await), found, "{store:?} {query}");
        }
        app.later(TimeDelta::days(2)).await;
        let right = [("login", "he"), ("password", PASSWORD)];
        admin.posts("/console/sign-in", &right).await;
        assert!(links(&list("?days=1").await).is_empty());
        assert!(links(&list("?days=1&guide=1").await).is_empty());
        assert_eq!(links(&list("?days=7").await), [2, 1]);
        assert!(list("?days=1").await.contains("没有符合条件的会话"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_sees_her_stores_members_and_nobody_elses() {
    let house = house(Store::Sqlite).await.expect("SQLite");
    let (app, admin) = (&house.app, &house.admin);
    let manager = admin.invites(app, "zhang", "store_manager", "1").await;
    house.wang.says("这款防水吗").await;
    house.li.says("老人会用吗").await;
    // With nobody on duty the line waits in the pool, and the manager sees that.
    house.north.phone.says("下班").await;
    house.north.phone.sees("已下班").await;
    house.wang.says("有人吗").await;
    app.at_rest().await;
    for query in [
        "",
        "?store=2",
        "?guide=2",
        "?state=waiting",
        "?after=9999999999999.99.99",
        "?store=2&after=9999999999999.99.99",
        "?days=7",
    ] {
        let page = manager.opens(&at(&format!("/conversations{query}"))).await;
        assert_eq!(page.status, 200);
        assert_eq!(links(&page.text), [1], "{query}");
        assert!(!page.text.contains("老人会用吗") && !page.text.contains("吴桐"));
    }
    let theirs = manager.opens(&at("/conversations/2")).await;
    assert_eq!(theirs.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_shows_files_and_fates_and_is_turned_backwards() {
    let house = house(Store::Sqlite).await.expect("SQLite");
    let (app, admin) = (&house.app, &house.admin);
    let manager = admin.invites(app, "zhang", "store_manager", "2").await;
    house.wang.sends("image").await;
    house.north.phone.sees_a("image").await;
    house.wang.says("第一句").await;
    house.north.phone.sees("第一句").await;
    app.fault(json!({ "path": "/cgi-bin/message/custom/send", "errcode": 45015 }))
        .await;
    house.north.phone.says("#1 窗口关了").await;
    app.outcome(&house.wang, "窗口关了", State::Held).await;
    app.at_rest().await;
    let one = at("/conversations/1");
    let file = eventually("the picture", async || {
        let page = admin.opens(&one).await.text;
        let (_, after) = page.split_once("<img src=\"")?;
        Some(after.split('"').next()?.to_owned())
    })
    .await;
    assert_eq!(file, at("/conversations/1/lines/1/file"));
    let page = admin.opens(&one).await.text;
    assert!(page.contains("等待送出：没有可用的回复窗口"), "{page}");
    assert!(page.contains("等待回复") || page.contains("林小满 接待"));
    assert_eq!(admin.opens(&file).await.status, 200);
    for (path, why) in [
        ("/conversations/1/lines/2/file", "no file"),
        ("/conversations/2/lines/1/file", "not her line"),
        ("/conversations/1/lines/99/file", "no line"),
        ("/conversations/1/lines/x/file", "no number"),
    ] {
        assert_eq!(admin.opens(&at(path)).await.status, 404, "{why}");
    }
    assert_eq!(manager.opens(&file).await.status, 404);
    for n in 0..60 {
        app.later(TimeDelta::seconds(2)).await;
        house.wang.says(&format!("又一句{n}")).await;
    }
    app.at_rest().await;
    let newest = admin.opens(&one).await.text;
    assert!(newest.contains("又一句59") && !newest.contains("第一句"));
    let (before, _) = newest.split_once("\">查看更早的消息").expect("more");
    let older = before.rsplit('"').next().expect("a link");
    let older = admin.opens(older).await.text;
    assert!(older.contains("第一句") && !older.contains("又一句59"));
    assert!(older.contains("回到最新的消息") && !older.contains("查看更早"));
}
