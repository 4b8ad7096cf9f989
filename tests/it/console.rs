//! The console of headquarters from outside: who comes in, who sees what, and what the pages do.

mod accounts;
mod audit;
mod campaigns;
mod closing;
mod conversations;
mod crowd;
mod editing;
mod english;
mod exports;
mod fields;
mod figures;
mod followers;
mod hand_over;
mod imports;
mod insiders;
mod joining;
mod members;
mod menu;
mod merging;
mod million;
mod own;
mod photos;
mod pool;
mod posters;
mod proposing;
mod registration;
mod rights;
mod scripts;
mod search;
mod sensitive;
mod sign_in;
mod tag_rules;
mod variants;
mod visits;
mod welcome;

use crate::kit::{APPID, Desk, TestApp};

/// Where the pages of the test's account are.
fn at(page: &str) -> String {
    format!("/console/{APPID}{page}")
}

#[tokio::test(flavor = "multi_thread")]
async fn from_an_empty_database_to_a_code_that_binds() {
    let app = TestApp::start().await;
    let desk = Desk::admin(&app, "he").await;
    assert!(desk.opens(&at("")).await.text.contains("还没有导购"));
    let added = desk.sends(&at("/stores"), &[("name", "杭州城北店")]).await;
    assert_eq!(added.to, Some(at("/stores")));
    let page = desk.sends(&at("/stores"), &[("name", "杭州城北店")]).await;
    assert_eq!(page.status, 400);
    assert!(page.text.contains("已有同名门店"));
    let guide = [("name", "林小满"), ("store", "1"), ("welcome", "")];
    let added = desk.sends(&at("/guides"), &guide).await;
    assert_eq!(added.to, Some(at("/guides/1")), "{}", added.text);
    let again = desk.sends(&at("/guides"), &guide).await;
    assert!(again.text.contains("已有同名导购"), "{}", again.text);
    let page = desk.opens(&at("/guides/1")).await;
    assert!(page.text.contains("林小满") && page.text.contains("link.svg"));
    for picture in ["code.svg", "code.png", "link.svg"] {
        let drawn = desk.opens(&at(&format!("/guides/1/{picture}"))).await;
        assert_eq!(drawn.status, 200, "{picture}");
    }
    assert_eq!(desk.opens(&at("/stores/1/code.svg")).await.status, 200);
    // The code on the page is the one that binds.
    let (_, after) = page.text.split_once("g").expect("a scene");
    assert!(!after.is_empty());
    let scene = app.daogou_json(&["guide", "list", "--json"])["guides"][0]["scene"].clone();
    let wang = app.person("王女士").await;
    wang.scans(scene.as_str().expect("a scene")).await;
    wang.sees("林小满").await;
    let members = desk.opens(&at("/members")).await;
    assert!(members.text.contains("新顾客") && members.text.contains("林小满"));
}
