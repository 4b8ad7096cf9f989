//! What headquarters does in the story: it looks at everything, and changes what it can.

use chrono::TimeDelta;
use serde_json::json;

use crate::kit::{APPID, Desk, Guide, PASSWORD, Phone, TestApp, eventually};

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
    look_over_conversations(&desk, &zhou).await;
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

/// What people say to each other, and what they must not.
async fn look_over_conversations(desk: &Desk, zhou: &Desk) {
    let at = |page: &str| format!("/console/{APPID}{page}");
    for page in [
        "/conversations?days=30&after=9999999999999.9999.9999",
        "/conversations?q=这款防水吗&before=9999999",
        "/conversations/2?at=3",
        "/sensitive",
        "/sensitive/hits?by=members&before=9999999",
    ] {
        assert_eq!(desk.opens(&at(page)).await.status, 200, "{page}");
    }
    for page in [
        "/conversations",
        "/conversations?guide=1&after=9999999999999.9999.9999",
        "/conversations?q=防水",
        "/conversations/2?at=3",
        "/conversations/2/lines/4/file",
        "/sensitive/hits",
    ] {
        zhou.opens(&at(page)).await;
    }
    let words = [("words", "返现\n怎么卖，引流")];
    desk.sends(&at("/sensitive"), &words).await;
    desk.sends(&at("/sensitive/1/remove"), &[]).await;
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
    let rule = [("kind", "quiet"), ("days", "30")];
    desk.sends(&at("/tags/3/rule"), &rule).await;
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

pub(super) async fn reads(desk: &Desk, page: &str, end: &str) {
    eventually(end, async || {
        let shown = desk.opens(page).await.text;
        shown.contains(end).then_some(())
    })
    .await;
}

/// Files are brought in: some rows are taken, some are not.
pub async fn bring_files(app: &TestApp) {
    let desk = Desk::admin(app, "song").await;
    let at = |page: &str| format!("/console/{APPID}{page}");
    let files = [
        ("stores", "门店名称\n云上店\n"),
        ("guides", "姓名,门店\n白露,云上店\n"),
        (
            "members",
            "手机号,卡号,姓名,导购,标签\n13911112222,V1,赵女士,白露,敏感肌\n13911113333,,,,\n,V1,,,\n13812341234,V2,,,\n,,无,,\n",
        ),
        ("members", "手机号\n1\n"),
    ];
    for (kind, text) in files {
        let sent = desk
            .uploads(&at("/imports"), &[("kind", kind)], "a.csv", text.as_bytes())
            .await;
        let page = sent.to.expect(&sent.text);
        assert_eq!(desk.opens(&page).await.status, 200);
        if text.ends_with("1\n") {
            desk.sends(&format!("{page}/stop"), &[]).await;
            continue;
        }
        desk.sends(
            &format!("{page}/start"),
            &[("whose", "dealt"), ("to-1", "1")],
        )
        .await;
        reads(&desk, &page, "已完成").await;
        desk.opens(&format!("{page}/mend.csv")).await;
    }
    desk.opens(&at("/imports")).await;
    desk.sends(&at("/exports/new"), &[("filter", "tag=2")])
        .await;
    let whole = [
        ("filter", "tag=2"),
        ("phones", "whole"),
        ("reason", "逐个电话邀约"),
    ];
    let sent = desk.sends(&at("/exports"), &whole).await;
    let list = sent.to.expect(&sent.text);
    reads(&desk, &list, "可以下载").await;
    for page in ["/file.csv", "/file.xlsx"] {
        desk.opens(&format!("{list}{page}")).await;
    }
    desk.opens(&at("/exports")).await;
    let stray = app.person("赵女士").await;
    stray.does(json!({ "act": "follow" })).await;
    app.at_rest().await;
    let member = app.identity_of(&stray).await.expect("a member").member_id;
    let hers = at(&format!("/members/{member}"));
    desk.sends(
        &format!("{hers}/privacy/phone"),
        &[("phone", "13911113333")],
    )
    .await;
    desk.opens(&hers).await;
    desk.sends(&at("/merges/1/undo"), &[]).await;
    desk.opens(&format!("{hers}/merge?q=赵女士")).await;
    app.later(TimeDelta::minutes(2)).await;
    app.at_rest().await;
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

/// A campaign brings somebody, who followed before is taken in, and the menu is published and tapped.
pub async fn invite(app: &TestApp) {
    let desk = Desk::admin(app, "xu").await;
    let at = |page: &str| format!("/console/{APPID}{page}");
    let now = app.clock.now().with_timezone(&chrono_tz::Asia::Shanghai);
    let moment = |days: i64| {
        (now + TimeDelta::days(days))
            .format("%Y-%m-%dT%H:%M")
            .to_string()
    };
    let (from, until) = (moment(0), moment(60));
    let fields = [
        ("name", "店庆"),
        ("from", from.as_str()),
        ("until", until.as_str()),
        ("store-1", "1"),
        ("guide-1", "1"),
        ("welcome", "店庆快乐，{{ guide }}在"),
    ];
    let sent = desk.sends(&at("/campaigns"), &fields).await;
    let page = sent.to.expect(&sent.text);
    desk.sends(&page, &fields).await;
    let shown = desk.opens(&page).await.text;
    let (_, scene) = shown.split_once("data-copy=\"").expect("a scene");
    let scene = scene.split('"').next().expect("a scene");
    let zhang = app.person("张女士").await;
    zhang.scans(scene).await;
    zhang.sees("店庆快乐").await;
    let evening = [("v0-text", "晚上好"), ("v0-start", "20:00")];
    desk.sends(&at("/codes/1/welcome"), &evening).await;
    desk.sends(&at("/codes/1/welcome"), &[]).await;
    for path in ["", "/edit", "/poster", "/code.svg"] {
        assert_eq!(desk.opens(&format!("{page}{path}")).await.status, 200);
    }
    app.crowd(70).await;
    for _ in 0..2 {
        desk.sends(&at("/followers/start"), &[]).await;
        reads(&desk, &at("/followers"), "已完成").await;
    }
    desk.sends(&at("/followers/start"), &[]).await;
    desk.sends(&at("/followers/stop"), &[]).await;
    let menu = [
        ("b0-name", "联系"),
        ("b0-key", "contact"),
        ("b0-answer", "请留言"),
    ];
    desk.sends(&at("/menu"), &menu).await;
    desk.sends(&at("/menu/publish"), &[]).await;
    desk.sends(&at("/menu/versions/2"), &[]).await;
    app.later(TimeDelta::seconds(2)).await;
    zhang.taps("contact").await;
    zhang.sees("请留言").await;
    for path in [
        "/campaigns",
        "/campaigns/new",
        "/followers",
        "/menu",
        "/menu/live",
    ] {
        assert_eq!(desk.opens(&at(path)).await.status, 200, "{path}");
    }
    desk.sends(&format!("{page}/end"), &[]).await;
    app.at_rest().await;
}
