//! Who unfollows and does not come back is erased; who comes back is not. What the platform says about people's rights is
//! done.

use chrono::TimeDelta;
use serde_json::json;

use super::{Shop, at, found, verified};
use crate::kit::{Session, Store, TestApp, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn who_unfollowed_long_ago_is_erased_and_who_came_back_is_kept() {
    for store in [Store::Sqlite, Store::Postgres, Store::MariaDb] {
        let Some(mut app) = TestApp::on(store, Session::Embedded).await else {
            continue;
        };
        app.set("DAOGOU_UNFOLLOWED_DAYS", "10");
        app.restart().await;
        app.register().await;
        let shop = Shop::open(&app).await;
        let (lin, wang) = (&shop.lin, &shop.wang);
        wang.says("王的话").await;
        lin.phone.sees("王的话").await;
        let li = app.person("李先生").await;
        li.scans(&lin.scene).await;
        li.says("李的话").await;
        lin.phone.sees("李的话").await;
        for who in [wang, &li] {
            app.later(TimeDelta::seconds(2)).await;
            who.does(json!({ "act": "unfollow" })).await;
        }
        app.later(TimeDelta::days(9)).await;
        li.does(json!({ "act": "follow" })).await;
        app.later(TimeDelta::days(2)).await;
        // Each start looks.
        app.restart().await;
        app.register().await;
        let desk = crate::kit::Desk::stranger(&app);
        let right = [("login", "he"), ("password", crate::kit::PASSWORD)];
        assert_eq!(desk.posts("/console/sign-in", &right).await.status, 303);
        eventually("she being unknown", async || {
            let list = desk.opens(&at("/erasures")).await.text;
            list.contains("正在删除").then_some(())
        })
        .await;
        app.later(TimeDelta::seconds(61)).await;
        eventually("the receipt", async || {
            let list = desk.opens(&at("/erasures")).await.text;
            (list.contains("已删除") && list.contains("取消关注到期")).then_some(())
        })
        .await;
        assert!(found(&app, &wang.openid).is_empty(), "{store:?}");
        assert!(found(&app, "王的话").is_empty(), "{store:?}");
        assert!(!found(&app, "李的话").is_empty(), "{store:?}");
        assert_eq!(desk.opens(&at("/members/2")).await.status, 200);
        assert!(
            !desk
                .opens(&at("/erasures"))
                .await
                .text
                .contains("erasures/2\"")
        );
        assert!(verified(&app), "{store:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_back_before_it_begins_is_not_erased() {
    let mut app = TestApp::start().await;
    let shop = Shop::open(&app).await;
    app.at_rest().await;
    app.stop().await;
    // As a process leaves it that dies between the order and the beginning.
    app.alter(
        "INSERT INTO erasure (member_id, account_id, cause, state, inbound_until, inbound_done, outbound_until, counts, \
         asked_at) VALUES (1, 1, 'unfollowed', 'asked', 0, 0, 0, '{}', 0)",
    )
    .await;
    app.restart().await;
    app.register().await;
    let desk = shop.desk_after_restart(&app);
    eventually("the order being withdrawn", async || {
        let list = desk.opens(&at("/erasures")).await.text;
        list.contains("还没有删除过").then_some(())
    })
    .await;
    shop.wang.says("我回来了").await;
    shop.lin.phone.sees("我回来了").await;
    assert_eq!(desk.opens(&at("/members/1")).await.status, 200);
}

/// The first member has unfollowed and come back, but her coming back is not heard yet; she is to be erased.
async fn is_back_unheard(app: &TestApp) {
    app.at_rest().await;
    for statement in [
        "UPDATE identity SET subscribed = FALSE WHERE member_id = 1",
        "UPDATE inbound SET state = 'stored', answer = 'open', answer_body = NULL WHERE event = 'subscribe' AND openid IN \
         (SELECT openid FROM identity WHERE member_id = 1)",
        "INSERT INTO erasure (member_id, account_id, cause, state, inbound_until, inbound_done, outbound_until, counts, \
         asked_at) VALUES (1, 1, 'unfollowed', 'asked', 0, 0, 0, '{}', 0)",
    ] {
        app.alter(statement).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_came_back_and_is_not_heard_yet_is_not_erased() {
    let app = TestApp::start().await;
    let shop = Shop::open(&app).await;
    let li = app.person("李先生").await;
    li.scans(&shop.lin.scene).await;
    shop.lin.phone.sees("新朋友 #2").await;
    is_back_unheard(&app).await;
    // The round that begins with his has looked at hers before.
    let erase = at("/members/2/privacy/erase");
    let sent = shop.desk.sends(&erase, &[("number", "2")]).await;
    shop.says(&sent.to.expect(&sent.text), "约一分钟后").await;
    app.pass(TimeDelta::minutes(5));
    eventually("her order being withdrawn", async || {
        let list = shop.desk.opens(&at("/erasures")).await.text;
        (!list.contains("取消关注到期")).then_some(())
    })
    .await;
    assert_eq!(shop.desk.opens(&at("/members/1")).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_to_be_erased_is_though_an_order_that_would_be_withdrawn_waits() {
    let app = TestApp::start().await;
    let shop = Shop::open(&app).await;
    is_back_unheard(&app).await;
    let receipt = shop.erases_wang().await;
    let page = shop.says(&receipt, "约一分钟后").await;
    assert!(!page.contains("取消关注到期"), "{page}");
    app.later(TimeDelta::seconds(61)).await;
    shop.says(&receipt, "已全部删除").await;
    let log = shop.desk.opens("/console/audit").await.text;
    assert!(log.contains("删除会员资料"), "{log}");
    assert!(verified(&app));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_platform_says_about_her_rights_is_done_and_its_push_keeps_no_openid() {
    let app = TestApp::start().await;
    let shop = Shop::open(&app).await;
    let Shop { desk, lin, wang } = &shop;
    let name = async || {
        lin.phone.says("备注 #1 王独特").await;
        eventually("the name", async || {
            let page = desk.opens(&at("/members/1")).await.text;
            page.contains("王独特").then_some(())
        })
        .await;
    };
    let nameless = async || {
        eventually("no name", async || {
            let page = desk.opens(&at("/members/1")).await.text;
            (!page.contains("王独特")).then_some(page)
        })
        .await
    };
    name().await;
    wang.does(json!({ "act": "modify" })).await;
    nameless().await;
    app.later(TimeDelta::seconds(2)).await;
    name().await;
    let phone = [("phone", "13812345678")];
    desk.sends(&at("/members/1/privacy/phone"), &phone).await;
    // A place is nothing of ours.
    wang.does(json!({ "act": "revoke", "revoke_info": "206" }))
        .await;
    app.later(TimeDelta::seconds(2)).await;
    eventually("the withdrawal", async || {
        let page = desk.opens(&at("/members/1")).await.text;
        (page.contains("微信平台通知") && page.contains("王独特")).then_some(())
    })
    .await;
    wang.does(json!({ "act": "revoke", "revoke_info": "205,8" }))
        .await;
    let page = nameless().await;
    assert!(!page.contains("138****5678"), "{page}");
    // Somebody nobody knows.
    let stranger = app.person("路人").await;
    stranger.does(json!({ "act": "cancel" })).await;
    app.later(TimeDelta::seconds(2)).await;
    assert!(
        desk.opens(&at("/erasures"))
            .await
            .text
            .contains("还没有删除过")
    );
    assert!(
        found(&app, &stranger.openid).is_empty(),
        "a stranger's openid is kept"
    );

    wang.does(json!({ "act": "cancel" })).await;
    let list = eventually("an erasure", async || {
        let list = desk.opens(&at("/erasures")).await.text;
        list.contains("微信账号注销").then_some(list)
    })
    .await;
    assert!(list.contains("/erasures/1"), "{list}");
    shop.says(&at("/erasures/1"), "约一分钟后").await;
    app.later(TimeDelta::seconds(61)).await;
    shop.says(&at("/erasures/1"), "已全部删除").await;
    assert!(found(&app, &wang.openid).is_empty());
}
