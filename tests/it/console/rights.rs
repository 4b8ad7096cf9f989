//! Who may do what: every page and every form, for everybody. Long because every route of the console stands in it.

mod brand;
mod data;
mod inviting;
mod organisation;
mod others;
mod personal;
mod talk;

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
const HERS_NOT: Answers = [303, 404, 303, 303];

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
    ("/stores/1", ALL),
    ("/stores/2", NOT_HERS),
    ("/stores/1/code.svg", ALL),
    ("/stores/2/code.svg", NOT_HERS),
    ("/stores/1/code.png", ALL),
    ("/stores/1/poster", ALL),
    ("/stores/2/poster", NOT_HERS),
    ("/guides", ALL),
    ("/guides/1", ALL),
    ("/guides/1/code.svg", ALL),
    ("/guides/1/code.png", ALL),
    ("/guides/1/code.gif", [303, 404, 404, 404]),
    ("/guides/1/link.svg", [303, 404, 404, 404]),
    ("/guides/2", NOT_HERS),
    ("/guides/2/code.svg", NOT_HERS),
    ("/guides/2/code.png", NOT_HERS),
    ("/guides/1/poster", ALL),
    ("/guides/2/poster", NOT_HERS),
    ("/undelivered", ALL),
    ("/codes", ALL),
    ("/codes?store=2", ALL),
    ("/codes/1", ALL),
    ("/codes/3", NOT_HERS),
    ("/codes/99", [303, 404, 404, 404]),
    ("/posters", ALL),
    ("/posters?store=2", NOT_HERS),
    ("/posters?guide=2", NOT_HERS),
    ("/posters?guide=99", [303, 404, 404, 404]),
    ("/codes.zip", ALL),
    ("/codes.zip?store=2", NOT_HERS),
    ("/codes.zip?guide=2", NOT_HERS),
    ("/hand-overs", ONLY_HEADQUARTERS),
    ("/hand-overs/1", [303, 403, 404, 404]),
    ("/tags", ONLY_HEADQUARTERS),
    ("/bulks", ALL),
    ("/bulks/1", [303, 404, 404, 404]),
];

/// What is posted there.
const FORMS: &[(&str, Fields, Answers)] = &[
    ("/guides/1/link", &[], HEADQUARTERS),
    ("/stores", &[("name", "")], [303, 403, 400, 400]),
    ("/guides", &[("name", "")], [303, 403, 400, 400]),
    ("/stores/1", &[("name", "")], [303, 403, 400, 400]),
    ("/stores/99", &[("name", "城南店")], [303, 403, 404, 404]),
    ("/guides/1", &[("name", "")], [303, 403, 400, 400]),
    ("/guides/99", &[("name", "林小满")], [303, 403, 404, 404]),
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
        "/members/1/name",
        &[("name", "王女士")],
        [303, 303, 303, 303],
    ),
    ("/members/2/name", &[("name", "李先生")], HERS_NOT),
    ("/members/1/tags", &[], [303, 303, 303, 303]),
    ("/members/2/tags", &[], HERS_NOT),
    ("/tags", &[("name", "")], [303, 403, 400, 400]),
    ("/tags/1/name", &[("name", "新名")], [303, 403, 404, 404]),
    ("/tags/1/remove", &[], [303, 403, 404, 404]),
    ("/tags/1/rule", &[("kind", "")], [303, 403, 404, 404]),
    (
        "/bulks/new",
        &[("work", "tag"), ("m-1", "1")],
        [303, 200, 200, 200],
    ),
    // Somebody else's store's member is nobody to her.
    (
        "/bulks/new",
        &[("work", "tag"), ("m-2", "1")],
        [303, 400, 200, 200],
    ),
    (
        "/bulks/new",
        &[("work", "assign"), ("m-1", "1")],
        [303, 403, 200, 200],
    ),
    (
        "/bulks",
        &[("work", "tag"), ("tag", "99"), ("m-1", "1")],
        [303, 400, 400, 400],
    ),
    (
        "/bulks",
        &[("work", "tag"), ("new_tag", "新"), ("m-2", "1")],
        [303, 400, 303, 400],
    ),
    (
        "/bulks",
        &[("work", "assign"), ("to-99", "1"), ("m-1", "1")],
        [303, 403, 400, 400],
    ),
    ("/bulks/99/stop", &[], [303, 404, 404, 404]),
    ("/bulks/99/undo", &[], [303, 404, 404, 404]),
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

fn pages() -> impl Iterator<Item = &'static (&'static str, Answers)> {
    PAGES
        .iter()
        .chain(inviting::PAGES)
        .chain(data::PAGES)
        .chain(organisation::PAGES)
        .chain(personal::PAGES)
        .chain(talk::PAGES)
        .chain(brand::PAGES)
}

fn forms() -> impl Iterator<Item = &'static (&'static str, Fields, Answers)> {
    FORMS
        .iter()
        .chain(inviting::FORMS)
        .chain(data::FORMS)
        .chain(organisation::FORMS)
        .chain(personal::FORMS)
        .chain(talk::FORMS)
        .chain(brand::FORMS)
}

/// The URL map, all of it.
fn map() -> String {
    [
        include_str!("../../../src/web/console/mod.rs"),
        include_str!("../../../src/web/console/content.rs"),
        include_str!("../../../src/web/console/inviting.rs"),
        include_str!("../../../src/web/console/organisation.rs"),
        include_str!("../../../src/web/console/personal.rs"),
        include_str!("../../../src/web/console/tables.rs"),
        include_str!("../../../src/web/console/talk.rs"),
    ]
    .concat()
}

/// What only administrators post.
const STAFF_FORMS: &[&str] = &[
    "",
    "/1/sign-out",
    "/2/leave",
    "/2/codes-off",
    "/2/regions",
    "/invitations/1/withdraw",
];

/// What everybody does about her own account: opened, and posted with what is refused for what it says.
const OWN_PAGES: &[&str] = &["", "/codes"];
const OWN_FORMS: &[(&str, Fields, u16)] = &[
    ("/name", &[("name", "")], 400),
    ("/password", &[("password", "kurz")], 400),
    ("/sign-ins/0123/end", &[], 303),
    ("/codes", &[("code", "123456")], 400),
    ("/codes/off", &[("old", "")], 400),
];

/// What only administrators open.
const ADMINISTRATION: &[(&str, u16)] = &[
    ("staff", 200),
    ("audit", 200),
    ("audit.csv", 200),
    ("accounts", 200),
    ("accounts/new", 200),
    ("accounts/1", 200),
    ("accounts/99", 404),
];

/// What only administrators post about accounts, and what it answers them: the test's account is the environment's.
const ACCOUNT_FORMS: &[(&str, Fields, u16)] = &[
    ("", &[], 400),
    ("/new", &[("name", "")], 400),
    ("/1/name", &[("name", "")], 400),
    ("/1/secret", &[("secret", "")], 400),
    ("/1/keys", &[("mode", "secure")], 409),
    ("/1/changed-over", &[], 409),
    ("/1/check", &[], 200),
    ("/99/name", &[("name", "别的号")], 404),
    ("/99/check", &[], 404),
];

/// How one comes in and goes, and in which language: shown in `sign_in` and `english`.
const DOORS: &[&str] = &[
    "get /console",
    "get /console/sign-in",
    "post /console/sign-in",
    "post /console/sign-in/code",
    "post /console/sign-out",
    "post /console/language",
    "get /console/invitations/x",
    "post /console/invitations/x",
];

#[test]
fn every_route_of_the_console_is_in_the_tables() {
    let doors = DOORS
        .iter()
        .chain(organisation::DOORS)
        .chain(personal::DOORS);
    let mut tried: Vec<String> = doors.map(|door| (*door).to_owned()).collect();
    tried.extend(pages().map(|(page, _)| format!("get {}", at(page))));
    tried.extend(forms().map(|(form, ..)| format!("post {}", at(form))));
    let administration = ADMINISTRATION.iter();
    tried.extend(administration.map(|(page, _)| format!("get /console/{page}")));
    tried.extend(
        OWN_PAGES
            .iter()
            .map(|page| format!("get /console/me{page}")),
    );
    let own = OWN_FORMS.iter();
    tried.extend(own.map(|(form, ..)| format!("post /console/me{form}")));
    let of_accounts = ACCOUNT_FORMS.iter();
    tried.extend(of_accounts.map(|(form, ..)| format!("post /console/accounts{form}")));
    let of_staff = |form: &&str| format!("post /console/staff{form}");
    tried.extend(STAFF_FORMS.iter().map(of_staff));
    let map = map();
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

    for (page, wanted) in pages() {
        for (desk, wanted) in desks.iter().zip(wanted) {
            assert_eq!(desk.opens(&at(page)).await.status, *wanted, "{page}");
        }
    }
    for (desk, wanted) in desks.iter().zip(ADMINISTRATORS) {
        for (page, found) in ADMINISTRATION {
            let path = format!("/console/{page}");
            let wanted = if wanted == 200 { *found } else { wanted };
            assert_eq!(desk.opens(&path).await.status, wanted, "{path}");
        }
        let elsewhere = desk.opens("/console/wxnobody/members").await;
        assert!([303, 404].contains(&elsewhere.status.as_u16()));
    }
    for (form, fields, wanted) in forms() {
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
    for (desk, wanted) in desks.iter().zip(ALL) {
        for page in OWN_PAGES {
            let path = format!("/console/me{page}");
            assert_eq!(desk.opens(&path).await.status, wanted, "{path}");
        }
    }
    for (form, fields, wanted) in OWN_FORMS {
        let path = format!("/console/me{form}");
        assert_eq!(stranger.posts(&path, fields).await.status, 303, "{path}");
        for desk in [&manager, &operator, &admin] {
            assert_eq!(desk.sends(&path, fields).await.status, *wanted, "{path}");
        }
    }
    for (form, fields, wanted) in ACCOUNT_FORMS {
        let path = format!("/console/accounts{form}");
        assert_eq!(stranger.posts(&path, fields).await.status, 303);
        for desk in [&manager, &operator] {
            assert_eq!(desk.sends(&path, fields).await.status, 403, "{path}");
        }
        let answered = admin.sends(&path, fields).await;
        assert_eq!(answered.status, *wanted, "{path}: {}", answered.text);
    }
    for form in STAFF_FORMS {
        let path = format!("/console/staff{form}");
        assert_eq!(stranger.posts(&path, &[]).await.status, 303);
        for desk in [&manager, &operator] {
            assert_eq!(desk.sends(&path, &[]).await.status, 403, "{path}");
        }
    }
}
