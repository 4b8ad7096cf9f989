//! What a guide was asked "for whom is this?" about, and was told then.

use chrono::TimeDelta;

use super::{Shop, found};
use crate::kit::{TestApp, eventually, files};

/// The guide has written to nobody in particular, with two customers waiting.
async fn asks(app: &TestApp, shop: &Shop) {
    let Shop { lin, wang, .. } = shop;
    lin.phone.says("备注 #1 王独特").await;
    lin.phone.sees("王独特").await;
    let li = app.person("李先生").await;
    li.scans(&lin.scene).await;
    lin.phone.sees("新朋友 #2").await;
    for (who, text) in [(wang, "王的问题"), (&li, "李的问题")] {
        who.says(text).await;
        lin.phone.sees(text).await;
    }
    lin.phone.says("没发出的话").await;
    lin.phone.sees("发给谁").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_never_said_to_anybody_expires_with_the_pushes() {
    let mut app = TestApp::start().await;
    let shop = Shop::open(&app).await;
    asks(&app, &shop).await;
    shop.lin.phone.sends("image").await;
    eventually("the picture on the disk", async || {
        (files(&app) == 1).then_some(())
    })
    .await;
    app.later(TimeDelta::days(31)).await;
    assert!(found(&app, "没发出的话").contains("question"));
    // Each start looks.
    app.restart().await;
    eventually("its end", async || {
        (found(&app, "没发出的话").is_empty() && files(&app) == 0).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_still_waits_to_tell_a_guide_about_her_goes_with_her() {
    let app = TestApp::start().await;
    let shop = Shop::open(&app).await;
    asks(&app, &shop).await;
    shop.lin.phone.taps("to-1").await;
    shop.wang.sees("没发出的话").await;
    app.at_rest().await;
    app.alter(
        "UPDATE outbound SET state = 'held' WHERE purpose = 'notice' AND member_id IS NULL AND content LIKE '%没发出的话%'",
    )
    .await;
    let receipt = shop.erases_wang().await;
    shop.says(&receipt, "约一分钟后").await;
    app.later(TimeDelta::seconds(61)).await;
    shop.says(&receipt, "已全部删除").await;
    let tables = found(&app, "没发出的话");
    assert!(tables.is_empty(), "{tables:?}");
}
