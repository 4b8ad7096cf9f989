//! Headquarters arranges its regions, stores and guides.

use super::headquarters::reads;
use crate::kit::{APPID, Desk, Guide, TestApp};
use crate::relay::STORE;

/// Regions, and what a dealer sees of them.
pub async fn organise(app: &TestApp) {
    let desk = Desk::admin(app, "wei").await;
    let at = |page: &str| format!("/console/{APPID}{page}");
    for (form, fields) in [
        ("/regions", &[("region_name", "华东")][..]),
        ("/regions", &[("region_name", "杭州"), ("parent", "1")]),
        ("/regions", &[("region_name", "误建")]),
        ("/regions/3", &[("region_name", "误建的")]),
        ("/regions/3/remove", &[]),
        (
            "/stores/1",
            &[("name", STORE), ("always", "1"), ("region", "2")],
        ),
    ] {
        let sent = desk.sends(&at(form), fields).await;
        assert_eq!(sent.status, 303, "{form}: {}", sent.text);
    }
    let dealer = desk.invites_dealer(app, "jin", &[1]).await;
    for page in [
        "",
        "?region=1",
        "/stores?region=1",
        "/codes?region=1",
        "/guides?region=2",
        "/members",
        "/members?region=1",
        "/members?region=1&after=99999999999999.99",
        "/members?tag=1&region=1",
        "/undelivered",
    ] {
        assert_eq!(dealer.opens(&at(page)).await.status, 200, "{page}");
        assert_eq!(desk.opens(&at(page)).await.status, 200, "{page}");
    }
}

/// Two ask to join a store, and one of them does.
pub async fn invite_guides(app: &TestApp) {
    let desk = Desk::admin(app, "tao").await;
    let joining = format!("/console/{APPID}/stores/1/joining");
    for _again in 0..2 {
        let made = desk.sends(&format!("{joining}/link"), &[]).await;
        assert_eq!(made.status, 303, "{}", made.text);
    }
    let page = desk.opens(&joining).await.text;
    let (_, behind) = page.split_once("/m/join/").expect("a link");
    let link = format!("/m/join/{}", behind.split('"').next().expect("its end"));
    for (id, name, word) in [(1, "沈知秋", "approve"), (2, "顾言", "decline")] {
        let phone = Desk::stranger(app);
        phone.opens(&link).await;
        let fields = [("name", name), ("phone", "13812345678")];
        let own = phone.posts(&link, &fields).await.to.expect("a page");
        phone.opens(&link).await;
        desk.opens(&format!("/console/{APPID}")).await;
        let decided = desk.sends(&format!("{joining}/{id}/{word}"), &[]).await;
        assert_eq!(decided.status, 303, "{}", decided.text);
        assert_eq!(phone.opens(&own).await.status, 200);
        phone.opens(&format!("{own}/link.png")).await;
    }
    desk.sends(&format!("{joining}/withdraw"), &[]).await;
    let guide = format!("/console/{APPID}/guides/1");
    let known = [("speciality", "羽绒服"), ("phone", "13812345678")];
    desk.sends(&format!("{guide}/profile"), &known).await;
    desk.sends(&format!("{guide}/phone"), &[]).await;
}

/// A manager wishes for what headquarters does not want.
pub async fn propose(app: &TestApp, guide: &Guide) {
    let desk = Desk::admin(app, "shi").await;
    let at = |page: &str| format!("/console/{APPID}{page}");
    let wish = [("cause", "long-leave"), ("to-1", "1")];
    let form = at(&format!("/guides/{}/proposal", guide.id));
    for word in ["decline", "accept"] {
        let sent = desk.sends(&form, &wish).await;
        assert_eq!(sent.status, 303, "{}", sent.text);
        assert_eq!(desk.opens(&form).await.status, 200);
        let list = desk.opens(&at("/hand-overs")).await.text;
        let (_, newest) = list.split_once("/hand-overs/").expect("one");
        let id: String = newest.chars().take_while(char::is_ascii_digit).collect();
        let decided = desk
            .sends(&at(&format!("/hand-overs/{id}/{word}")), &[])
            .await;
        let page = decided.to.expect(&decided.text);
        assert_eq!(desk.opens(&page).await.status, 200);
        if word == "accept" {
            reads(&desk, &page, "已完成").await;
            desk.sends(&format!("{page}/undo"), &[]).await;
            reads(&desk, &page, "已撤销").await;
        }
        app.at_rest().await;
    }
}

/// A store closes, and opens again.
pub async fn close_a_store(app: &TestApp) {
    let desk = Desk::admin(app, "xie").await;
    let at = |page: &str| format!("/console/{APPID}{page}");
    desk.sends(&at("/stores"), &[("name", "杭州城西店")]).await;
    let listed = desk.opens(&at("/stores")).await.text;
    let (before, _) = listed.split_once("查看杭州城西店").expect("the store");
    let (_, id) = before.rsplit_once("store=").expect("its number");
    let store: String = id.chars().take_while(char::is_ascii_digit).collect();
    let guide = [("name", "程远"), ("store", store.as_str())];
    let sent = desk.sends(&at("/guides"), &guide).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    for (form, fields, end) in [
        ("closing", &[("to-1", "1")][..], "撤销关店"),
        ("reopening", &[], "关闭门店"),
    ] {
        let sent = desk
            .sends(&at(&format!("/stores/{store}/{form}")), fields)
            .await;
        assert_eq!(sent.status, 303, "{form}: {}", sent.text);
        reads(&desk, &at(&format!("/stores/{store}/closing")), end).await;
        app.at_rest().await;
    }
}
