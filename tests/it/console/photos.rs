//! Guides' photos: set by whoever looks after the store, seen on pages and posters, kept once, and gone some time after nobody
//! uses them.

use chrono::TimeDelta;
use daogou_schema::picture;
use sea_orm::{EntityTrait, PaginatorTrait};

use super::at;
use crate::kit::{Desk, TestApp, drawn, eventually, files};

const PHOTO: &str = "/guides/1/photo";

async fn shop(app: &TestApp) -> Desk {
    let admin = Desk::admin(app, "he").await;
    for store in ["城北店", "城西店"] {
        admin.sends(&at("/stores"), &[("name", store)]).await;
    }
    for (name, store) in [("林小满", "1"), ("吴桐", "1")] {
        let guide = [("name", name), ("store", store), ("welcome", "")];
        admin.sends(&at("/guides"), &guide).await;
    }
    admin
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_is_seen_wherever_the_guide_is_and_kept_once() {
    let app = TestApp::start().await;
    let admin = shop(&app).await;
    assert_eq!(admin.opens(&at(PHOTO)).await.status, 404);
    let face = drawn(90);
    // What it is called counts for nothing.
    let sent = admin
        .uploads(&at(PHOTO), &[], "../../照片.exe", &face)
        .await;
    assert_eq!(sent.to, Some(at("/guides/1")), "{}", sent.text);
    assert_eq!(admin.saves(&at(PHOTO)).await, face);
    for page in ["/guides", "/guides/1", "/guides/1/poster", "/posters"] {
        let shown = admin.opens(&at(page)).await.text;
        assert!(shown.contains(&at("/guides/1/photo?v=1")), "{page}");
    }
    let manager = admin.invites(&app, "zhang", "store_manager", "1").await;
    let same = manager
        .uploads(&at("/guides/2/photo"), &[], "b.png", &face)
        .await;
    assert_eq!(same.status, 303, "{}", same.text);
    assert_eq!(files(&app), 1, "the same picture is kept once");
    let log = admin.opens("/console/audit").await.text;
    assert!(log.contains("照片"), "{log}");
    let other = admin.invites(&app, "zhou", "store_manager", "2").await;
    for desk in [&other, &Desk::stranger(&app)] {
        assert_ne!(desk.opens(&at(PHOTO)).await.status, 200);
    }
    let refused = other.uploads(&at(PHOTO), &[], "a.png", &drawn(10)).await;
    assert_eq!(refused.status, 404);
    let taken = manager.sends(&at("/guides/1/photo/remove"), &[]).await;
    assert_eq!(taken.status, 303);
    assert_eq!(admin.opens(&at(PHOTO)).await.status, 404);
    assert_eq!(admin.saves(&at("/guides/2/photo")).await, face);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_picture_is_refused_in_words() {
    let app = TestApp::start().await;
    let admin = shop(&app).await;
    let huge = [b"\xff\xd8\xff".to_vec(), vec![0; 10 * 1024 * 1024]].concat();
    for (bytes, told) in [
        (&b""[..], "请选择一张图片"),
        (b"<svg onload=alert(1)></svg>", "只能上传 JPG"),
        (b"\xff\xd8\xff\xe0 cut off", "只能上传 JPG"),
        (b"GIF89a\xff\xff\xff\xff\0\0\0;", "长宽太大"),
        (&huge, "不能超过 10 MB"),
    ] {
        let sent = admin.uploads(&at(PHOTO), &[], "a.jpg", bytes).await;
        assert_eq!(sent.status, 400, "{told}");
        assert!(sent.text.contains(told), "{told}: {}", sent.text);
        assert!(sent.text.contains("aria-invalid=\"true\""));
    }
    assert_eq!(admin.sends(&at(PHOTO), &[]).await.status, 400, "no file");
    assert_eq!(files(&app), 0);
    let gone = admin
        .uploads(&at("/guides/99/photo"), &[], "a.png", &drawn(1))
        .await;
    assert_eq!(gone.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_uses_any_more_is_removed_after_a_month() {
    let mut app = TestApp::start().await;
    let admin = shop(&app).await;
    for (guide, shade) in [(1, 10), (1, 20), (2, 30)] {
        let form = at(&format!("/guides/{guide}/photo"));
        let sent = admin.uploads(&form, &[], "a.png", &drawn(shade)).await;
        assert_eq!(sent.status, 303, "{}", sent.text);
    }
    assert_eq!(files(&app), 3);
    // As when she left, some weeks before.
    let left = app.clock.now().timestamp_millis();
    app.alter(&format!("UPDATE guide SET left_at = {left} WHERE id = 2"))
        .await;
    app.later(TimeDelta::days(31)).await;
    // Each start looks.
    app.restart().await;
    // Nobody stays signed in so long; and the chance of tests begins anew.
    app.alter("DELETE FROM sign_in").await;
    let admin = Desk::admin(&app, "ma").await;
    let db = app.database().await;
    eventually("only the present photo being left", async || {
        let rows = picture::Entity::find().count(&db).await.expect("a count");
        (rows == 1 && files(&app) == 1).then_some(())
    })
    .await;
    assert_eq!(admin.saves(&at(PHOTO)).await, drawn(20));
    // It can be set again.
    let again = admin.uploads(&at(PHOTO), &[], "a.png", &drawn(10)).await;
    assert_eq!(again.status, 303);
    assert_eq!(admin.saves(&at(PHOTO)).await, drawn(10));
}
