//! An answer that had not arrived when its guide left answers nothing: the question goes along.

use daogou_schema::outbound::State;
use serde_json::json;

use super::{STORES, Shop, shop};
use crate::kit::{Guide, Phone, TestApp};

/// She asked, and the guide's answer is held, because WeChat says that the window is used up.
async fn asks_in_vain(app: &TestApp, guide: &Guide) -> Phone {
    let wang = app.person("王女士").await;
    wang.scans(&guide.scene).await;
    wang.sees("林小满").await;
    app.at_rest().await;
    wang.says("有货吗").await;
    guide.phone.sees("有货吗").await;
    app.at_rest().await;
    app.fault(json!({ "path": "/cgi-bin/message/custom/send", "errcode": 45047 }))
        .await;
    guide.phone.says("有的").await;
    app.outcome(&wang, "有的", State::Held).await;
    wang
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_answer_was_held_when_her_guide_left_is_asked_about_by_the_next() {
    for store in STORES {
        let Some(shop) = shop(store).await else {
            continue;
        };
        let Shop { app, lin, chen, .. } = &shop;
        let wang = asks_in_vain(app, lin).await;

        let page = shop.freezes(lin, "departure").await;
        shop.gives(&page, &[chen]).await;

        chen.phone.sees("有货吗").await;
        app.outcome(&wang, "有的", State::Dropped).await;
        chen.phone.says("#1 还有两件").await;
        wang.says("还在吗").await;
        wang.sees("还有两件").await;
        assert_eq!(wang.count("有的").await, 0, "{store:?}");
        assert_eq!(chen.phone.count("有货吗").await, 1, "{store:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_she_got_before_answers_what_she_asked_before() {
    let Some(shop) = shop(STORES[0]).await else {
        return;
    };
    let Shop { app, lin, chen, .. } = &shop;
    let wang = app.person("王女士").await;
    wang.scans(&lin.scene).await;
    wang.sees("林小满").await;
    wang.says("有货吗").await;
    lin.phone.sees("有货吗").await;
    lin.phone.says("有的").await;
    wang.sees("有的").await;
    app.fault(json!({ "path": "/cgi-bin/message/custom/send", "errcode": 45047 }))
        .await;
    lin.phone.says("还有红色").await;
    app.outcome(&wang, "还有红色", State::Held).await;

    let page = shop.freezes(lin, "departure").await;
    shop.gives(&page, &[chen]).await;

    app.outcome(&wang, "还有红色", State::Dropped).await;
    app.at_rest().await;
    assert_eq!(chen.phone.count("有货吗").await, 0, "it was answered");
}
