//! The member pool and a member's page.

use super::at;
use crate::kit::{Desk, Session, Store, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn a_members_page_shows_her_guide_her_history_and_what_was_said() {
    for store in [Store::Sqlite, Store::Postgres, Store::MariaDb] {
        let Some(app) = TestApp::on(store, Session::Embedded).await else {
            continue;
        };
        let desk = Desk::admin(&app, "he").await;
        app.add_store("杭州城北店");
        let lin = app.guide("林小满", "杭州城北店").await;
        let wang = app.person("王女士").await;
        wang.scans(&lin.scene).await;
        wang.sees("林小满").await;
        wang.says("这款<b>防水</b>吗").await;
        lin.phone.sees("防水").await;
        lin.phone.says("防水的").await;
        wang.sees("防水的").await;
        app.at_rest().await;
        let page = desk.opens(&at("/members/1")).await;
        assert_eq!(page.status, 200, "{}", page.text);
        for shown in ["林小满", "杭州城北店", "防水的", "已送达微信", "扫码"] {
            assert!(page.text.contains(shown), "{store:?}: {shown}");
        }
        assert!(
            !page.text.contains("<b>防水"),
            "what she typed became markup"
        );
        let filtered = desk.opens(&at("/members?guide=1")).await;
        assert!(filtered.text.contains("/members/1\""));
        let staff = desk.opens("/console/staff").await;
        assert_eq!(staff.status, 200);
        assert!(staff.text.contains("总部管理员"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_pool_is_turned_page_by_page_and_shows_everybody_once() {
    let app = TestApp::start().await;
    let desk = Desk::admin(&app, "he").await;
    app.add_store("杭州城北店");
    let lin = app.guide("林小满", "杭州城北店").await;
    for n in 0..60 {
        let person = app.person(&format!("顾客{n}")).await;
        person.scans(&lin.scene).await;
    }
    app.at_rest().await;
    for query in ["", "?guide=1", "?store=1"] {
        let mut seen = std::collections::BTreeSet::new();
        let mut next = Some(at(&format!("/members{query}")));
        let mut pages = 0;
        while let Some(path) = next {
            let page = desk.opens(&path).await;
            assert_eq!(page.status, 200, "{}", page.text);
            for part in page.text.split("/members/").skip(1) {
                let id: String = part.chars().take_while(char::is_ascii_digit).collect();
                assert!(
                    seen.insert(id.parse::<i64>().expect("an id")),
                    "{query}: {id} twice"
                );
            }
            pages += 1;
            let links = page.text.split("href=\"").skip(1);
            next = links
                .filter_map(|link| link.split_once('"'))
                .find(|(_, behind)| behind.trim_start().starts_with("rel=\"next\""))
                .map(|(link, _)| link.to_owned());
        }
        assert_eq!((seen.len(), pages), (60, 2), "{query}");
    }
}
