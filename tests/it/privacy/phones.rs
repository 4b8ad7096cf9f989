//! A phone number: nobody reads it in the store, pages show its ends, and who looks is written down.

use super::{Shop, at, found};
use crate::kit::{Session, Store, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn a_number_is_sealed_masked_found_whole_and_its_revealing_is_written_down() {
    for store in [Store::Sqlite, Store::Postgres, Store::MariaDb] {
        let Some(app) = TestApp::on(store, Session::Embedded).await else {
            continue;
        };
        let shop = Shop::open(&app).await;
        let desk = &shop.desk;
        let path = at("/members/1/privacy/phone");
        for wrong in ["1381234567", "abc", "12345678901", "139876543219"] {
            let sent = desk.sends(&path, &[("phone", wrong)]).await;
            assert_eq!(sent.status, 400, "{wrong}");
            assert!(sent.text.contains(wrong), "what was typed is lost");
        }
        let sent = desk.sends(&path, &[("phone", "+86 139 8765-4321")]).await;
        assert_eq!(sent.status, 303, "{}", sent.text);
        for page in ["/members/1", "/members/1/privacy"] {
            let text = desk.opens(&at(page)).await.text;
            assert!(text.contains("139****4321"), "{page}");
            assert!(!text.contains("13987654321"), "{page}");
        }
        assert!(found(&app, "87654321").is_empty(), "{store:?}");

        let list = desk.opens(&at("/members?q=13987654321")).await.text;
        assert!(list.contains("/members/1\""), "{store:?}: {list}");
        let none = desk.opens(&at("/members?q=13987654322")).await.text;
        assert!(!none.contains("/members/1\""), "{store:?}");
        let part = desk.opens(&at("/members?q=87654321")).await.text;
        assert!(!part.contains("/members/1\""), "{store:?}");
        let manager = desk
            .invites(&app, &format!("zhang{store:?}"), "store_manager", "1")
            .await;
        let hers = manager.opens(&at("/members?q=13987654321")).await.text;
        assert!(
            !hers.contains("/members/1\""),
            "a manager tries numbers out"
        );

        let log = desk.opens("/console/audit").await.text;
        assert!(!log.contains("查看手机号"));
        let shown = desk.sends(&format!("{path}/reveal"), &[]).await;
        assert!(
            shown.text.contains("+8613987654321"),
            "{store:?}: {}",
            shown.text
        );
        let log = desk.opens("/console/audit").await.text;
        assert!(log.contains("查看手机号") && log.contains("修改手机号"));
        assert!(!log.contains("4321"), "{log}");
        desk.sends(&path, &[("phone", "")]).await;
        let text = desk.opens(&at("/members/1")).await.text;
        assert!(!text.contains("139****4321"), "{store:?}");
    }
}
