//! She leaves and comes back: the guide is told, the binding stays, the history grows.

use daogou_schema::GuideId;
use daogou_schema::binding_event::Reason;
use serde_json::json;

use super::{STORE, reasons};
use crate::kit::{Guide, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn unfollowing_and_following_again_is_told_to_the_guide_and_the_binding_stays() {
    let app = TestApp::start().await;
    app.add_store(STORE);
    let lin = app.guide("林小满", STORE).await;
    goes_and_comes_back(&app, &lin).await;
}

pub(super) async fn goes_and_comes_back(app: &TestApp, lin: &Guide) {
    let chen = app.person("陈小姐").await;
    chen.scans(&lin.scene).await;
    lin.phone.says("列表").await;
    chen.does(json!({ "act": "unfollow" })).await;
    lin.phone.sees("取消了关注").await;
    assert_eq!(app.guide_of(&chen).await, Some(GuideId(lin.id)));
    let identity = app.identity_of(&chen).await.expect("she is known");
    assert!(!identity.subscribed && identity.unsubscribed_at.is_some());
    chen.does(json!({ "act": "follow" })).await;
    lin.phone.sees("重新关注了").await;
    assert_eq!(app.guide_of(&chen).await, Some(GuideId(lin.id)));
    assert_eq!(
        reasons(app, &chen).await,
        [Reason::Scan, Reason::Unfollowed, Reason::Refollowed]
    );
    chen.says("我又回来了").await;
    lin.phone.sees("我又回来了").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn coming_back_by_another_guides_code_keeps_the_rule_of_the_account() {
    let app = TestApp::start().await;
    let (lin, wu) = super::two_guides(&app).await;
    let wang = app.person("王女士").await;
    wang.scans(&lin.scene).await;
    wang.does(json!({ "act": "unfollow" })).await;
    lin.phone.sees("取消了关注").await;
    wang.scans(&wu.scene).await;
    wang.sees("您的专属导购仍是 林小满").await;
    lin.phone.sees("重新关注了").await;
    assert_eq!(
        reasons(&app, &wang).await,
        [
            Reason::Scan,
            Reason::Unfollowed,
            Reason::Refollowed,
            Reason::Kept
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_somebody_who_has_unfollowed_says_why_it_waits_and_comes_when_she_is_back() {
    let app = TestApp::start().await;
    app.add_store(STORE);
    let lin = app.guide("林小满", STORE).await;
    let wang = app.person("王女士").await;
    wang.scans(&lin.scene).await;
    wang.says("有货吗").await;
    lin.phone.sees("有货吗").await;
    wang.does(json!({ "act": "unfollow" })).await;
    lin.phone.sees("取消了关注").await;
    lin.phone.says("#1 有的").await;
    lin.phone.sees("对方已取消关注").await;
    assert_eq!(wang.count("有的").await, 0);
    wang.does(json!({ "act": "follow" })).await;
    wang.sees("有的").await;
    assert_eq!(wang.count("有的").await, 1);
}
