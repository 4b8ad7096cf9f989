//! What headquarters knows of a member: whether she is one of ours, and what the brand wants to know.

use super::headquarters::reads;
use crate::kit::{APPID, Desk, TestApp};

/// Members are marked, and looked for by what they are.
pub async fn know(app: &TestApp) {
    let desk = Desk::admin(app, "yan").await;
    let at = |page: &str| format!("/console/{APPID}{page}");
    for insider in ["staff", "customer", "tester"] {
        let sent = desk
            .sends(&at("/members/3/insider"), &[("insider", insider)])
            .await;
        assert_eq!(sent.status, 303, "{}", sent.text);
    }
    for query in [
        "?among=staff",
        "?among=testers&after=0.9999",
        "?among=testers&store=1",
        "?guide=1",
    ] {
        let page = at(&format!("/members{query}"));
        assert_eq!(desk.opens(&page).await.status, 200, "{page}");
    }
    for fields in [
        &[
            ("name", "肤质"),
            ("kind", "choice"),
            ("choices", "干性\n油性"),
        ][..],
        &[("name", "鞋码"), ("kind", "number")],
    ] {
        let sent = desk.sends(&at("/fields"), fields).await;
        assert_eq!(sent.status, 303, "{}", sent.text);
    }
    for (form, fields) in [
        ("/fields/3/up", &[][..]),
        ("/fields/3/archive", &[]),
        ("/fields/3/restore", &[]),
        (
            "/fields/2",
            &[
                ("name", "肤质"),
                ("kind", "choice"),
                ("choices", "油性\n中性"),
            ],
        ),
        (
            "/members/2/fields",
            &[("field-2", "中性"), ("field-3", "38")],
        ),
        ("/members/3/fields", &[("field-2", "中性")]),
        ("/members/3/fields", &[("field-2", "")]),
        ("/tags/2/rule", &[("kind", "choice"), ("choice", "4")]),
    ] {
        let sent = desk.sends(&at(form), fields).await;
        assert_eq!(sent.status, 303, "{form}: {}", sent.text);
    }
    for page in [
        "/fields",
        "/members/2",
        "/members?choice=1",
        "/members?choice=1&after=0.9999",
        "/members?choice=1&guide=1",
        "/members?choice=4&tag=1",
    ] {
        assert_eq!(desk.opens(&at(page)).await.status, 200, "{page}");
    }
    let all = [("work", "tag"), ("all", "1"), ("filter", "choice=4")];
    assert_eq!(desk.sends(&at("/bulks/new"), &all).await.status, 200);
    let text = "手机号,肤质,鞋码\n13911114444,油性,39\n13911114444,,41\n";
    let kind = [("kind", "members")];
    let file = text.as_bytes();
    let sent = desk.uploads(&at("/imports"), &kind, "a.csv", file).await;
    let page = sent.to.expect(&sent.text);
    desk.sends(&format!("{page}/start"), &[]).await;
    reads(&desk, &page, "已完成").await;
    for filter in ["guide=1", "store=1", "tag=1"] {
        let all = [("work", "tag"), ("all", "1"), ("filter", filter)];
        assert_eq!(desk.sends(&at("/bulks/new"), &all).await.status, 200);
    }
    for page in ["", "?store=1"] {
        assert_eq!(desk.opens(&at(page)).await.status, 200, "{page}");
    }
}
