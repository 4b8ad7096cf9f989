//! The audit log: what is done at the console and by commands stands in it, and whoever changes it is found.

use super::at;
use crate::kit::{Desk, Session, Store, TestApp};

/// What `daogou audit verify` says, and whether it ended well.
fn verify(app: &TestApp, more: &[&str]) -> (bool, String) {
    let args = [&["audit", "verify", "--json"], more].concat();
    let done = app.daogou(&args);
    let text = [done.stdout, done.stderr].concat();
    (done.status.success(), String::from_utf8_lossy(&text).into())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_staff_and_commands_do_stands_in_the_log_and_a_change_of_it_is_found() {
    for store in [Store::Sqlite, Store::Postgres, Store::MariaDb] {
        let Some(app) = TestApp::on(store, Session::Embedded).await else {
            continue;
        };
        let desk = Desk::admin(&app, "he").await;
        desk.sends(&at("/stores"), &[("name", "杭州城北店")]).await;
        app.guide("林小满", "杭州城北店").await;
        desk.sends(&at("/guides/1/link"), &[]).await;
        desk.invites(&app, "zhou", "hq_operator", "").await;
        desk.sends("/console/staff/2/sign-out", &[]).await;
        desk.sends("/console/staff/2/leave", &[]).await;
        desk.sends("/console/staff/99/leave", &[]).await;
        let away = [("guide", "1"), ("cause", "departure")];
        desk.sends(&at("/hand-overs"), &away).await;
        desk.sends(&at("/hand-overs/1/undo"), &[]).await;
        // What is refused changes nothing, and is not written down.
        desk.sends(&at("/stores"), &[("name", "杭州城北店")]).await;
        desk.sends(&at("/hand-overs/1/confirm"), &[("to-1", "1")])
            .await;

        let page = desk.opens("/console/audit").await.text;
        for said in [
            "邀请员工",
            "接受邀请",
            "添加门店",
            "添加导购",
            "生成关联码",
            "退出员工的登录",
            "员工设为离职",
            "发起移交",
            "撤销移交",
            "服务器命令",
            "杭州城北店",
        ] {
            assert!(page.contains(said), "{store:?}: {said}");
        }
        assert!(!page.contains("开始移交"), "{store:?}: it was refused");
        let mine = desk.opens("/console/audit?staff=2").await.text;
        assert!(mine.contains("接受邀请") && !mine.contains("添加门店"));
        let table = desk.opens("/console/audit.csv").await.text;
        let rows = table.lines().count() - 1;
        assert_eq!(rows, 11, "{store:?}: {table}");

        let (whole, said) = verify(&app, &[]);
        assert!(whole && said.contains("\"rows\":11"), "{store:?}: {said}");
        let said: serde_json::Value = serde_json::from_str(&said).expect("a line of JSON");
        let digest = said["digest"].as_str().expect("a digest");
        desk.sends(&at("/stores"), &[("name", "杭州城西店")]).await;
        assert!(verify(&app, &["--digest", digest]).0);
        assert!(!verify(&app, &["--digest", &"0".repeat(64)]).0);

        let known = "UPDATE audit SET act = 'add_store' WHERE seq = 5";
        app.alter("UPDATE audit SET act = 'dismiss_staff' WHERE seq = 5")
            .await;
        let (whole, said) = verify(&app, &[]);
        assert!(!whole && said.contains("row 5"), "{store:?}: {said}");
        app.alter(known).await;
        app.alter("DELETE FROM audit WHERE seq = 12").await;
        let (whole, said) = verify(&app, &[]);
        assert!(!whole, "{store:?}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_who_change_things_at_once_are_all_in_the_log_in_one_order() {
    for store in [Store::Sqlite, Store::Postgres, Store::MariaDb] {
        let Some(app) = TestApp::on(store, Session::Embedded).await else {
            continue;
        };
        let desk = Desk::admin(&app, "he").await;
        let names: Vec<String> = (0..12).map(|n| format!("门店{n}")).collect();
        let adding = names.iter().map(async |name| {
            let sent = desk.sends(&at("/stores"), &[("name", name.as_str())]).await;
            assert_eq!(sent.status, 303, "{store:?}: {}", sent.text);
        });
        futures_util::future::join_all(adding).await;
        let (whole, said) = verify(&app, &[]);
        assert!(whole && said.contains("\"rows\":14"), "{store:?}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_a_spreadsheet_would_run_is_only_text() {
    let app = TestApp::start().await;
    let desk = Desk::admin(&app, "he").await;
    let link = desk
        .makes_a_link_for("=HYPERLINK(1)", "hq_operator", "")
        .await;
    let evil = Desk::stranger(&app);
    evil.takes_up(&link, "evil").await;
    let table = desk.opens("/console/audit.csv").await.text;
    assert!(table.contains("'=HYPERLINK"), "{table}");
    assert!(!table.contains(",=HYPERLINK"), "{table}");
}
