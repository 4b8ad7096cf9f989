//! Who may and who may not, for every route of the workbench: nobody, the guide herself, and a colleague of the same store.

use super::on_sqlite;
use crate::kit::{Bench, Desk};

/// What strangers, her guide and another guide are answered.
type Answers = [u16; 3];

/// Whoever is signed in.
const OWN: Answers = [303, 200, 200];
/// Only her guide.
const HERS: Answers = [303, 200, 404];
/// The same of a form.
const HERS_DONE: Answers = [303, 303, 404];

const PAGES: &[(&str, Answers)] = &[
    ("/workbench/sign-in?asked", [200, 303, 303]),
    ("/workbench/link/nobodys", [404, 404, 404]),
    ("/workbench", OWN),
    ("/workbench/chats", OWN),
    ("/workbench/chats?after=x", OWN),
    ("/workbench/chats?after=1.5", OWN),
    ("/workbench/chats/1", HERS),
    ("/workbench/chats/1?before=2", HERS),
    ("/workbench/chats/99", [303, 404, 404]),
    ("/workbench/chats/-1", [303, 404, 404]),
    ("/workbench/chats/x", [303, 404, 404]),
    ("/workbench/chats/1/lines?after=0", HERS),
    ("/workbench/chats/1/lines?before=9", HERS),
    ("/workbench/chats/1/lines/1/file", [303, 404, 404]),
    ("/workbench/customers", OWN),
    (
        "/workbench/customers?after=0.0&silent=7&tag=1&starred=yes",
        OWN,
    ),
    ("/workbench/customers/1", HERS),
    ("/workbench/customers/99", [303, 404, 404]),
    ("/workbench/tasks", OWN),
    ("/workbench/tasks?state=done", OWN),
    ("/workbench/me", OWN),
    ("/workbench/me/code.svg", OWN),
    ("/workbench/me/photo", [303, 404, 404]),
    ("/workbench/chats/1/scripts?q=nh", HERS),
    ("/workbench/scripts", OWN),
    ("/workbench/scripts/1", [303, 404, 404]),
    ("/workbench/scripts/1/picture", [303, 404, 404]),
];

type Fields = &'static [(&'static str, &'static str)];

const FORMS: &[(&str, Fields, Answers)] = &[
    (
        "/workbench/chats/1/lines",
        &[("key", "k"), ("text", "您好")],
        HERS_DONE,
    ),
    ("/workbench/chats/1/seen", &[("line", "1")], [303, 204, 404]),
    (
        "/workbench/customers/1/name",
        &[("name", "王女士")],
        HERS_DONE,
    ),
    ("/workbench/customers/1/star", &[("on", "yes")], HERS_DONE),
    (
        "/workbench/customers/1/notes",
        &[("text", "怕冷")],
        HERS_DONE,
    ),
    ("/workbench/customers/1/notes/1/remove", &[], HERS_DONE),
    (
        "/workbench/customers/1/tasks",
        &[("text", "回访"), ("due", "2026-08-16T10:00")],
        HERS_DONE,
    ),
    (
        "/workbench/customers/1/visits",
        &[
            ("products", "羽绒服、92 码"),
            ("concern", "不值"),
            ("reason-尺码", "1"),
        ],
        HERS_DONE,
    ),
    ("/workbench/tasks/1", &[("done", "yes")], HERS_DONE),
    ("/workbench/tasks/99", &[("done", "yes")], [303, 404, 404]),
    ("/workbench/scripts", &[("text", "")], [303, 400, 400]),
    // 吴桐's own is the first, 林小满's the second.
    (
        "/workbench/scripts",
        &[("text", "{顾客称呼}您好")],
        [303, 303, 303],
    ),
    ("/workbench/scripts/2", &[("text", "您好")], HERS_DONE),
    ("/workbench/scripts/2/remove", &[], HERS_DONE),
    ("/workbench/me/duty", &[("on", "yes")], OWN),
    (
        "/workbench/me/stand-in",
        &[("stand_in", "")],
        [303, 303, 303],
    ),
    ("/workbench/me/link", &[], OWN),
    ("/workbench/sign-out", &[], [303, 303, 303]),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_route_answers_whom_it_may() {
    let house = on_sqlite().await;
    house.wang.says("有货吗").await;
    house.lin.phone.sees("有货吗").await;
    let people = [
        Bench::stranger(&house.app),
        Bench::of(&house.app, &house.lin).await,
        Bench::of(&house.app, &house.wu).await,
    ];
    for (path, answers) in PAGES {
        for (who, answer) in people.iter().zip(answers) {
            let got = who.opens(path).await;
            assert_eq!(got.status, *answer, "{path} {}", got.text);
        }
    }
    let [stranger, lin, wu] = &people;
    for (path, fields, answers) in FORMS {
        // Not from another site's page, and not without the key that our pages carry.
        assert_eq!(
            lin.is_made_to_post(path, fields).await.status,
            403,
            "{path}"
        );
        assert_eq!(lin.posts(path, fields).await.status, 403, "{path}");
        let with_another = [*fields, &[("csrf", "0")]].concat();
        assert_eq!(lin.posts(path, &with_another).await.status, 403, "{path}");
        assert_eq!(stranger.posts(path, fields).await.status, answers[0]);
        // The colleague first: what the guide does changes what there is.
        assert_eq!(wu.sends(path, fields).await.status, answers[2], "{path}");
        assert_eq!(lin.sends(path, fields).await.status, answers[1], "{path}");
    }
    assert_eq!(lin.opens("/workbench").await.status, 303, "signed out");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_consoles_cookie_opens_no_workbench() {
    let house = on_sqlite().await;
    let admin = Desk::admin(&house.app, "he").await;
    assert_eq!(admin.opens("/workbench").await.status, 303);
    let bench = Bench::of(&house.app, &house.lin).await;
    assert_eq!(bench.opens("/console").await.status, 303);
}
