//! What came by each code, from phones to pages: every scan once, nobody of the staff, on the day of the people.

use chrono::TimeDelta;
use daogou_schema::{code, fan_day};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;

use super::at;
use crate::kit::{Desk, Guide, PASSWORD, TestApp, wire};

/// Two stores with a guide each.
async fn shop(app: &TestApp) -> (Desk, Guide, Guide) {
    let admin = Desk::admin(app, "he").await;
    for name in ["城北店", "城西店"] {
        admin.sends(&at("/stores"), &[("name", name)]).await;
    }
    let lin = app.guide("林小满", "城北店").await;
    let wu = app.guide("吴桐", "城西店").await;
    (admin, lin, wu)
}

/// All days of all codes that are not empty, as `code day scans followed lost`.
async fn counted(app: &TestApp) -> Vec<String> {
    let days = app.counted().await;
    let days = days
        .iter()
        .filter(|day| (day.scans, day.followed, day.lost) != (0, 0, 0));
    let row = |day: &fan_day::Model| {
        let (code, date) = (day.code_id, day.day % 10_000);
        format!("{code} {date} {} {} {}", day.scans, day.followed, day.lost)
    };
    days.map(row).collect()
}

/// The code that consumers scan.
async fn code_of(app: &TestApp, guide: &Guide) -> i64 {
    let query = code::Entity::find().filter(code::Column::Scene.eq(&guide.scene));
    let found = query.one(&app.database().await).await.expect("codes");
    found.expect("a code").id.0
}

fn today(app: &TestApp) -> u32 {
    use chrono::Datelike;
    let now = app.clock.now().with_timezone(&chrono_tz::Asia::Shanghai);
    now.month() * 100 + now.day()
}

#[tokio::test(flavor = "multi_thread")]
async fn scans_follows_and_losses_are_counted_once_on_their_day_without_the_staff() {
    let app = TestApp::start().await;
    let (admin, lin, wu) = shop(&app).await;
    // Both guides followed by their link codes, or before they were guides: they are no fans.
    assert_eq!(counted(&app).await, Vec::<String>::new());
    let (north, west) = (code_of(&app, &lin).await, code_of(&app, &wu).await);
    let first = today(&app);
    let (wang, li, chen) = (
        app.person("王女士").await,
        app.person("李先生").await,
        app.person("陈女士").await,
    );
    wang.scans(&lin.scene).await;
    li.scans(&lin.scene).await;
    chen.does(json!({ "act": "follow" })).await;
    app.later(TimeDelta::seconds(2)).await;
    // A follower scans: her own guide's code again, and another one's.
    wang.scans(&lin.scene).await;
    chen.scans(&wu.scene).await;
    // Staff scans.
    wu.phone.scans(&lin.scene).await;
    let mut wanted = vec![
        format!("0 {first} 0 1 0"),
        format!("{north} {first} 3 2 0"),
        format!("{west} {first} 1 0 0"),
    ];
    assert_eq!(counted(&app).await, wanted);
    // She leaves on another day, and what is lost is lost by the code that brought her; she comes back by another one.
    app.later(TimeDelta::days(1)).await;
    let second = today(&app);
    wang.does(json!({ "act": "unfollow" })).await;
    app.later(TimeDelta::seconds(2)).await;
    wang.scans(&wu.scene).await;
    wanted.push(format!("{north} {second} 0 0 1"));
    wanted.push(format!("{west} {second} 1 1 0"));
    assert_eq!(counted(&app).await, wanted);
    app.later(TimeDelta::days(1)).await;
    let third = today(&app);
    wang.does(json!({ "act": "unfollow" })).await;
    chen.does(json!({ "act": "unfollow" })).await;
    wanted.push(format!("0 {third} 0 0 1"));
    wanted.push(format!("{west} {third} 0 0 1"));
    assert_eq!(counted(&app).await, wanted);

    // Her sign-in has ended meanwhile.
    let right = [("login", "he"), ("password", PASSWORD)];
    admin.posts("/console/sign-in", &right).await;
    let page = admin.opens(&at("/codes")).await.text;
    let (of_lin, of_wu) = (page.find("林小满"), page.find("吴桐"));
    assert!(of_lin < of_wu, "more new fans come first: {page}");
    let page = admin.opens(&at("/codes?by=lost&store=2")).await.text;
    assert!(page.contains("吴桐") && !page.contains("林小满"));
    let page = admin.opens(&at(&format!("/codes/{north}?days=7"))).await;
    let (head, people) = page.text.split_once("id=\"people\"").expect("people");
    assert!(head.contains("扫码 3，新关注 2，取消关注 0"), "{head}");
    // Who came back by another code is behind that one.
    assert_eq!(people.matches("/members/").count(), 1, "{people}");
    let guide = admin.opens(&at(&format!("/guides/{}", lin.id))).await.text;
    assert!(guide.contains("扫码 3，新关注 2，取消关注 0"));
    let overview = admin.opens(&at("?days=7")).await.text;
    assert!(overview.contains("新关注 3，取消关注 0") && overview.contains("75%"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_that_comes_twice_counts_once_and_a_later_guide_not_at_all() {
    let app = TestApp::start().await;
    let (_, lin, _) = shop(&app).await;
    let north = code_of(&app, &lin).await;
    let day = today(&app);
    let scan = format!(
        "<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><FromUserName><![CDATA[oNobodyYet0000000000000000001]]></FromUserName>\
         <CreateTime>{}</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[subscribe]]></Event>\
         <EventKey><![CDATA[qrscene_{}]]></EventKey><Ticket><![CDATA[x]]></Ticket></xml>",
        app.clock.now().timestamp(),
        lin.scene
    );
    let push = app.sender().push("secure", scan);
    let answer = wire::push(&app, &push).await;
    assert_eq!(answer, wire::push(&app, &push).await);
    assert_eq!(counted(&app).await, [format!("{north} {day} 1 1 0")]);
    // She came as a customer, and becomes a guide a day later: on the day she came, one fan fewer.
    let new = app.unlinked_guide("郑好", "城北店").await;
    new.phone.scans(&lin.scene).await;
    assert_eq!(counted(&app).await, [format!("{north} {day} 2 2 0")]);
    app.later(TimeDelta::days(1)).await;
    new.phone.scans(&new.link_scene).await;
    new.phone.sees("已和导购身份关联").await;
    assert_eq!(counted(&app).await, [format!("{north} {day} 1 1 0")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_sees_her_own_stores_figures() {
    let app = TestApp::start().await;
    let (admin, lin, wu) = shop(&app).await;
    let west = code_of(&app, &wu).await;
    let manager = admin.invites(&app, "zhang", "store_manager", "1").await;
    for (name, guide) in [("王女士", &lin), ("李先生", &wu), ("陈女士", &wu)] {
        app.person(name).await.scans(&guide.scene).await;
    }
    counted(&app).await;
    let hers = manager.opens(&at("")).await.text;
    assert!(hers.contains("新关注 1，取消关注 0") && !hers.contains("新关注 3"));
    assert!(
        admin
            .opens(&at(""))
            .await
            .text
            .contains("新关注 3，取消关注 0")
    );
    for asked in ["", "?store=2", "?store=2&by=lost&page=1"] {
        let hers = manager.opens(&at(&format!("/codes{asked}"))).await.text;
        assert!(!hers.contains("吴桐"), "{asked}");
    }
    assert_eq!(
        manager.opens(&at(&format!("/codes/{west}"))).await.status,
        404
    );
    // Odd words break nothing.
    let odd = at("/codes?days=x&by=%3Cb%3E&store=x&page=18446744073709551615");
    assert_eq!(admin.opens(&odd).await.status, 200);
    let far = at(&format!("/codes/{west}?before=x&days=-1"));
    assert_eq!(admin.opens(&far).await.status, 200);
}
