//! Posters and the pictures of codes: one, many, and not too many.

use super::at;
use crate::kit::{Desk, TestApp};

async fn two_stores(app: &TestApp) -> Desk {
    let admin = Desk::admin(app, "he").await;
    for name in ["城北店", "城西店"] {
        admin.sends(&at("/stores"), &[("name", name)]).await;
    }
    for (name, store) in [("林小满", "1"), ("吴桐", "1"), ("<b>郑好</b>", "2")] {
        let guide = [("name", name), ("store", store), ("welcome", "")];
        let added = admin.sends(&at("/guides"), &guide).await;
        assert_eq!(added.status, 303, "{}", added.text);
    }
    admin
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poster_says_who_where_and_what_for() {
    let app = TestApp::start().await;
    let admin = two_stores(&app).await;
    let one = admin.opens(&at("/guides/1/poster")).await;
    assert_eq!(one.status, 200);
    for words in [
        "林小满",
        "城北店 · 专属导购",
        "/guides/1/code.svg",
        "微信扫一扫",
    ] {
        assert!(one.text.contains(words), "{words}");
    }
    assert!(one.text.contains("posters--a4") && !one.text.contains("吴桐"));
    let small = admin.opens(&at("/guides/1/poster?size=a5")).await;
    assert!(small.text.contains("posters--a5"));
    let named = admin.opens(&at("/guides/3/poster")).await;
    assert!(named.text.contains("&lt;b&gt;郑好") && !named.text.contains("<b>郑好"));
    let store = admin.opens(&at("/stores/1/poster")).await;
    assert!(store.text.contains("城北店") && store.text.contains("/stores/1/code.svg"));
    assert_eq!(admin.opens(&at("/stores/9/poster")).await.status, 404);
    // The ways there.
    let page = admin.opens(&at("/guides/1")).await.text;
    assert!(page.contains(&at("/guides/1/poster")));
    let page = admin.opens(&at("/stores")).await.text;
    assert!(page.contains(&at("/stores/2/poster")));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_posters_and_pictures_are_those_that_were_ticked() {
    let app = TestApp::start().await;
    let admin = two_stores(&app).await;
    let sheets = async |asked: &str| {
        let page = admin.opens(&at(&format!("/posters{asked}"))).await;
        page.text.matches("class=\"poster\"").count()
    };
    assert_eq!(sheets("").await, 3);
    assert_eq!(sheets("?store=1").await, 2);
    assert_eq!(sheets("?guide=1&guide=3").await, 2);
    assert_eq!(sheets("?guide=1&guide=3&store=2").await, 1);
    let packed = admin.opens(&at("/codes.zip?store=1")).await;
    assert_eq!(packed.status, 200);
    assert!(packed.text.starts_with("PK"), "a ZIP archive");
    for (name, inside) in [
        ("城北店-林小满-1.png", true),
        ("城北店-吴桐-2.png", true),
        ("郑好", false),
    ] {
        assert_eq!(packed.text.contains(name), inside, "{name}");
    }
    let all = admin.opens(&at("/codes.zip")).await.text;
    assert!(
        all.contains("城西店-_b_郑好__b_-3.png"),
        "a name for any system"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_a_printer_takes_is_refused_with_a_way_out() {
    let app = TestApp::start().await;
    let admin = two_stores(&app).await;
    let more: Vec<String> = (0..500)
        .map(|n| format!("(1, 1, '导购{n}', TRUE, 0, 0)"))
        .collect();
    app.alter(&format!(
        "INSERT INTO guide (account_id, store_id, name, on_duty, last_number, created_at) VALUES {}",
        more.join(", ")
    ))
    .await;
    let posters = admin.opens(&at("/posters")).await;
    assert_eq!(posters.status, 400);
    assert!(posters.text.contains("一次最多 100 张，现在选了 503 张"));
    let packed = admin.opens(&at("/codes.zip?store=1")).await;
    assert_eq!(packed.status, 400);
    assert!(packed.text.contains("一次最多 500 张"));
    assert_eq!(admin.opens(&at("/posters?store=2")).await.status, 200);
}
