//! What is somebody else's is nobody's to her, and who has left is nobody here.

use super::at;
use crate::kit::{Desk, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_reaches_no_other_stores_row_by_any_parameter() {
    let app = TestApp::start().await;
    let admin = Desk::admin(&app, "he").await;
    for name in ["城北店", "城西店"] {
        admin.sends(&at("/stores"), &[("name", name)]).await;
    }
    let west = app.guide("吴桐", "城西店").await;
    let li = app.person("李先生").await;
    li.scans(&west.scene).await;
    li.sees("吴桐").await;
    let manager = admin.invites(&app, "zhang", "store_manager", "1").await;
    for query in [
        "",
        "?store=2",
        "?guide=1",
        "?q=1",
        "?q=%231",
        "?after=99999999999999.99",
        "?store=2&after=99999999999999.99",
    ] {
        let hers = manager.opens(&at(&format!("/members{query}"))).await;
        assert_eq!(hers.status, 200);
        assert!(!hers.text.contains("/members/1\""), "{query}");
    }
    assert!(
        admin
            .opens(&at("/members"))
            .await
            .text
            .contains("/members/1\"")
    );
    assert!(!manager.opens(&at("/guides")).await.text.contains("吴桐"));
    assert!(!manager.opens(&at("/stores")).await.text.contains("城西店"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_left_is_out_at_once_and_nobody_dismisses_herself() {
    let app = TestApp::start().await;
    let admin = Desk::admin(&app, "he").await;
    let operator = admin.invites(&app, "zhou", "hq_operator", "").await;
    assert_eq!(operator.opens(&at("")).await.status, 200);
    admin.sends("/console/staff/2/sign-out", &[]).await;
    assert_eq!(operator.opens(&at("")).await.status, 303);
    let right = [("login", "zhou"), ("password", crate::kit::PASSWORD)];
    assert_eq!(operator.posts("/console/sign-in", &right).await.status, 303);
    admin.sends("/console/staff/2/leave", &[]).await;
    assert_eq!(operator.opens(&at("")).await.status, 303);
    assert_eq!(operator.posts("/console/sign-in", &right).await.status, 401);
    assert_eq!(admin.sends("/console/staff/1/leave", &[]).await.status, 409);
    assert_eq!(admin.opens(&at("")).await.status, 200);
}
