//! Staff and testers: out of every figure and list as soon as they are marked, and back when they are not any more.

use chrono::TimeDelta;
use daogou_schema::fan_day;
use serde_json::json;

use super::at;
use crate::kit::{Desk, Guide, Phone, Session, Store, TestApp};

async fn shop(app: &TestApp) -> (Desk, Guide, Phone) {
    let admin = Desk::admin(app, "he").await;
    app.add_store("城北店");
    let lin = app.guide("林小满", "城北店").await;
    let wang = app.person("王女士").await;
    wang.scans(&lin.scene).await;
    wang.sees("林小满").await;
    (admin, lin, wang)
}

/// Scans, follows and losses of all days and codes together.
async fn sums(app: &TestApp) -> (i32, i32, i32) {
    let add = |sum: (i32, i32, i32), day: &fan_day::Model| {
        (sum.0 + day.scans, sum.1 + day.followed, sum.2 + day.lost)
    };
    app.counted().await.iter().fold((0, 0, 0), add)
}

async fn mark(desk: &Desk, member: i64, as_what: &str) {
    let form = at(&format!("/members/{member}/insider"));
    let sent = desk.sends(&form, &[("insider", as_what)]).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
}

async fn number(app: &TestApp, phone: &Phone) -> i64 {
    let known = app.identity_of(phone).await;
    known.expect("a member").member_id.0
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_marked_is_in_no_figure_and_comes_back_as_she_stands_then() {
    for store in [Store::Sqlite, Store::Postgres, Store::MariaDb] {
        let Some(app) = TestApp::on(store, Session::Embedded).await else {
            continue;
        };
        let (admin, lin, wang) = shop(&app).await;
        let id = number(&app, &wang).await;
        let li = app.person("李先生").await;
        li.scans(&lin.scene).await;
        assert_eq!(sums(&app).await, (2, 2, 0), "{store:?}");
        let codes = admin.opens(&at("/codes")).await.text;
        assert!(codes.contains("/codes/"), "{codes}");
        mark(&admin, id, "tester").await;
        assert_eq!(sums(&app).await, (1, 1, 0), "{store:?}");
        // Twice is once, and from the one mark to the other nothing changes.
        mark(&admin, id, "tester").await;
        mark(&admin, id, "staff").await;
        assert_eq!(sums(&app).await, (1, 1, 0));
        // What she does now counts nowhere.
        app.later(TimeDelta::hours(1)).await;
        wang.does(json!({ "act": "unfollow" })).await;
        app.later(TimeDelta::seconds(2)).await;
        wang.scans(&lin.scene).await;
        app.later(TimeDelta::seconds(2)).await;
        wang.scans(&lin.scene).await;
        assert_eq!(sums(&app).await, (1, 1, 0), "{store:?}");
        mark(&admin, id, "customer").await;
        assert_eq!(sums(&app).await, (2, 2, 0), "{store:?}");
        // Who has left is taken off on both sides, and put back on both.
        app.later(TimeDelta::seconds(2)).await;
        wang.does(json!({ "act": "unfollow" })).await;
        assert_eq!(sums(&app).await, (2, 2, 1));
        mark(&admin, id, "staff").await;
        assert_eq!(sums(&app).await, (1, 1, 0), "{store:?}");
        mark(&admin, id, "customer").await;
        assert_eq!(sums(&app).await, (2, 2, 1), "{store:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_and_bulk_work_leave_her_out_unless_she_is_asked_for() {
    let app = TestApp::start().await;
    let (admin, _, wang) = shop(&app).await;
    let hers = number(&app, &wang).await;
    let stray = app.person("路人").await;
    stray.does(json!({ "act": "follow" })).await;
    let strays = number(&app, &stray).await;
    let row = |id: i64| format!("/members/{id}\"");
    let shows = async |query: &str, id: i64| {
        let page = admin.opens(&at(&format!("/members{query}"))).await;
        assert_eq!(page.status, 200, "{}", page.text);
        page.text.contains(&row(id))
    };
    let name = [("name", "小何")];
    admin
        .sends(&at(&format!("/members/{hers}/name")), &name)
        .await;
    assert!(shows("", hers).await && shows("?guide=1", hers).await);
    assert!(shows("?guide=nobody", strays).await);
    assert!(
        admin
            .opens(&at(""))
            .await
            .text
            .contains("1 位会员还没有专属导购")
    );
    mark(&admin, hers, "staff").await;
    mark(&admin, strays, "tester").await;
    for query in [
        "",
        "?guide=1",
        "?store=1",
        "?guide=nobody",
        "?among=testers",
    ] {
        assert!(!shows(query, hers).await, "{query}");
    }
    for query in ["?among=staff", "?among=staff&guide=1", "?q=小何"] {
        assert!(shows(query, hers).await, "{query}");
    }
    assert!(shows("?among=testers&guide=nobody", strays).await);
    let page = admin.opens(&at("?days=7")).await.text;
    assert!(!page.contains("位会员还没有专属导购"), "{page}");
    let page = admin.opens(&at("/members?guide=1")).await.text;
    assert!(page.contains("没有符合条件的会员"), "{page}");
    let page = admin.opens(&at("/members?q=小何")).await.text;
    assert!(page.contains("不计入粉丝和各项数字") && page.contains("员工</span>"));
    // Everybody gets a tag, and she does not; then the staff gets it.
    let li = app.person("李先生").await;
    li.does(json!({ "act": "follow" })).await;
    let lis = number(&app, &li).await;
    admin.sends(&at("/tags"), &[("name", "试用")]).await;
    for (filter, wanted) in [("", [lis, 0]), ("among=staff", [lis, hers])] {
        let all = [
            ("work", "tag"),
            ("tag", "1"),
            ("all", "1"),
            ("filter", filter),
        ];
        let sent = admin.sends(&at("/bulks"), &all).await;
        let page = sent.to.expect(&sent.text);
        crate::kit::eventually("the end", async || {
            let shown = admin.opens(&page).await.text;
            shown.contains("已完成").then_some(())
        })
        .await;
        assert!(shows("?tag=1", lis).await);
        assert_eq!(
            shows("?tag=1&among=staff", hers).await,
            wanted.contains(&hers)
        );
    }
    mark(&admin, strays, "customer").await;
    assert!(shows("?guide=nobody", strays).await, "nobody has her again");
    mark(&admin, hers, "customer").await;
    assert!(
        !shows("?guide=nobody", hers).await,
        "her guide is still hers"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_linked_guide_is_staff_and_stays_so_while_she_is_linked() {
    let app = TestApp::start().await;
    let (admin, _, wang) = shop(&app).await;
    let id = number(&app, &wang).await;
    assert_eq!(sums(&app).await, (1, 1, 0));
    app.add_store("城西店");
    let wu = app.unlinked_guide("吴桐", "城西店").await;
    wang.scans(&wu.link_scene).await;
    wang.sees("已和导购身份关联").await;
    assert_eq!(sums(&app).await, (0, 0, 0));
    let page = admin.opens(&at(&format!("/members/{id}"))).await.text;
    assert!(page.contains("员工</span>"), "{page}");
    let form = at(&format!("/members/{id}/insider"));
    let sent = admin.sends(&form, &[("insider", "customer")]).await;
    assert_eq!(sent.status, 400);
    assert!(sent.text.contains("关联着一位导购"), "{}", sent.text);
    for wrong in ["", "boss", "staff\u{7}"] {
        let sent = admin.sends(&form, &[("insider", wrong)]).await;
        assert_eq!(sent.status, 400, "{wrong}");
        assert!(sent.text.contains("请选择顾客、员工或测试"));
    }
    assert_eq!(sums(&app).await, (0, 0, 0));
    let li = app.person("李先生").await;
    li.does(json!({ "act": "follow" })).await;
    let lis = number(&app, &li).await;
    mark(&admin, lis, "staff").await;
    let log = admin.opens("/console/audit").await.text;
    assert!(log.contains("修改员工或测试标记"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_counts_both_as_one_and_two_again_as_they_were() {
    let app = TestApp::start().await;
    let (admin, lin, wang) = shop(&app).await;
    let li = app.person("李先生").await;
    li.scans(&lin.scene).await;
    let (kept, gone) = (number(&app, &wang).await, number(&app, &li).await);
    mark(&admin, gone, "staff").await;
    assert_eq!(sums(&app).await, (1, 1, 0));
    app.later(TimeDelta::hours(2)).await;
    let with = gone.to_string();
    let fields = [("with", with.as_str()), ("guide", with.as_str())];
    let form = at(&format!("/members/{kept}/merge"));
    let merged = admin.sends(&form, &fields).await;
    assert_eq!(merged.status, 303, "{}", merged.text);
    assert_eq!(sums(&app).await, (0, 0, 0), "one of ours is one of ours");
    let undone = admin.sends(&at("/merges/1/undo"), &[]).await;
    assert_eq!(undone.status, 303, "{}", undone.text);
    assert_eq!(sums(&app).await, (1, 1, 0));
    mark(&admin, gone, "customer").await;
    assert_eq!(sums(&app).await, (2, 2, 0));
}
