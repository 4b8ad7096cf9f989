//! After an erasure nothing of her is found anywhere, and everybody else is as before.

use chrono::TimeDelta;
use daogou_schema::{binding, member_tag};
use sea_orm::EntityTrait;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{Shop, at, found, verified};
use crate::kit::{APPID, Session, Store, TestApp, eventually, files};

#[tokio::test(flavor = "multi_thread")]
async fn after_an_erasure_nothing_of_her_is_found_in_the_whole_store() {
    for store in [Store::Sqlite, Store::Postgres, Store::MariaDb] {
        if let Some(app) = TestApp::on(store, Session::Embedded).await {
            Box::pin(nothing_is_found(app)).await;
        }
    }
}

async fn nothing_is_found(app: TestApp) {
    let shop = Shop::open(&app).await;
    let Shop { desk, lin, wang } = &shop;
    let li = app.person("李先生").await;
    li.scans(&lin.scene).await;
    lin.phone.sees("新朋友 #2").await;
    wang.says("我住在独特路八号").await;
    lin.phone.sees("独特路八号").await;
    lin.phone.says("#1 独特的回答").await;
    wang.sees("独特的回答").await;
    lin.phone.says("备注 #1 王独特").await;
    lin.phone.sees("王独特").await;
    wang.sends("image").await;
    lin.phone.sees_a("image").await;
    li.says("李先生的问题").await;
    lin.phone.sees("李先生的问题").await;
    wang.says("我也问独特的事").await;
    lin.phone.sees("独特的事").await;
    // Asked about, and then said to be for her.
    lin.phone.says("先问后发的独特话").await;
    lin.phone.sees("发给谁").await;
    lin.phone.taps("to-1").await;
    wang.sees("先问后发的独特话").await;
    for word in ["退订", "恢复订阅"] {
        wang.says(word).await;
        app.later(TimeDelta::seconds(2)).await;
    }
    let phone = [("phone", "13812345678")];
    desk.sends(&at("/members/1/privacy/phone"), &phone).await;
    app.alter("UPDATE member SET unionid = 'uIstEinzigartig' WHERE id = 1")
        .await;
    eventually("her picture on the disk", async || {
        (files(&app) == 1).then_some(())
    })
    .await;
    app.at_rest().await;
    for text in [&wang.openid, "uIstEinzigartig", "独特", "138****5678"] {
        assert!(!found(&app, text).is_empty(), "{text}");
    }

    let wrong = desk
        .sends(&at("/members/1/privacy/erase"), &[("number", "2")])
        .await;
    assert_eq!(wrong.status, 400);
    assert!(wrong.text.contains("请填写会员号 1"), "{}", wrong.text);
    let receipt = shop.erases_wang().await;
    // Whoever asks twice gets the same receipt, or finds nobody.
    let again = desk
        .sends(&at("/members/1/privacy/erase"), &[("number", "1")])
        .await;
    assert!(again.status == 404 || again.to.as_ref() == Some(&receipt));
    shop.says(&receipt, "约一分钟后").await;
    assert_eq!(desk.opens(&at("/members/1")).await.status, 404);
    assert!(wang.chat().await.len() > 3, "her own phone keeps its chat");
    app.later(TimeDelta::seconds(61)).await;
    let page = shop.says(&receipt, "已全部删除").await;

    for text in [
        wang.openid.as_str(),
        "uIstEinzigartig",
        "独特",
        "138****5678",
    ] {
        let tables = found(&app, text);
        assert!(tables.is_empty(), "{text} in {tables:?}");
    }
    assert_eq!(files(&app), 0, "her picture is still there");
    assert!(!found(&app, "李先生的问题").is_empty());
    assert!(!found(&app, &li.openid).is_empty());
    assert!(verified(&app));

    let proof: String = Sha256::digest(format!("{APPID}:{}", wang.openid))
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert!(
        page.contains(&proof) && page.contains("DEL-000001"),
        "{page}"
    );
    assert!(!page.contains(&wang.openid) && !page.contains("独特"));
    // The guide goes on with the others, and nobody is called by her number.
    lin.phone.says("#1 还在吗").await;
    lin.phone.sees("没有").await;
    li.says("继续说").await;
    lin.phone.sees("继续说").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_writes_while_she_is_being_erased_is_somebody_new_and_keeps_what_she_says() {
    for store in [Store::Sqlite, Store::Postgres, Store::MariaDb] {
        let Some(app) = TestApp::on(store, Session::Embedded).await else {
            continue;
        };
        let shop = Shop::open(&app).await;
        let Shop { desk, lin, wang } = &shop;
        wang.says("从前的话").await;
        lin.phone.sees("从前的话").await;
        // What is held for her is dropped.
        let shut = json!({ "path": "/cgi-bin/message/custom/send", "errcode": 45015, "times": 1 });
        app.fault(shut).await;
        lin.phone.says("#1 等她的话").await;
        lin.phone.sees("没有送出").await;
        let receipt = shop.erases_wang().await;
        shop.says(&receipt, "约一分钟后").await;
        wang.says("我又来了").await;
        app.later(TimeDelta::seconds(61)).await;
        wang.scans(&lin.scene).await;
        lin.phone.sees("新朋友 #2").await;
        shop.says(&receipt, "已全部删除").await;
        wang.says("现在的话").await;
        lin.phone.sees("现在的话").await;
        lin.phone.says("#2 好的呀").await;
        wang.sees("好的呀").await;
        assert_eq!(wang.count("等她的话").await, 0, "{store:?}");
        assert!(found(&app, "从前的话").is_empty(), "{store:?}");
        assert!(!found(&app, "我又来了").is_empty(), "{store:?}");
        let page = desk.opens(&at("/members/2")).await;
        assert!(page.text.contains("现在的话") && page.text.contains("好的呀"));
        assert!(!page.text.contains("从前的话"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_page_that_was_open_sets_while_she_is_being_erased_goes_too() {
    let app = TestApp::start().await;
    let shop = Shop::open(&app).await;
    shop.desk.sends(&at("/tags"), &[("name", "熟客")]).await;
    app.at_rest().await;
    let receipt = shop.erases_wang().await;
    shop.says(&receipt, "约一分钟后").await;
    // Written by a unit that had found her a moment before she became unknown.
    for statement in [
        "INSERT INTO member_tag (tag_id, member_id, at) SELECT id, 1, 0 FROM tag",
        "INSERT INTO binding (member_id, guide_id, store_id, bound_at) VALUES (1, 1, 1, 0)",
    ] {
        app.alter(statement).await;
    }
    app.later(TimeDelta::seconds(61)).await;
    shop.says(&receipt, "已全部删除").await;
    let db = app.database().await;
    let tagged = member_tag::Entity::find().all(&db).await.expect("tags");
    assert_eq!(tagged, []);
    let bound = binding::Entity::find().all(&db).await.expect("bindings");
    assert_eq!(bound, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_who_is_a_guide_by_now_goes_on_as_a_guide() {
    let app = TestApp::start().await;
    let shop = Shop::open(&app).await;
    let wang = &shop.wang;
    wang.says("做顾客时说的").await;
    shop.lin.phone.sees("做顾客时说的").await;
    let guide = app.unlinked_guide("王导购", super::STORE).await;
    wang.scans(&guide.link_scene).await;
    wang.sees("已和导购身份关联").await;
    wang.says("上班").await;
    let li = app.person("李先生").await;
    li.scans(&guide.scene).await;
    wang.sees("新朋友 #1").await;
    app.at_rest().await;
    let receipt = shop.erases_wang().await;
    shop.says(&receipt, "约一分钟后").await;
    li.says("导购在吗").await;
    wang.sees("导购在吗").await;
    app.later(TimeDelta::seconds(61)).await;
    shop.says(&receipt, "已全部删除").await;
    wang.says("在的").await;
    li.sees("在的").await;
    assert!(found(&app, "做顾客时说的").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn strange_numbers_and_foreign_pages_erase_nobody() {
    let app = TestApp::start().await;
    let shop = Shop::open(&app).await;
    let path = at("/members/1/privacy/erase");
    for number in [
        "",
        "01",
        "一",
        "2",
        "99999999999999999999",
        "1; DROP TABLE member",
    ] {
        let sent = shop.desk.sends(&path, &[("number", number)]).await;
        assert_eq!(sent.status, 400, "{number:?}");
    }
    assert_eq!(shop.desk.posts(&path, &[("number", "1")]).await.status, 403);
    let made = shop.desk.is_made_to_post(&path, &[("number", "1")]).await;
    assert_eq!(made.status, 403);
    let none = shop.desk.opens(&at("/erasures")).await.text;
    assert!(none.contains("还没有删除过"), "{none}");
}
