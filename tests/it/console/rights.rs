//! Who may do what: every page and every form, for everybody.

use super::at;
use crate::kit::{Desk, TestApp};

/// The answer to a stranger, a store manager, an operator and an administrator.
type Answers = [u16; 4];

/// What a form says.
type Fields = &'static [(&'static str, &'static str)];

const ALL: Answers = [303, 200, 200, 200];
const HEADQUARTERS: Answers = [303, 403, 303, 303];
const ONLY_HEADQUARTERS: Answers = [303, 403, 200, 200];
const ADMINISTRATORS: Answers = [303, 403, 403, 200];
const NOT_HERS: Answers = [303, 404, 200, 200];

/// What belongs to one account.
const PAGES: &[(&str, Answers)] = &[
    ("", ALL),
    ("/members", ALL),
    ("/members/1", ALL),
    ("/members/2", NOT_HERS),
    ("/members/99", [303, 404, 404, 404]),
    ("/members/1/privacy", ONLY_HEADQUARTERS),
    ("/members/99/privacy", [303, 403, 404, 404]),
    ("/members/1/privacy/erase", ADMINISTRATORS),
    ("/members/99/privacy/erase", [303, 403, 403, 404]),
    ("/erasures", ONLY_HEADQUARTERS),
    ("/erasures/1", [303, 403, 404, 404]),
    ("/stores", ALL),
    ("/stores/1/code.svg", ALL),
    ("/stores/2/code.svg", NOT_HERS),
    ("/guides", ALL),
    ("/guides/1", ALL),
    ("/guides/1/code.svg", ALL),
    ("/guides/1/code.png", ALL),
    ("/guides/1/code.gif", [303, 404, 404, 404]),
    ("/guides/1/link.svg", [303, 404, 404, 404]),
    ("/guides/2", NOT_HERS),
    ("/guides/2/code.svg", NOT_HERS),
    ("/guides/2/code.png", NOT_HERS),
    ("/hand-overs", ONLY_HEADQUARTERS),
    ("/hand-overs/1", [303, 403, 404, 404]),
];

/// What is posted there.
const FORMS: &[(&str, Fields, Answers)] = &[
    ("/guides/1/link", &[], HEADQUARTERS),
    ("/stores", &[("name", "")], [303, 403, 400, 400]),
    ("/guides", &[("name", "")], [303, 403, 400, 400]),
    (
        "/hand-overs",
        &[("guide", "99"), ("cause", "departure")],
        [303, 403, 400, 400],
    ),
    (
        "/hand-overs/1/confirm",
        &[("to-1", "1")],
        [303, 403, 404, 404],
    ),
    ("/hand-overs/1/undo", &[], [303, 403, 404, 404]),
    (
        "/members/1/privacy/consents",
        &[("purpose", "profile"), ("given", "yes")],
        HEADQUARTERS,
    ),
    (
        "/members/1/privacy/phone",
        &[("phone", "13812341234")],
        HEADQUARTERS,
    ),
    ("/members/1/privacy/phone/reveal", &[], ONLY_HEADQUARTERS),
    ("/members/1/privacy/export", &[], ONLY_HEADQUARTERS),
    ("/members/99/privacy/export", &[], [303, 403, 404, 404]),
    (
        "/members/1/privacy/erase",
        &[("number", "2")],
        [303, 403, 403, 400],
    ),
];

/// What only administrators post.
const STAFF_FORMS: &[&str] = &["", "/1/sign-out", "/2/leave", "/invitations/1/withdraw"];

/// How one comes in and goes: shown in `sign_in`.
const DOORS: &[&str] = &[
    "get /console",
    "get /console/sign-in",
    "post /console/sign-in",
    "post /console/sign-out",
    "get /console/invitations/x",
    "post /console/invitations/x",
    "get /console/staff",
    "get /console/audit",
    "get /console/audit.csv",
];

#[test]
fn every_route_of_the_console_is_in_the_tables() {
    let mut tried: Vec<String> = DOORS.iter().map(|door| (*door).to_owned()).collect();
    tried.extend(PAGES.iter().map(|(page, _)| format!("get {}", at(page))));
    tried.extend(FORMS.iter().map(|(form, ..)| format!("post {}", at(form))));
    let of_staff = |form: &&str| format!("post /console/staff{form}");
    tried.extend(STAFF_FORMS.iter().map(of_staff));
    let map = include_str!("../../../src/web/console/mod.rs");
    let mut routes = 0;
    for route in map.split(".route(").skip(1) {
        let path = route.split('"').nth(1).expect("a path");
        let method = if route.contains("web::post()") {
            "post"
        } else {
            "get"
        };
        let own = format!("{method} {path}");
        assert!(
            tried.iter().any(|tried| fits(&own, tried)),
            "{own} is in no table"
        );
        routes += 1;
    }
    assert!(routes > 15, "the map was not read");
}

/// Whether a path is of the route, whose parts in braces may be anything.
fn fits(route: &str, path: &str) -> bool {
    let (route, path): (Vec<_>, Vec<_>) = (route.split('/').collect(), path.split('/').collect());
    let same = |(of_route, of_path): (&&str, &&str)| match of_route.split_once('{') {
        Some((begins, _)) => of_path.starts_with(begins) && !of_path.is_empty(),
        None => of_route == of_path,
    };
    route.len() == path.len() && route.iter().zip(&path).all(same)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_and_every_form_knows_who_may() {
    let app = TestApp::start().await;
    let admin = Desk::admin(&app, "he").await;
    for name in ["城北店", "城西店"] {
        admin.sends(&at("/stores"), &[("name", name)]).await;
    }
    let (north, west) = (
        app.guide("林小满", "城北店").await,
        app.guide("吴桐", "城西店").await,
    );
    let (hers, not_hers) = (app.person("王女士").await, app.person("李先生").await);
    hers.scans(&north.scene).await;
    hers.sees("林小满").await;
    not_hers.scans(&west.scene).await;
    not_hers.sees("吴桐").await;
    let manager = admin.invites(&app, "zhang", "store_manager", "1").await;
    let operator = admin.invites(&app, "zhou", "hq_operator", "").await;
    let stranger = Desk::stranger(&app);
    let desks = [&stranger, &manager, &operator, &admin];

    for (page, wanted) in PAGES {
        for (desk, wanted) in desks.iter().zip(wanted) {
            assert_eq!(desk.opens(&at(page)).await.status, *wanted, "{page}");
        }
    }
    for (desk, wanted) in desks.iter().zip(ADMINISTRATORS) {
        for page in ["staff", "audit", "audit.csv"] {
            let path = format!("/console/{page}");
            assert_eq!(desk.opens(&path).await.status, wanted, "{path}");
        }
        let elsewhere = desk.opens("/console/wxnobody/members").await;
        assert!([303, 404].contains(&elsewhere.status.as_u16()));
    }
    for (form, fields, wanted) in FORMS {
        assert_eq!(
            stranger.posts(&at(form), fields).await.status,
            wanted[0],
            "{form}"
        );
        for (desk, wanted) in desks.iter().zip(wanted).skip(1) {
            let answered = desk.sends(&at(form), fields).await;
            assert_eq!(answered.status, *wanted, "{form}: {}", answered.text);
        }
    }
    for form in STAFF_FORMS {
        let path = format!("/console/staff{form}");
        assert_eq!(stranger.posts(&path, &[]).await.status, 303);
        for desk in [&manager, &operator] {
            assert_eq!(desk.sends(&path, &[]).await.status, 403, "{path}");
        }
    }
}

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
