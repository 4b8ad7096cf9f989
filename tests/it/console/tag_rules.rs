//! Tags that put themselves on: by the code that was scanned, by a fresh follow, by a long silence, and off again.

use chrono::TimeDelta;

use super::at;
use super::conversations::house;
use crate::kit::{Desk, PASSWORD, Store, eventually};

/// Who has a tag, by the pool's filter.
async fn have(desk: &Desk, tag: u32) -> Vec<u32> {
    let page = desk.opens(&at(&format!("/members?tag={tag}"))).await;
    assert_eq!(page.status, 200, "{}", page.text);
    let parts = page.text.split("name=\"m-").skip(1);
    let number = |part: &str| part.split('"').next()?.parse().ok();
    let mut found: Vec<u32> = parts.filter_map(number).collect();
    found.sort_unstable();
    found
}

async fn comes_to(desk: &Desk, tag: u32, wanted: &[u32]) {
    eventually("the tag being where it belongs", async || {
        (have(desk, tag).await == wanted).then_some(())
    })
    .await;
}

async fn signs_in_again(desk: &Desk) {
    let right = [("login", "he"), ("password", PASSWORD)];
    desk.posts("/console/sign-in", &right).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_puts_a_tag_on_and_takes_it_off_again() {
    for store in [Store::Sqlite, Store::Postgres, Store::MariaDb] {
        let Some(house) = house(store).await else {
            continue;
        };
        let (app, admin) = (&house.app, &house.admin);
        for name in ["北店来的", "新朋友", "沉睡"] {
            admin.sends(&at("/tags"), &[("name", name)]).await;
        }
        for (tag, fields) in [
            (1, &[("kind", "code"), ("code", "1")][..]),
            (2, &[("kind", "new"), ("days", "7")]),
            (3, &[("kind", "quiet"), ("days", "30")]),
        ] {
            let sent = admin.sends(&at(&format!("/tags/{tag}/rule")), fields).await;
            assert_eq!(sent.status, 303, "{}", sent.text);
        }
        comes_to(admin, 1, &[1]).await;
        comes_to(admin, 2, &[1, 2]).await;
        assert!(have(admin, 3).await.is_empty(), "{store:?}");
        let list = admin.opens(&at("/tags")).await.text;
        for told in ["首次关注 7 天内的人", "30 天没来的人", "关注的人"] {
            assert!(list.contains(told), "{store:?}: {told}");
        }
        app.later(TimeDelta::days(31)).await;
        signs_in_again(admin).await;
        comes_to(admin, 2, &[]).await;
        comes_to(admin, 3, &[1, 2]).await;
        house.wang.says("我又来了").await;
        app.later(TimeDelta::hours(2)).await;
        comes_to(admin, 3, &[2]).await;
        // Without a rule whoever has it keeps it.
        admin.sends(&at("/tags/3/rule"), &[("kind", "")]).await;
        app.later(TimeDelta::days(40)).await;
        signs_in_again(admin).await;
        assert_eq!(have(admin, 3).await, [2], "{store:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_makes_no_sense_is_refused() {
    let house = house(Store::Sqlite).await.expect("SQLite");
    let admin = &house.admin;
    admin.sends(&at("/tags"), &[("name", "沉睡")]).await;
    for (fields, why) in [
        (&[("kind", "quiet"), ("days", "")][..], "天数请写"),
        (&[("kind", "quiet"), ("days", "0")], "天数请写"),
        (&[("kind", "new"), ("days", "3651")], "天数请写"),
        (&[("kind", "new"), ("days", "-1")], "天数请写"),
        (&[("kind", "code"), ("code", "99")], "请选择一个码"),
        (&[("kind", "rich"), ("days", "3")], "天数请写"),
    ] {
        let sent = admin.sends(&at("/tags/1/rule"), fields).await;
        assert_eq!(sent.status, 400, "{fields:?}");
        assert!(sent.text.contains(why), "{fields:?}: {}", sent.text);
    }
    let gone = [("kind", "quiet"), ("days", "3")];
    assert_eq!(admin.sends(&at("/tags/9/rule"), &gone).await.status, 404);
}
