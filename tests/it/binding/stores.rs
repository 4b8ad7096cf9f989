//! Stores: their own code, and names and openids that are nearly the same.

use chrono::TimeDelta;
use daogou_schema::GuideId;
use serde_json::json;

use super::{STORE, two_guides};
use crate::kit::{Guide, TestApp};

fn store_code(app: &TestApp) -> String {
    let made = app.daogou_json(&["store", "code", STORE, "--json"]);
    made["scene"].as_str().expect("a scene").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stores_code_binds_to_the_guide_on_duty_who_waits_longest_for_a_new_customer() {
    let app = TestApp::start().await;
    let (lin, wu) = two_guides(&app).await;
    let scene = store_code(&app);
    assert_eq!(scene, store_code(&app), "a store has one code");
    let mut got = Vec::new();
    for n in 0..4 {
        app.later(TimeDelta::minutes(2)).await;
        let person = app.person(&format!("顾客{n}")).await;
        person.scans(&scene).await;
        got.push(app.guide_of(&person).await);
        // Her own guide stays her own at the same door.
        person.scans(&scene).await;
        person.sees("一直是您的专属导购").await;
    }
    let (first, second) = (Some(GuideId(lin.id)), Some(GuideId(wu.id)));
    assert_eq!(got, [first, second, first, second], "in turn");
    // Who is off duty is passed over; who just got one by the own code waits again.
    lin.phone.says("下班").await;
    lin.phone.sees("已下班").await;
    let person = app.person("顾客4").await;
    person.scans(&scene).await;
    person.sees("吴桐").await;
    assert_eq!(app.guide_of(&person).await, second);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stores_code_with_nobody_on_duty_says_so_and_binds_later() {
    let app = TestApp::start().await;
    app.add_store(STORE);
    let lin = app.guide("林小满", STORE).await;
    let scene = store_code(&app);
    lin.phone.says("下班").await;
    lin.phone.sees("已下班").await;
    let wang = app.person("王女士").await;
    wang.scans(&scene).await;
    wang.sees("暂时").await;
    assert_eq!(app.guide_of(&wang).await, None);
    lin.phone.says("上班").await;
    lin.phone.sees("已上班").await;
    wang.scans(&scene).await;
    wang.sees("林小满").await;
    assert_eq!(app.guide_of(&wang).await, Some(GuideId(lin.id)));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_whose_openids_differ_only_in_case_are_two_people() {
    let app = TestApp::start().await;
    app.add_store(STORE);
    let lin = app.guide("林小满", STORE).await;
    two_openids_that_differ_only_in_case(&app, &lin).await;
}

pub(super) async fn two_openids_that_differ_only_in_case(app: &TestApp, lin: &Guide) {
    let one = app.person("大写").await;
    let body = json!({ "name": "小写", "openid_like": one.id });
    let other = app.somebody(body).await;
    assert!(one.openid.eq_ignore_ascii_case(&other.openid));
    assert_ne!(one.openid, other.openid);
    one.scans(&lin.scene).await;
    other.scans(&lin.scene).await;
    one.says("我是大写").await;
    let line = lin.phone.sees("我是大写").await;
    let number = number_in(line["text"].as_str().expect("a text"));
    lin.phone.says(&format!("#{number} 给大写的回答")).await;
    one.sees("给大写的回答").await;
    assert_eq!(other.count("给大写的回答").await, 0);
}

/// The number in `【新顾客 #12】…`.
fn number_in(text: &str) -> String {
    let rest = text.split("【新顾客 #").nth(1).expect("a number");
    rest.chars().take_while(char::is_ascii_digit).collect()
}

pub(super) fn a_name_is_taken(app: &TestApp) {
    let again = app.daogou(&["store", "add", STORE, "--json"]);
    assert_eq!(again.status.code(), Some(1));
    let again = app.daogou(&["guide", "add", "林小满", "--store", STORE, "--json"]);
    assert_eq!(again.status.code(), Some(1));
    let why = String::from_utf8_lossy(&again.stderr).into_owned();
    assert!(why.contains("林小满") && why.contains(STORE), "{why}");
    assert!(again.stdout.is_empty());
}
