//! A campaign from its form to the phones: who takes whom it brings, what they read and when, its figures, and a code that
//! outlives WeChat's thirty days.

use chrono::TimeDelta;
use daogou_schema::{Timestamp, campaign, code, guide};
use sea_orm::EntityTrait;
use serde_json::json;

use super::at;
use crate::kit::{Desk, Guide, PASSWORD, TestApp, eventually, text_of};

/// Two stores; two guides in the first one, one in the second.
async fn shop(app: &TestApp) -> (Desk, [Guide; 3]) {
    let admin = Desk::admin(app, "he").await;
    for name in ["城北店", "城西店"] {
        admin.sends(&at("/stores"), &[("name", name)]).await;
    }
    let lin = app.guide("林小满", "城北店").await;
    let wu = app.guide("吴桐", "城北店").await;
    let zhao = app.guide("赵青", "城西店").await;
    (admin, [lin, wu, zhao])
}

/// As a browser writes a moment some days and hours from now.
fn moment(app: &TestApp, days: i64, hours: i64) -> String {
    let at = app.clock.now() + TimeDelta::days(days) + TimeDelta::hours(hours);
    let at = at.with_timezone(&chrono_tz::Asia::Shanghai);
    at.format("%Y-%m-%dT%H:%M").to_string()
}

const WORDS: &str = "踏青周到了，{{ store }}的{{ guide }}带您选装备，您是第 {{ number }} 位";

/// Adds a campaign of both stores that begins after `from` hours and lasts so many days; says where its page is.
async fn adds(app: &TestApp, desk: &Desk, from: i64, days: i64) -> String {
    let (from, until) = (moment(app, 0, from), moment(app, days, from));
    let fields = [
        ("name", "踏青周"),
        ("from", from.as_str()),
        ("until", until.as_str()),
        ("store-1", "1"),
        ("store-2", "1"),
        ("welcome", WORDS),
    ];
    let sent = desk.sends(&at("/campaigns"), &fields).await;
    sent.to.expect(&sent.text)
}

/// A sign-in does not last for days.
async fn signs_in_again(desk: &Desk) {
    let right = [("login", "he"), ("password", PASSWORD)];
    desk.posts("/console/sign-in", &right).await;
}

async fn code_of(app: &TestApp, page: &str) -> code::Model {
    let id: i64 = page
        .rsplit('/')
        .next()
        .expect("a part")
        .parse()
        .expect("a number");
    let found = code::Entity::find_by_id(daogou_schema::CodeId(id));
    found
        .one(&app.database().await)
        .await
        .expect("codes")
        .expect("a code")
}

#[tokio::test(flavor = "multi_thread")]
async fn new_customers_go_round_read_the_campaigns_words_and_are_counted() {
    let app = TestApp::start().await;
    let (admin, guides) = shop(&app).await;
    assert!(
        admin
            .opens(&at("/campaigns"))
            .await
            .text
            .contains("还没有活动码")
    );
    let preview = [("welcome", WORDS)];
    let seen = admin.sends(&at("/campaigns/preview"), &preview).await;
    assert!(
        seen.text.contains("示例门店的林小满带您选装备"),
        "{}",
        seen.text
    );
    let page = adds(&app, &admin, -1, 10).await;
    let scene = code_of(&app, &page).await.scene;
    let mut took = Vec::new();
    for name in ["甲", "乙", "丙"] {
        let customer = app.person(name).await;
        customer.scans(&scene).await;
        customer.sees("踏青周到了").await;
        assert_eq!(customer.count("您的专属导购").await, 0, "one greeting");
        took.push(app.guide_of(&customer).await.expect("a guide").0);
        app.pass(TimeDelta::seconds(5));
    }
    took.sort_unstable();
    assert_eq!(took, guides.each_ref().map(|guide| guide.id), "one each");
    // Who has a guide among them stays, and reads the campaign's words all the same.
    let wang = app.person("王女士").await;
    wang.scans(&guides[0].scene).await;
    wang.sees("专属导购").await;
    app.later(TimeDelta::seconds(5)).await;
    wang.scans(&scene).await;
    wang.sees("城北店的林小满带您选装备").await;
    app.counted().await;
    let shown = admin.opens(&page).await.text;
    for wanted in [
        "进行中",
        "城北店",
        "城西店",
        "由这场活动关注的会员",
        "/code.png",
    ] {
        assert!(shown.contains(wanted), "{wanted}");
    }
    let list = admin.opens(&at("/campaigns")).await.text;
    assert!(
        list.contains(r#"<td class="r">4</td>"#),
        "four scans: {list}"
    );
    assert!(
        list.contains(r#"<td class="r">3</td>"#),
        "three new: {list}"
    );
    for picture in ["code.svg", "code.png", "poster"] {
        let drawn = admin.opens(&format!("{page}/{picture}")).await;
        assert_eq!(drawn.status, 200, "{picture}");
    }
    let poster = admin.opens(&format!("{page}/poster")).await.text;
    assert!(poster.contains("踏青周"));
    let gif = admin.opens(&format!("{page}/code.gif")).await;
    assert_eq!(gif.status, 404);
    let log = admin.opens("/console/audit").await.text;
    assert!(
        log.contains("添加活动码") && log.contains("城北店"),
        "{log}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn out_of_its_time_a_code_says_so_and_binds_all_the_same() {
    let app = TestApp::start().await;
    let (admin, guides) = shop(&app).await;
    let page = adds(&app, &admin, 2, 3).await;
    let scene = code_of(&app, &page).await.scene;
    let early = app.person("早到").await;
    early.scans(&scene).await;
    early.sees("“踏青周”将在").await;
    assert!(app.guide_of(&early).await.is_some());
    app.later(TimeDelta::hours(2)).await;
    let on_time = app.person("准时").await;
    on_time.scans(&scene).await;
    on_time.sees("踏青周到了").await;
    app.later(TimeDelta::days(3) - TimeDelta::seconds(1)).await;
    let last = app.person("最后").await;
    last.scans(&scene).await;
    last.sees("踏青周到了").await;
    app.later(TimeDelta::seconds(1)).await;
    let late = app.person("晚到").await;
    late.scans(&scene).await;
    late.sees("“踏青周”已经结束").await;
    assert!(late.texts().await.concat().contains("您的专属导购"));
    assert!(app.guide_of(&late).await.is_some());
    signs_in_again(&admin).await;
    assert!(admin.opens(&page).await.text.contains("已结束"));
    // Nobody is on duty: nobody can be given her, and she is told so.
    for guide in &guides {
        guide.phone.says("下班").await;
        guide.phone.sees("已下班").await;
    }
    let night = app.person("夜里").await;
    night.scans(&scene).await;
    let read = night.sees("“踏青周”已经结束").await;
    assert!(text_of(&read).contains("暂时还没有可以接待"));
    assert_eq!(app.guide_of(&night).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn guides_who_are_named_take_turns_and_a_colleague_stands_in_for_who_has_left() {
    let app = TestApp::start().await;
    let (admin, guides) = shop(&app).await;
    let (from, until) = (moment(&app, 0, 0), moment(&app, 5, 0));
    let fields = [
        ("name", "店庆"),
        ("from", from.as_str()),
        ("until", until.as_str()),
        ("guide-1", "1"),
    ];
    let sent = admin.sends(&at("/campaigns"), &fields).await;
    let page = sent.to.expect(&sent.text);
    let scene = code_of(&app, &page).await.scene;
    let first = app.person("甲").await;
    first.scans(&scene).await;
    first.sees("林小满").await;
    // Off duty she is still the one whom the campaign names.
    guides[0].phone.says("下班").await;
    guides[0].phone.sees("已下班").await;
    let second = app.person("乙").await;
    second.scans(&scene).await;
    second.sees("林小满").await;
    let left = guide::ActiveModel {
        left_at: sea_orm::Set(Some(Timestamp::from(app.clock.now()))),
        on_duty: sea_orm::Set(false),
        ..Default::default()
    };
    let lin = daogou_schema::GuideId(guides[0].id);
    let mut left = left;
    left.id = sea_orm::Set(lin);
    guide::Entity::update(left)
        .exec(&app.database().await)
        .await
        .expect("she has left");
    let third = app.person("丙").await;
    third.scans(&scene).await;
    third.sees("吴桐").await;
    assert!(admin.opens(&page).await.text.contains("都已不在"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_campaigns_code_is_renewed_in_time_and_the_old_one_lives_on() {
    let app = TestApp::start().await;
    let (admin, _) = shop(&app).await;
    let page = adds(&app, &admin, 0, 60).await;
    let before = code_of(&app, &page).await;
    assert!(admin.opens(&page).await.text.contains("起自动换成新图"));
    app.later(TimeDelta::days(22)).await;
    app.fault(json!({ "path": "/cgi-bin/qrcode/create", "errcode": -1 }))
        .await;
    app.later(TimeDelta::days(1)).await;
    // WeChat is busy at first; ten minutes later it is asked again.
    eventually("a try that fails", async || {
        let row = campaign::Entity::find().one(&app.database().await).await;
        let row = row.expect("campaigns").expect("one");
        let later = Timestamp::from(app.clock.now() + TimeDelta::minutes(9));
        row.renew_at.is_some_and(|at| at > later).then_some(())
    })
    .await;
    assert_eq!(code_of(&app, &page).await, before);
    app.later(TimeDelta::minutes(10)).await;
    let after = eventually("another code", async || {
        let now = code_of(&app, &page).await;
        (now.ticket != before.ticket).then_some(now)
    })
    .await;
    assert_eq!((after.id, &after.scene), (before.id, &before.scene));
    assert!(after.expires_at > before.expires_at);
    signs_in_again(&admin).await;
    assert!(admin.opens(&page).await.text.contains("已换新图"));
    for (name, ticket) in [("旧图", &before.ticket), ("新图", &after.ticket)] {
        let customer = app.person(name).await;
        customer
            .does(json!({ "act": "scan", "ticket": ticket }))
            .await;
        customer.sees("踏青周到了").await;
    }
    // The last one outlives the end by a week: then nothing is renewed any more.
    app.later(TimeDelta::days(23)).await;
    eventually("the last code", async || {
        let row = campaign::Entity::find().one(&app.database().await).await;
        let row = row.expect("campaigns").expect("one");
        row.renew_at.is_none().then_some(())
    })
    .await;
    let ends = code_of(&app, &page).await.expires_at.expect("an end");
    let over = campaign::Entity::find().one(&app.database().await).await;
    let over = over.expect("campaigns").expect("one").ends_at;
    assert!(ends - over >= TimeDelta::days(7));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_is_refused_beside_its_field_and_a_change_takes_effect() {
    let app = TestApp::start().await;
    let (admin, _) = shop(&app).await;
    let (from, until) = (moment(&app, 1, 0), moment(&app, 2, 0));
    let (past, far) = (moment(&app, -2, 0), moment(&app, 400, 0));
    let long = "名".repeat(61);
    let too_long = "好".repeat(683);
    for (fields, why) in [
        (["", &from, &until, "store-1", ""], "活动名称请写"),
        ([&long, &from, &until, "store-1", ""], "活动名称请写"),
        (["\u{7}", &from, &until, "store-1", ""], "活动名称请写"),
        (["店庆", "soon", &until, "store-1", ""], "这样的日期和时间"),
        (["店庆", &until, &from, "store-1", ""], "要晚于开始时间"),
        (["店庆", &past, &past, "store-1", ""], "要晚于开始时间"),
        (["店庆", &from, &far, "store-1", ""], "最长一年"),
        (["店庆", &from, &until, "nobody", ""], "至少选一家门店"),
        (["店庆", &from, &until, "store-99", ""], "而且都要还在"),
        (["店庆", &from, &until, "guide-99", ""], "而且都要还在"),
        (
            ["店庆", &from, &until, "store-1", "{{ name }}"],
            "填不出内容",
        ),
        (
            ["店庆", &from, &until, "store-1", &too_long],
            "请删去约 1 个汉字",
        ),
    ] {
        let [name, from, until, taker, welcome] = fields;
        let fields = [
            ("name", name),
            ("from", from),
            ("until", until),
            (taker, "1"),
            ("welcome", welcome),
        ];
        let sent = admin.sends(&at("/campaigns"), &fields).await;
        assert_eq!(sent.status, 400, "{fields:?}");
        assert!(sent.text.contains(why), "{fields:?}: {}", sent.text);
    }
    app.fault(json!({ "path": "/cgi-bin/qrcode/create", "errcode": 45009 }))
        .await;
    let good = [
        ("name", "店庆"),
        ("from", from.as_str()),
        ("until", until.as_str()),
        ("store-1", "1"),
    ];
    let sent = admin.sends(&at("/campaigns"), &good).await;
    assert!(sent.status == 400 && sent.text.contains("微信没有生成这张码"));
    assert!(
        admin
            .opens(&at("/campaigns"))
            .await
            .text
            .contains("还没有活动码")
    );
    let page = adds(&app, &admin, -1, 5).await;
    let edit = admin.opens(&format!("{page}/edit")).await.text;
    assert!(edit.contains(r#"name="store-2" value="1" checked"#) && edit.contains("踏青周"));
    let changed = [
        ("name", "秋日周"),
        ("from", past.as_str()),
        ("until", until.as_str()),
        ("store-2", "1"),
        ("welcome", "秋天了，我是{{ guide }}"),
    ];
    assert_eq!(
        admin.sends(&page, &changed).await.to.as_deref(),
        Some(page.as_str())
    );
    let scene = code_of(&app, &page).await.scene;
    let wang = app.person("王女士").await;
    wang.scans(&scene).await;
    wang.sees("秋天了，我是赵青").await;
    // Ended by hand, twice.
    for _ in 0..2 {
        let ended = admin.sends(&format!("{page}/end"), &[]).await;
        assert_eq!(ended.to.as_deref(), Some(page.as_str()));
    }
    let li = app.person("李先生").await;
    li.scans(&scene).await;
    li.sees("“秋日周”已经结束").await;
    let log = admin.opens("/console/audit.csv").await.text;
    assert_eq!(log.matches("修改活动码").count(), 2, "{log}");
    let foreign = admin.is_made_to_post(&page, &changed).await;
    assert_eq!(foreign.status, 403);
}
