//! What headquarters changes about a store and a guide, and what consumers see of it.

use chrono::TimeDelta;

use super::at;
use crate::kit::{Answered, Desk, Session, Store, TestApp};

/// Closed all week but for one day, as the form says it.
fn open_on(day: &str) -> Vec<(String, String)> {
    vec![
        (format!("from-{day}"), "10:00".to_owned()),
        (format!("to-{day}"), "21:30".to_owned()),
    ]
}

async fn saves(desk: &Desk, page: &str, fields: &[(String, String)]) -> Answered {
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    desk.sends(&at(page), &fields).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_gets_a_name_hours_holidays_and_words_for_the_night() {
    for store in [Store::Sqlite, Store::Postgres, Store::MariaDb] {
        let Some(app) = TestApp::on(store, Session::Embedded).await else {
            continue;
        };
        let desk = Desk::admin(&app, "he").await;
        app.add_store("杭州城北店");
        app.add_store("杭州城西店");
        let lin = app.guide("林小满", "杭州城北店").await;
        let name = |name: &str| vec![("name".to_owned(), name.to_owned())];
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        for (fields, why) in [
            (name(""), "门店名称请写"),
            (name("城\u{7}北"), "门店名称请写"),
            (name("杭州城西店"), "已有同名门店"),
            (
                [name("城北店"), vec![field("from-2", "10:00")]].concat(),
                "周三请写开门和打烊的时间",
            ),
            (
                [
                    name("城北店"),
                    vec![field("from-2", "25:00"), field("to-2", "x")],
                ]
                .concat(),
                "营业时间请写成",
            ),
            (
                [name("城北店"), vec![field("holidays", "国庆节")]].concat(),
                "“国庆节”不是日期",
            ),
            (
                [name("城北店"), vec![field("away_text", "{{ nobody }}")]].concat(),
                "打烊时的回复不能用",
            ),
            (
                [name("城北店"), vec![field("away_text", "{{ number }}")]].concat(),
                "没有“number”可以填",
            ),
            (
                [name("城北店"), vec![field("away_text", &"长".repeat(151))]].concat(),
                "最多 150 个字",
            ),
        ] {
            let sent = saves(&desk, "/stores/1", &fields).await;
            assert_eq!(sent.status, 400, "{fields:?}");
            assert!(sent.text.contains(why), "{why}: {}", sent.text);
        }
        // It is Saturday, the 15th of August 2026, 10:05: open, if it were no holiday.
        let open = [
            name("城北旗舰店"),
            open_on("5"),
            vec![
                field("holidays", "2026-08-15\n\n2026-10-01"),
                field("away_text", "{{ store }}{{ hours }}，{{ guide }}明天回复您"),
            ],
        ]
        .concat();
        let saved = saves(&desk, "/stores/1", &open).await;
        assert_eq!(saved.to, Some(at("/stores")), "{}", saved.text);
        let shown = desk.opens(&at("/stores/1")).await.text;
        for kept in ["城北旗舰店", "2026-10-01", "value=\"21:30\""] {
            assert!(shown.contains(kept), "{kept}: {shown}");
        }
        assert!(desk.opens(&at("/stores")).await.text.contains("已打烊"));
        let wang = app.person("王女士").await;
        wang.scans(&lin.scene).await;
        wang.sees("城北旗舰店").await;
        wang.says("有货吗").await;
        wang.sees("城北旗舰店今天休息，林小满明天回复您").await;
        lin.phone.sees("有货吗").await;
        // A week later it is an ordinary Saturday.
        app.later(TimeDelta::days(7)).await;
        lin.phone.says("上班").await;
        lin.phone.sees("已上班").await;
        wang.says("今天呢").await;
        lin.phone.sees("今天呢").await;
        app.at_rest().await;
        assert_eq!(wang.count("今天休息").await, 1, "{store:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guide_gets_a_name_and_somebody_who_stands_in() {
    let app = TestApp::start().await;
    let desk = Desk::admin(&app, "he").await;
    app.add_store("杭州城北店");
    app.add_store("杭州城西店");
    let lin = app.guide("林小满", "杭州城北店").await;
    let chen = app.guide("陈一鸣", "杭州城北店").await;
    let _wu = app.guide("吴桐", "杭州城北店").await;
    app.guide("周舟", "杭州城西店").await;
    for (fields, why) in [
        ([("name", ""), ("stand_in", "")], "姓名请写"),
        ([("name", "陈一鸣"), ("stand_in", "")], "已有同名导购"),
        (
            [("name", "林小满"), ("stand_in", "4")],
            "同一门店还在职的同事",
        ),
        (
            [("name", "林小满"), ("stand_in", "1")],
            "同一门店还在职的同事",
        ),
        (
            [("name", "林小满"), ("stand_in", "99")],
            "同一门店还在职的同事",
        ),
    ] {
        let sent = desk.sends(&at("/guides/1"), &fields).await;
        assert_eq!(sent.status, 400, "{fields:?}");
        assert!(sent.text.contains(why), "{why}: {}", sent.text);
    }
    let fields = [("name", "林满满"), ("stand_in", "2")];
    let saved = desk.sends(&at("/guides/1"), &fields).await;
    assert_eq!(saved.to, Some(at("/guides/1")), "{}", saved.text);
    let wang = app.person("王女士").await;
    wang.scans(&lin.scene).await;
    wang.sees("林满满").await;
    lin.phone.says("下班").await;
    lin.phone.sees("下班").await;
    wang.says("有货吗").await;
    chen.phone.sees("有货吗").await;
    let log = desk.opens("/console/audit").await.text;
    assert!(
        log.contains("修改导购") && log.contains("顶班同事：陈一鸣"),
        "{log}"
    );
}
