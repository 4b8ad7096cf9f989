//! What headquarters does in the story: it looks at everything, and changes what it can.

use chrono::TimeDelta;
use serde_json::json;

use crate::kit::{APPID, Desk, Guide, PASSWORD, Phone, TestApp, eventually};
use crate::relay::STORE;

/// Headquarters comes in and looks at everything.
pub async fn look_on(app: &TestApp) {
    let desk = Desk::admin(app, "he").await;
    let zhou = desk.invites(app, "zhou", "store_manager", "1").await;
    for page in [
        "",
        "/stores",
        "/stores/1",
        "/guides",
        "/guides/1",
        "?days=7",
        "/undelivered",
        "/posters?guide=1&guide=2",
        "/codes.zip?guide=1",
        "/codes",
        "/codes?store=1&days=7&by=net",
        "/codes/1",
        "/codes/1?days=90&before=99999",
        "/members",
        "/members?after=0.9999",
        "/members?guide=1",
        "/members?guide=1&after=99999999999999.99",
        "/members?store=1",
        "/members?store=1&after=99999999999999.99",
        "/members?q=王女士",
        "/members/2",
        "/members/2?before=9999999",
    ] {
        let path = format!("/console/{APPID}{page}");
        assert_eq!(desk.opens(&path).await.status, 200, "{path}");
        zhou.opens(&path).await;
    }
    for page in [
        "me",
        "me/codes",
        "accounts",
        "accounts/1",
        "staff",
        "audit",
        "audit?before=9999999",
        "audit?staff=1&before=9999999",
        "audit.csv",
    ] {
        let path = format!("/console/{page}");
        assert_eq!(desk.opens(&path).await.status, 200, "{path}");
    }
    let welcome = format!("/console/{APPID}/guides/1/welcome");
    desk.sends(&welcome, &[("welcome", "您好，{{ guide }}")])
        .await;
    desk.makes_a_link_for("林", "hq_operator", "").await;
    desk.sends("/console/staff/invitations/3/withdraw", &[])
        .await;
    desk.sends("/console/staff/2/sign-out", &[]).await;
    desk.sends("/console/staff/2/leave", &[]).await;
    let again = [
        ("old", PASSWORD),
        ("password", PASSWORD),
        ("again", PASSWORD),
    ];
    desk.sends("/console/me/password", &again).await;
    desk.sends("/console/me/name", &[("name", "何老师")]).await;
    desk.sends("/console/accounts/1/name", &[("name", "云上旗舰店")])
        .await;
    desk.sends("/console/sign-out", &[]).await;
    let right = [("login", "he"), ("password", PASSWORD)];
    desk.posts("/console/sign-in", &right).await;
    app.pass(TimeDelta::minutes(6));
    desk.opens("/console").await;
}

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

/// Tags, and the same done to many members, and back.
pub async fn work_in_bulk(app: &TestApp) {
    let desk = Desk::admin(app, "sun").await;
    let at = |page: &str| format!("/console/{APPID}{page}");
    for name in ["路人甲", "路人乙"] {
        let stray = app.person(name).await;
        stray.does(json!({ "act": "follow" })).await;
    }
    app.at_rest().await;
    for name in ["敏感肌", "老客", "误建"] {
        desk.sends(&at("/tags"), &[("name", name)]).await;
    }
    desk.sends(&at("/tags/3/name"), &[("name", "老顾客")]).await;
    desk.sends(&at("/tags/4/remove"), &[]).await;
    desk.sends(&at("/members/2/tags"), &[("tag-2", "1")]).await;
    desk.sends(&at("/members/2/tags"), &[]).await;
    desk.sends(&at("/members/2/name"), &[("name", "王女士")])
        .await;
    for page in ["/tags", "/bulks"] {
        assert_eq!(desk.opens(&at(page)).await.status, 200, "{page}");
    }
    for fields in [
        &[("work", "tag"), ("tag", "2"), ("m-2", "1"), ("m-3", "1")][..],
        &[
            ("work", "tag"),
            ("tag", "3"),
            ("all", "1"),
            ("filter", "guide=1"),
        ],
        &[("work", "untag"), ("tag", "2"), ("m-2", "1")],
        &[("work", "assign"), ("to-2", "1"), ("m-2", "1")],
        &[
            ("work", "assign"),
            ("to-2", "1"),
            ("all", "1"),
            ("filter", "guide=nobody"),
        ],
    ] {
        desk.sends(&at("/bulks/new"), fields).await;
        let sent = desk.sends(&at("/bulks"), fields).await;
        let page = sent.to.expect(&sent.text);
        reads(&desk, &page, "已完成").await;
        desk.sends(&format!("{page}/undo"), &[]).await;
        app.at_rest().await;
    }
    desk.sends(&at("/bulks/1/stop"), &[]).await;
    for query in [
        "?tag=1",
        "?tag=2",
        "?tag=1&after=0.9999",
        "?tag=3&guide=1",
        "?tag=1&store=1&after=0.9999",
        "?guide=nobody",
        "?guide=nobody&after=0.9999",
        "?following=yes&seen=30",
    ] {
        let page = at(&format!("/members{query}"));
        assert_eq!(desk.opens(&page).await.status, 200, "{page}");
    }
    app.later(TimeDelta::minutes(2)).await;
    app.at_rest().await;
}

async fn reads(desk: &Desk, page: &str, end: &str) {
    eventually(end, async || {
        let shown = desk.opens(page).await.text;
        shown.contains(end).then_some(())
    })
    .await;
}

/// A guide is away for long; the customers go to a colleague, and come back.
pub async fn hand_over(app: &TestApp, guide: &Guide) {
    let desk = Desk::admin(app, "qian").await;
    let at = |page: &str| format!("/console/{APPID}/hand-overs{page}");
    let id = guide.id.to_string();
    let away = [("guide", id.as_str()), ("cause", "long-leave")];
    let sent = desk.sends(&at(""), &away).await;
    let page = sent.to.expect(&sent.text);
    assert_eq!(desk.opens(&page).await.status, 200);
    for (act, fields, end) in [
        ("confirm", &[("to-1", "1")][..], "已完成"),
        ("undo", &[], "已撤销"),
    ] {
        desk.sends(&format!("{page}/{act}"), fields).await;
        reads(&desk, &page, end).await;
        app.at_rest().await;
    }
    assert_eq!(desk.opens(&at("")).await.status, 200);
}

/// A customer is taken out, and erased; another one's WeChat account is gone.
pub async fn erase(app: &TestApp, li: &Phone) {
    let desk = Desk::admin(app, "feng").await;
    let at = |page: &str| format!("/console/{APPID}{page}");
    let member = app.identity_of(li).await.expect("a member").member_id;
    let hers = at(&format!("/members/{member}/privacy"));
    for (form, fields) in [
        ("/phone", &[("phone", "13812345678")][..]),
        ("/phone/reveal", &[]),
        ("/consents", &[("purpose", "profile"), ("given", "yes")]),
        ("/export", &[]),
    ] {
        let sent = desk.sends(&format!("{hers}{form}"), fields).await;
        assert!([200, 303].contains(&sent.status.as_u16()), "{form}");
    }
    for page in ["", "/erase"] {
        assert_eq!(desk.opens(&format!("{hers}{page}")).await.status, 200);
    }
    desk.opens(&at("/members?q=13812345678")).await;
    let number = member.to_string();
    let fields = [("number", number.as_str())];
    let sent = desk.sends(&format!("{hers}/erase"), &fields).await;
    let receipt = sent.to.expect(&sent.text);
    eventually("her being unknown", async || {
        let shown = desk.opens(&receipt).await.text;
        shown.contains("约一分钟后").then_some(())
    })
    .await;
    app.later(TimeDelta::seconds(61)).await;
    eventually("the receipt", async || {
        let shown = desk.opens(&receipt).await.text;
        shown.contains("已全部删除").then_some(())
    })
    .await;
    desk.opens(&at("/erasures")).await;
    desk.opens(&at("/erasures?before=99")).await;
    let chen = app.person("陈先生").await;
    for act in ["follow", "modify", "revoke", "cancel"] {
        chen.does(json!({ "act": act })).await;
        app.later(TimeDelta::seconds(2)).await;
    }
}
