//! What was said is found by two letters, in the scope, newest first, and not any more when it was erased.

use chrono::TimeDelta;
use sea_orm::{ConnectionTrait, Statement};

use super::at;
use super::conversations::{House, house, links};
use crate::kit::{Desk, Store, TestApp, eventually};

/// Looks for words until they are found: a worker reads lines a while after they were said.
async fn finds(desk: &Desk, question: &str, what: &str) -> String {
    eventually(question, async || {
        let page = look(desk, question).await;
        page.contains(what).then_some(page)
    })
    .await
}

async fn look(desk: &Desk, question: &str) -> String {
    let page = desk
        .opens(&at(&format!("/conversations?q={question}")))
        .await;
    assert_eq!(page.status, 200, "{}", page.text);
    page.text
}

/// Nothing that was said has been read yet, or all of it.
async fn rows(app: &TestApp) -> i64 {
    let database = app.database().await;
    let backend = database.get_database_backend();
    let asked = Statement::from_string(backend, "SELECT COUNT(*) AS found FROM search_term");
    let row = database.query_one_raw(asked).await.expect("an answer");
    row.expect("a row").try_get("", "found").expect("a number")
}

async fn talk(house: &House) {
    house
        .wang
        .says("想要那件羽绒服，ＶＩＰ有<b>折扣</b>吗")
        .await;
    house.north.phone.sees("羽绒服").await;
    house.li.says("羽绒服还有吗").await;
    house.west.phone.sees("还有吗").await;
    house.west.phone.says("羽绒被有货").await;
    house.li.sees("羽绒被有货").await;
    house.app.at_rest().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_letters_are_enough_and_every_word_must_stand_there() {
    for store in [Store::Sqlite, Store::Postgres, Store::MariaDb] {
        let Some(house) = house(store).await else {
            continue;
        };
        talk(&house).await;
        let (app, admin) = (&house.app, &house.admin);
        assert!(look(admin, "羽绒").await.contains("没有找到"), "too early");
        app.later(TimeDelta::seconds(20)).await;
        let found = finds(admin, "羽绒", "羽绒</mark>被").await;
        assert_eq!(links(&found), [2, 2, 1], "{store:?}: newest first");
        for part in ["<mark>羽绒</mark>服还有吗", "<mark>羽绒</mark>被有货"] {
            assert!(found.contains(part), "{store:?}: {found}");
        }
        assert!(!found.contains("<b>折扣"), "what she typed became markup");
        for (question, members) in [
            ("vip", &[1][..]),
            ("羽绒服", &[2, 1]),
            ("羽绒服%20折扣", &[1]),
            ("还有%20羽绒服", &[2]),
            ("羽毛", &[]),
            ("绒羽", &[]),
            ("羽绒服有货", &[]),
        ] {
            let found = links(&look(admin, question).await);
            assert_eq!(found, members, "{store:?}: {question}");
        }
        for unclear in ["羽", "%20", "9.9", "%E3%80%80x", &"羽绒".repeat(31)] {
            let page = look(admin, unclear).await;
            let told = page.contains("至少两个相连的字") || page.contains("最近来信的排在前面");
            assert!(told, "{unclear}");
        }
        let href = found.split("href=\"").find(|it| it.contains("?at="));
        let href = href.and_then(|it| it.split('"').next()).expect("a link");
        let (path, line) = href.split_once('#').expect("a line");
        let opened = admin.opens(path).await;
        assert_eq!(opened.status, 200);
        assert!(opened.text.contains(&format!("id=\"{line}\"")), "{href}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_finds_what_her_stores_members_said_and_nothing_else() {
    for store in [Store::Sqlite, Store::Postgres, Store::MariaDb] {
        let Some(house) = house(store).await else {
            continue;
        };
        talk(&house).await;
        let manager = house
            .admin
            .invites(&house.app, "zhang", "store_manager", "1");
        let manager = manager.await;
        house.app.later(TimeDelta::seconds(20)).await;
        finds(&house.admin, "羽绒", "羽绒</mark>被").await;
        for query in ["羽绒", "羽绒&before=99999", "羽绒&store=2&guide=2"] {
            let hers = look(&manager, query).await;
            assert_eq!(links(&hers), [1], "{store:?}: {query}");
            assert!(!hers.contains("李先生") && !hers.contains("吴桐"));
        }
        assert!(links(&look(&manager, "还有吗").await).is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_lines_are_turned_page_by_page_and_each_is_shown_once() {
    let house = house(Store::Sqlite).await.expect("SQLite");
    let (app, admin) = (&house.app, &house.admin);
    for n in 0..70 {
        house.wang.says(&format!("谢谢{n}号")).await;
    }
    app.later(TimeDelta::seconds(20)).await;
    finds(admin, "谢谢", "69号").await;
    let (mut next, mut seen, mut pages) = (Some(at("/conversations?q=谢谢")), Vec::new(), 0);
    while let Some(path) = next {
        let page = admin.opens(&path).await.text;
        for part in page.split("</mark>").skip(1) {
            let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
            seen.push(digits.parse::<u32>().expect("a number"));
        }
        pages += 1;
        let mut links = page
            .split("href=\"")
            .skip(1)
            .filter_map(|l| l.split_once('"'));
        let found = links.find(|(_, behind)| behind.trim_start().starts_with("rel=\"next\""));
        next = found.map(|(link, _)| link.replace("&amp;", "&"));
    }
    let all: Vec<u32> = (0..70).rev().collect();
    assert_eq!((seen, pages), (all, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_erased_is_not_found_and_leaves_no_letters() {
    for store in [Store::Sqlite, Store::Postgres, Store::MariaDb] {
        let Some(house) = house(store).await else {
            continue;
        };
        let (app, admin) = (&house.app, &house.admin);
        house.li.says("你好").await;
        app.later(TimeDelta::seconds(20)).await;
        finds(admin, "你好", "<mark>").await;
        let before = rows(app).await;
        house.wang.says("我的秘密地址").await;
        house.north.phone.sees("秘密").await;
        app.later(TimeDelta::seconds(20)).await;
        finds(admin, "秘密", "<mark>").await;
        assert!(rows(app).await > before);
        let sent = admin
            .sends(&at("/members/1/privacy/erase"), &[("number", "1")])
            .await;
        let receipt = sent.to.expect(&sent.text);
        eventually("the receipt", async || {
            app.pass(TimeDelta::seconds(30));
            let shown = admin.opens(&receipt).await.text;
            shown.contains("已全部删除").then_some(())
        })
        .await;
        assert!(look(admin, "秘密").await.contains("没有找到"), "{store:?}");
        assert_eq!(rows(app).await, before, "{store:?}");
        finds(admin, "你好", "<mark>").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restore_everything_is_found_again() {
    let mut house = house(Store::Sqlite).await.expect("SQLite");
    talk(&house).await;
    house.app.later(TimeDelta::seconds(20)).await;
    finds(&house.admin, "羽绒", "羽绒</mark>被").await;
    let file = house.app.saves("b").display().to_string();
    house.app.stop().await;
    let moved = house.app.moves_to(Store::Sqlite, "second").await;
    moved.expect("SQLite");
    let told = house.app.daogou_json(&["restore", &file, "--json"]);
    assert!(told["tables"]["message"].as_u64() > Some(2), "{told}");
    assert!(told["tables"]["search_term"].is_null(), "{told}");
    house.app.restart().await;
    house.admin.follows(&house.app);
    finds(&house.admin, "羽绒", "羽绒</mark>被").await;
}
