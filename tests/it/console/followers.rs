//! Who followed before the house was there: taken in once, quietly, and right in the end whatever they do meanwhile.

use chrono::TimeDelta;
use daogou_schema::follower_sync::{self, State};
use daogou_schema::{MemberId, identity, member, outbound, unbound};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use serde_json::json;

use super::at;
use crate::kit::{Desk, Guide, Phone, Process, TestApp, eventually, within};

/// More than a page of WeChat's list.
const MANY: u64 = 10_050;

async fn shop(app: &TestApp) -> (Desk, Guide) {
    let admin = Desk::admin(app, "he").await;
    app.add_store("城北店");
    (admin, app.guide("林小满", "城北店").await)
}

async fn run(app: &TestApp) -> follower_sync::Model {
    let newest = follower_sync::Entity::find().order_by_desc(follower_sync::Column::Id);
    let found = newest.one(&app.database().await).await;
    found.expect("runs").expect("one")
}

/// The newest run, once it stands so.
async fn ends(app: &TestApp, state: State) -> follower_sync::Model {
    let patience = std::time::Duration::from_secs(240);
    within(patience, "the run's end", async || {
        let run = run(app).await;
        (run.state == state).then_some(run)
    })
    .await
}

async fn count<E: EntityTrait>(app: &TestApp) -> u64
where
    E::Model: Send + Sync,
{
    let all = E::find().count(&app.database().await).await;
    all.expect("a count")
}

async fn is_in_the_pool(app: &TestApp, phone: &Phone) -> bool {
    let member = app.identity_of(phone).await.expect("known").member_id;
    let found = unbound::Entity::find().filter(unbound::Column::MemberId.eq(member));
    let found = found.one(&app.database().await).await;
    found.expect("the pool").is_some()
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_comes_into_the_pool_once_and_without_a_word() {
    let app = TestApp::start().await;
    let (admin, lin) = shop(&app).await;
    let wang = app.person("王女士").await;
    wang.scans(&lin.scene).await;
    wang.sees("林小满").await;
    let gone = app.person("走了").await;
    gone.does(json!({ "act": "follow" })).await;
    app.later(TimeDelta::seconds(2)).await;
    gone.does(json!({ "act": "unfollow" })).await;
    app.at_rest().await;
    let [first, last] = app.crowd(MANY).await;
    let page = admin.opens(&at("/followers")).await.text;
    assert!(page.contains("还没有同步过"), "{page}");
    app.control("/sandbox/v1/quirks", json!({ "latency_ms": 15 }))
        .await;
    let begun = std::time::Instant::now();
    let sent = admin.sends(&at("/followers/start"), &[]).await;
    assert_eq!(sent.to, Some(at("/followers")));
    // Pressed twice it is one run.
    admin.sends(&at("/followers/start"), &[]).await;
    eventually("the first of them", async || {
        app.identity_of(&first).await.map(drop)
    })
    .await;
    // While it goes on, the first one leaves and the last one scans.
    first.does(json!({ "act": "unfollow" })).await;
    last.scans(&lin.scene).await;
    last.sees("林小满").await;
    let page = admin.opens(&at("/followers")).await.text;
    assert!(page.contains("同步中") || page.contains("已完成"), "{page}");
    let done = ends(&app, State::Done).await;
    println!("{MANY} followers taken in, {:?}", begun.elapsed());
    let followers = i32::try_from(MANY).expect("few");
    // The last one, Wang and Lin were known by then.
    assert_eq!(
        (done.added, done.joined, done.left_out),
        (followers - 1, 0, 0)
    );
    assert_eq!(done.seen, followers + 2);
    assert_eq!(
        (done.page, done.place),
        (None, None),
        "nobody's openid stays"
    );
    // Lin is staff and nobody's customer.
    assert_eq!(count::<identity::Entity>(&app).await, MANY + 2);
    let identity = app.identity_of(&first).await.expect("known");
    assert!(!identity.subscribed && identity.unsubscribed_at.is_some());
    assert_eq!(
        identity.subscribe_scene.as_deref(),
        Some("ADD_SCENE_SEARCH")
    );
    assert!(identity.first_subscribed_at < identity.unsubscribed_at);
    let hers = at(&format!("/members/{}", identity.member_id));
    assert!(admin.opens(&hers).await.text.contains("来自搜一搜"));
    assert!(is_in_the_pool(&app, &first).await);
    assert!(!is_in_the_pool(&app, &last).await && !is_in_the_pool(&app, &wang).await);
    assert_eq!(app.guide_of(&last).await, app.guide_of(&wang).await);
    let member = member::Entity::find_by_id(identity.member_id);
    let member = member.one(&app.database().await).await.expect("members");
    assert!(member.expect("she").unionid.is_some());
    // Nobody was greeted, and nobody counts as new but those who came themselves.
    let to_first = outbound::Entity::find().filter(outbound::Column::Openid.eq(&first.openid));
    let to_first = to_first.count(&app.database().await).await;
    assert_eq!(to_first.expect("messages"), 0);
    let followed: i32 = app.counted().await.iter().map(|day| day.followed).sum();
    assert_eq!(followed, 2, "Wang and who is gone");
    // Twice makes nothing twice.
    let (members, pool) = (
        count::<member::Entity>(&app).await,
        count::<unbound::Entity>(&app).await,
    );
    admin.sends(&at("/followers/start"), &[]).await;
    let again = ends(&app, State::Done).await;
    assert_eq!((again.added, again.back), (0, 0));
    assert_eq!(again.seen, followers + 1, "the first one has left");
    assert_eq!(count::<member::Entity>(&app).await, members);
    assert_eq!(count::<unbound::Entity>(&app).await, pool);
    let page = admin.opens(&at("/followers")).await.text;
    assert!(page.contains("以前的同步") && page.contains("新进会员池"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_known_elsewhere_is_joined_who_came_back_unheard_follows_and_who_was_erased_stays_out()
 {
    let mut app = TestApp::start().await;
    let (admin, lin) = shop(&app).await;
    let [first, _] = app.crowd(3).await;
    let url = format!("{}/sandbox/v1/people/{}", app.sandbox, first.id);
    let told = app.http.get(url).send().await.expect("an answer");
    let told: serde_json::Value = told.json().await.expect("JSON");
    let unionid = told["unionid"].as_str().expect("a unionid");
    app.alter(&format!(
        "INSERT INTO member (unionid, quiet, muted, created_at) VALUES ('{unionid}', FALSE, FALSE, 1)"
    ))
    .await;
    let elsewhere = member::Entity::find().filter(member::Column::Unionid.eq(unionid));
    let elsewhere = elsewhere.one(&app.database().await).await;
    let elsewhere = elsewhere.expect("members").expect("one").id;
    let (back, erased) = (app.person("回来").await, app.person("抹去").await);
    for person in [&back, &erased] {
        person.scans(&lin.scene).await;
        person.sees("林小满").await;
    }
    app.later(TimeDelta::seconds(2)).await;
    back.does(json!({ "act": "unfollow" })).await;
    app.at_rest().await;
    let MemberId(number) = app.identity_of(&erased).await.expect("known").member_id;
    let number = number.to_string();
    let fields = [("number", number.as_str())];
    let hers = at(&format!("/members/{number}/privacy/erase"));
    let receipt = admin.sends(&hers, &fields).await.to.expect("a receipt");
    eventually("her being unknown", async || {
        app.identity_of(&erased).await.is_none().then_some(())
    })
    .await;
    app.pass(TimeDelta::seconds(61));
    eventually("the receipt", async || {
        let shown = admin.opens(&receipt).await.text;
        shown.contains("已全部删除").then_some(())
    })
    .await;
    // She comes back while nobody listens: WeChat gives up.
    app.stop().await;
    back.act(json!({ "act": "follow" })).await;
    app.restart().await;
    app.register().await;
    let mut admin = admin;
    admin.follows(&app);
    admin.sends(&at("/followers/start"), &[]).await;
    let done = ends(&app, State::Done).await;
    assert_eq!((done.added, done.joined), (3, 1));
    assert_eq!((done.back, done.left_out), (1, 1));
    let joined = app.identity_of(&first).await.expect("known");
    assert_eq!(joined.member_id, elsewhere);
    assert!(is_in_the_pool(&app, &first).await);
    assert!(app.identity_of(&back).await.expect("known").subscribed);
    assert!(app.guide_of(&back).await.is_some(), "her guide is hers");
    assert!(app.identity_of(&erased).await.is_none());
    let page = admin.opens(&at("/followers")).await.text;
    assert!(page.contains("本人要求删除过资料") && page.contains("悄悄重新关注"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_process_and_a_stop_go_on_where_they_ended() {
    let mut app = TestApp::start().await;
    let (mut admin, _) = shop(&app).await;
    app.crowd(4_000).await;
    app.control("/sandbox/v1/quirks", json!({ "latency_ms": 80 }))
        .await;
    admin.sends(&at("/followers/start"), &[]).await;
    app.stop().await;
    let before = run(&app).await.seen;
    let mut server = Process::serve(&app, &[]);
    eventually("a part being there", async || {
        (run(&app).await.seen > before).then_some(())
    })
    .await;
    server.kill();
    let half = run(&app).await;
    assert!(
        half.seen < 4_001 && half.state == State::Running,
        "{half:?}"
    );
    assert!(half.place.is_some());
    app.restart().await;
    admin.follows(&app);
    eventually("more", async || {
        (run(&app).await.seen > half.seen).then_some(())
    })
    .await;
    admin.sends(&at("/followers/stop"), &[]).await;
    let stopped = run(&app).await;
    assert_eq!(stopped.state, State::Stopped, "{stopped:?}");
    let page = admin.opens(&at("/followers")).await.text;
    assert!(
        page.contains("已停止") && page.contains("继续同步"),
        "{page}"
    );
    admin.sends(&at("/followers/start"), &[]).await;
    let done = ends(&app, State::Done).await;
    assert_eq!(done.id, stopped.id, "it is the same run");
    // Each of them and Lin's own WeChat, once.
    assert_eq!((done.seen, done.added), (4_001, 4_000));
    assert_eq!(count::<unbound::Entity>(&app).await, 4_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_wechat_refuses_is_said_and_waited_for_or_put_right() {
    let app = TestApp::start().await;
    let (admin, _) = shop(&app).await;
    app.crowd(150).await;
    let list = "/cgi-bin/user/get";
    app.fault(json!({ "path": list, "errcode": 45009 })).await;
    admin.sends(&at("/followers/start"), &[]).await;
    let reads = async |words: &str| {
        eventually(words, async || {
            let page = admin.opens(&at("/followers")).await.text;
            page.contains(words).then_some(())
        })
        .await;
    };
    reads("今天的调用次数已用完").await;
    reads("下次尝试").await;
    app.fault(json!({ "path": "/cgi-bin/user/info/batchget", "errcode": 48001 }))
        .await;
    app.pass(TimeDelta::hours(1));
    reads("没有获取粉丝列表的权限").await;
    assert_eq!(run(&app).await.state, State::Failed);
    admin.sends(&at("/followers/start"), &[]).await;
    let done = ends(&app, State::Done).await;
    assert_eq!((done.seen, done.added), (151, 150));
    let log = admin.opens("/console/audit.csv").await.text;
    assert_eq!(log.matches("同步已有粉丝").count(), 2, "{log}");
    // There is nothing to stop, and nobody else's page can begin one.
    assert_eq!(admin.sends(&at("/followers/stop"), &[]).await.status, 303);
    let foreign = admin.is_made_to_post(&at("/followers/start"), &[]).await;
    assert_eq!(foreign.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mini_program_has_no_followers() {
    use crate::kit::{Session, Store};
    let app = TestApp::with(Store::Sqlite, Session::Embedded, "secure", "miniprogram").await;
    let app = app.expect("a database");
    let admin = Desk::admin(&app, "he").await;
    let page = admin.opens(&at("/followers")).await.text;
    assert!(page.contains("小程序没有粉丝"), "{page}");
    let sent = admin.sends(&at("/followers/start"), &[]).await;
    assert_eq!(sent.status, 404);
}
