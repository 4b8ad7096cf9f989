//! Coming in: invitations, passwords, locks, cookies.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use chrono::TimeDelta;

use super::at;
use crate::kit::{Desk, PASSWORD, Session, Store, TestApp, path_of};

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_works_once_and_for_three_days() {
    let app = TestApp::start().await;
    let made = app.daogou_json(&["admin", "create", "--json"]);
    let link = made["link"].as_str().expect("a link");
    let path = &path_of(link, "/console/");
    let desk = Desk::stranger(&app);
    assert_eq!(desk.opens(path).await.status, 200);
    for (login, password, again, why) in [
        ("he", "短", "短", "至少 12 个字符"),
        ("he", PASSWORD, "不一样的另一句话啊啊啊", "不一样"),
        ("何", PASSWORD, PASSWORD, "登录名"),
    ] {
        let fields = [("login", login), ("password", password), ("again", again)];
        let refused = desk.posts(path, &fields).await;
        assert_eq!(refused.status, 400);
        assert!(refused.text.contains(why), "{why}");
    }
    desk.takes_up(link, "he").await;
    let other = Desk::stranger(&app);
    assert_eq!(other.opens(path).await.status, 404);
    let fields = [
        ("login", "lin"),
        ("password", PASSWORD),
        ("again", PASSWORD),
    ];
    assert_eq!(other.posts(path, &fields).await.status, 404);
    let late = desk.makes_a_link_for("林", "hq_operator", "").await;
    app.pass(TimeDelta::days(3));
    assert_eq!(other.opens(&late).await.status, 404);
    assert_eq!(other.posts(&late, &fields).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_cannot_have_one_login() {
    let app = TestApp::start().await;
    let _he = Desk::admin(&app, "he").await;
    let link = app.daogou_json(&["admin", "create", "--json"]);
    let link = link["link"].as_str().expect("a link");
    let path = &path_of(link, "/console/");
    let desk = Desk::stranger(&app);
    let fields = [("login", "HE"), ("password", PASSWORD), ("again", PASSWORD)];
    let refused = desk.posts(path, &fields).await;
    assert!(refused.text.contains("已有人使用"), "{}", refused.text);
    // The link was not used up by the vain try.
    desk.takes_up(link, "zhou").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn five_wrong_passwords_lock_and_a_quarter_of_an_hour_unlocks() {
    let app = TestApp::start().await;
    let _he = Desk::admin(&app, "he").await;
    let desk = Desk::stranger(&app);
    let wrong = [("login", "he"), ("password", "不是这一句不是这一句")];
    let right = [("login", "he"), ("password", PASSWORD)];
    for _ in 0..5 {
        assert_eq!(desk.posts("/console/sign-in", &wrong).await.status, 401);
    }
    // Nobody learns who there is: a lock looks like a wrong password, and like nobody.
    let nobody = [("login", "nobody"), ("password", PASSWORD)];
    let locked = desk.posts("/console/sign-in", &right).await;
    let nobody = desk.posts("/console/sign-in", &nobody).await;
    assert_eq!((locked.status.as_u16(), nobody.status.as_u16()), (401, 401));
    assert_eq!(
        locked.text.replace("he", "nobody").len(),
        nobody.text.replace("he", "nobody").len()
    );
    app.pass(TimeDelta::minutes(15));
    assert_eq!(desk.posts("/console/sign-in", &right).await.status, 303);
    assert_eq!(desk.opens(&at("")).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_ends_by_signing_out_by_silence_and_by_age() {
    let app = TestApp::start().await;
    let desk = Desk::admin(&app, "he").await;
    let right = [("login", "he"), ("password", PASSWORD)];
    let cookie = desk.forgets_the_cookie();
    desk.has_the_cookie(cookie.clone());
    desk.sends("/console/sign-out", &[]).await;
    desk.has_the_cookie(cookie);
    let page = desk.opens(&at("")).await;
    assert_eq!(page.to.as_deref(), Some("/console/sign-in"));
    desk.posts("/console/sign-in", &right).await;
    app.pass(TimeDelta::hours(25));
    assert_eq!(desk.opens(&at("")).await.status, 303);
    desk.posts("/console/sign-in", &right).await;
    for _ in 0..7 {
        assert_eq!(desk.opens(&at("")).await.status, 200);
        app.pass(TimeDelta::hours(23));
    }
    assert_eq!(desk.opens(&at("")).await.status, 200);
    app.pass(TimeDelta::hours(8));
    assert_eq!(desk.opens(&at("")).await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_database_keeps_is_refused_and_breaks_nothing() {
    for store in [Store::Sqlite, Store::Postgres, Store::MariaDb] {
        let Some(app) = TestApp::on(store, Session::Embedded).await else {
            continue;
        };
        let desk = Desk::admin(&app, "he").await;
        let odd = "a\0b\u{1}";
        let sign_in = [("login", odd), ("password", odd)];
        let refused = desk.posts("/console/sign-in", &sign_in).await;
        assert_eq!(refused.status, 401, "{store:?}");
        desk.sends(&at("/stores"), &[("name", "城北店")]).await;
        let welcome = [("name", "林小满"), ("store", "1"), ("welcome", odd)];
        for (form, fields) in [
            (at("/stores"), &[("name", odd)][..]),
            (at("/guides"), &welcome),
            (at("/guides"), &[("name", odd), ("store", "1")]),
            (
                "/console/staff".into(),
                &[("name", odd), ("role", "hq_admin")],
            ),
        ] {
            let refused = desk.sends(&form, fields).await;
            assert_eq!(refused.status, 400, "{store:?} {form}: {}", refused.text);
        }
        for query in [
            "?q=a%00b",
            "?q=%F0%9F%98%80",
            "?after=9.9.9",
            "?guide=x&store=-1",
        ] {
            let page = desk.opens(&at(&format!("/members{query}"))).await;
            assert_eq!(page.status, 200, "{store:?} {query}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_another_site_changes_nothing() {
    let app = TestApp::start().await;
    let desk = Desk::admin(&app, "he").await;
    let key = desk.form_key().await;
    let store = [("name", "恶意门店"), ("csrf", key.as_str())];
    let made = desk.is_made_to_post(&at("/stores"), &store).await;
    assert_eq!(made.status, 403);
    for csrf in ["", "0000"] {
        let store = [("name", "恶意门店"), ("csrf", csrf)];
        assert_eq!(desk.posts(&at("/stores"), &store).await.status, 403);
    }
    assert!(!desk.opens(&at("/stores")).await.text.contains("恶意门店"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_start_prints_the_way_in_once() {
    let mut app = TestApp::start().await;
    app.stop().await;
    let said = [said_by_a_server(&app), said_by_a_server(&app)];
    app.restart().await;
    let desk = Desk::stranger(&app);
    let link = path_of(said[0].lines().last().expect("a link"), "/console/");
    assert!(!said[1].contains("/console/"), "{}", said[1]);
    assert_eq!(desk.opens(&link).await.status, 200);
}

/// Starts `daogou serve`, lets it get ready, ends it, and returns what it printed.
pub(super) fn said_by_a_server(app: &TestApp) -> String {
    let mut server = Command::new(env!("CARGO_BIN_EXE_daogou"))
        .current_dir(app.folder())
        .arg("serve")
        .env_clear()
        .envs(app.environment())
        .env("DAOGOU_LISTEN", "127.0.0.1:0")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let log = BufReader::new(server.stderr.take().expect("a log"));
    let mut lines = log.lines().map_while(Result::ok);
    let serving = lines.any(|line| line.contains("serving"));
    assert!(serving, "the server does not start");
    server.kill().expect("an end");
    server.wait().expect("an end");
    let mut said = String::new();
    let mut out = server.stdout.take().expect("its words");
    out.read_to_string(&mut said).expect("a text");
    said
}
