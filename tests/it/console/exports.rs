//! The member list taken out: by whom, with which numbers, for how long, and what is written down of it.

use chrono::TimeDelta;
use daogou_schema::{export, export_piece};
use sea_orm::{EntityTrait, PaginatorTrait};

use super::at;
use crate::kit::{Desk, Session, Store, TestApp, eventually};

const STORES: [Store; 3] = [Store::Sqlite, Store::Postgres, Store::MariaDb];

/// Brings members and waits until they are there.
async fn with_members(app: &TestApp, desk: &Desk, text: &str) {
    let fields = [("kind", "members")];
    let sent = desk
        .uploads(&at("/imports"), &fields, "a.csv", text.as_bytes())
        .await;
    let page = sent.to.expect(&sent.text);
    desk.sends(&format!("{page}/start"), &[]).await;
    shows(desk, &page, "已完成").await;
    app.at_rest().await;
}

async fn shows(desk: &Desk, page: &str, text: &str) -> String {
    eventually(&format!("{page} showing {text}"), async || {
        let shown = desk.opens(page).await.text;
        shown.contains(text).then_some(shown)
    })
    .await
}

async fn ordered(desk: &Desk, fields: &[(&str, &str)]) -> String {
    let sent = desk.sends(&at("/exports"), fields).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    let page = sent.to.expect("its page");
    shows(desk, &page, "可以下载").await;
    page
}

async fn table(desk: &Desk, page: &str) -> String {
    let bytes = desk.saves(&format!("{page}/file.csv")).await;
    String::from_utf8(bytes).expect("UTF-8")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_holds_who_is_shown_with_masked_numbers_and_is_its_makers_for_a_day() {
    for store in STORES {
        let Some(mut app) = TestApp::on(store, Session::Embedded).await else {
            continue;
        };
        is_taken_out(&mut app).await;
    }
}

async fn is_taken_out(app: &mut TestApp) {
    let desk = Desk::admin(app, "he").await;
    app.add_store("城北店");
    app.guide("林小满", "城北店").await;
    let rows: String = (0..1_200).map(|n| format!("139{n:08},,\n")).collect();
    let text = format!("手机号,姓名,导购\n13812341234,=cmd,林小满\n{rows}");
    with_members(app, &desk, &text).await;
    let operator = desk.invites(app, "zhou", "hq_operator", "").await;
    let page = ordered(&operator, &[("filter", ""), ("phones", "masked")]).await;
    let all = table(&operator, &page).await;
    assert!(all.starts_with('\u{feff}'));
    assert_eq!(all.lines().count(), 1_202);
    assert!(
        all.contains("138****1234,") && !all.contains("13812341234"),
        "{all:.300}"
    );
    // No formula, and no second one.
    assert!(all.contains(",'=cmd,"));
    let book = operator.saves(&format!("{page}/file.xlsx")).await;
    let again = [("kind", "members")];
    let read = operator
        .uploads(&at("/imports"), &again, "a.xlsx", &book)
        .await;
    assert_eq!(
        read.status, 303,
        "a workbook of ours is read again: {}",
        read.text
    );
    // Nobody else's, not even an administrator's.
    let other = desk.opens(&format!("{page}/file.csv")).await;
    assert_eq!(other.status, 404);
    assert!(!desk.opens(&page).await.text.contains("/file.csv"));
    assert_eq!(desk.sends(&format!("{page}/stop"), &[]).await.status, 403);
    let one = ordered(&operator, &[("filter", "guide=1"), ("phones", "masked")]).await;
    assert_eq!(table(&operator, &one).await.lines().count(), 2);
    let log = desk.opens("/console/audit").await.text;
    for told in [
        "开始导出会员名单",
        "导出完成",
        "下载会员名单",
        "导购 林小满",
    ] {
        assert!(log.contains(told), "{told}: {log}");
    }
    app.pass(TimeDelta::hours(23));
    assert_eq!(
        operator.opens(&format!("{page}/file.csv")).await.status,
        200
    );
    app.pass(TimeDelta::hours(2));
    assert_eq!(
        operator.opens(&format!("{page}/file.csv")).await.status,
        404
    );
    // Each start looks.
    app.restart().await;
    let db = app.database().await;
    eventually("nothing of it being kept", async || {
        let kept = export_piece::Entity::find()
            .count(&db)
            .await
            .expect("a count");
        (kept == 0).then_some(())
    })
    .await;
    assert_eq!(export::Entity::find().count(&db).await.expect("a count"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn whole_numbers_are_for_administrators_who_say_why() {
    let app = TestApp::start().await;
    let desk = Desk::admin(&app, "he").await;
    with_members(&app, &desk, "手机号\n13812341234\n").await;
    let operator = desk.invites(&app, "zhou", "hq_operator", "").await;
    let whole = [("phones", "whole"), ("reason", "周年庆逐个电话邀约")];
    assert_eq!(operator.sends(&at("/exports"), &whole).await.status, 403);
    for reason in ["", "急", "一行\n两行的原因"] {
        let fields = [("phones", "whole"), ("reason", reason)];
        let refused = desk.sends(&at("/exports"), &fields).await;
        assert_eq!(refused.status, 400, "{reason:?}");
        assert!(refused.text.contains("请写明为什么"), "{}", refused.text);
    }
    let page = ordered(&desk, &whole).await;
    assert!(table(&desk, &page).await.contains("8613812341234"));
    let log = desk.opens("/console/audit").await.text;
    assert!(
        log.contains("周年庆逐个电话邀约") && !log.contains("13812341234"),
        "{log}"
    );
    // What is sealed is not readable in the store.
    let db = app.database().await;
    let piece = export_piece::Entity::find()
        .one(&db)
        .await
        .expect("a row")
        .expect("a piece");
    let kept = String::from_utf8_lossy(&piece.sealed).into_owned();
    assert!(!kept.contains("13812341234"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_gone_is_not_taken_for_everybody() {
    let app = TestApp::start().await;
    let desk = Desk::admin(&app, "he").await;
    with_members(&app, &desk, "手机号\n13812341234\n").await;
    for filter in ["tag=99", "guide=99", "store=99"] {
        let fields = [("filter", filter), ("phones", "masked")];
        let refused = desk.sends(&at("/exports"), &fields).await;
        assert_eq!(refused.status, 400, "{filter}");
        assert!(refused.text.contains("已经不在了"), "{}", refused.text);
    }
    let db = app.database().await;
    assert_eq!(export::Entity::find().count(&db).await.expect("a count"), 0);
    let forged = desk.is_made_to_post(&at("/exports"), &[]).await;
    assert_eq!(forged.status, 403);
}
