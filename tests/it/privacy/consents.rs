//! Words and forms by which a member agrees or takes it back, all of them kept.

use super::{Shop, at, verified};
use crate::kit::{Session, Store, TestApp, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn every_word_is_kept_and_the_last_one_holds() {
    for store in [Store::Sqlite, Store::Postgres, Store::MariaDb] {
        let Some(app) = TestApp::on(store, Session::Embedded).await else {
            continue;
        };
        let shop = Shop::open(&app).await;
        let Shop { desk, wang, .. } = &shop;
        for (word, said) in [
            ("退订", "撤回：营销消息"),
            ("恢复订阅", "同意：营销消息"),
            ("只在我问时回复", "撤回：主动联系"),
        ] {
            wang.says(word).await;
            eventually(said, async || {
                let page = desk.opens(&at("/members/1")).await.text;
                (page.contains(said) && page.contains("顾客在会话里说的")).then_some(())
            })
            .await;
        }
        let page = desk.opens(&at("/members/1")).await.text;
        assert!(
            page.contains("免打扰") && !page.contains("退订活动"),
            "{store:?}"
        );

        let path = at("/members/1/privacy/consents");
        let agrees = |purpose: &'static str, given: &'static str, version: &'static str| {
            vec![("purpose", purpose), ("given", given), ("version", version)]
        };
        let long = "版".repeat(65);
        for (fields, wrong) in [
            (agrees("", "yes", ""), "请选择用途"),
            (agrees("everything", "yes", ""), "请选择用途"),
            (agrees("marketing", "", ""), "请选择同意或撤回"),
            (agrees("marketing", "perhaps", ""), "请选择同意或撤回"),
            (agrees("marketing", "yes", "a\u{7}b"), "不能保存的字符"),
        ] {
            let sent = desk.sends(&path, &fields).await;
            assert_eq!(sent.status, 400, "{fields:?}");
            assert!(sent.text.contains(wrong), "{fields:?}");
        }
        let too_long = [
            ("purpose", "marketing"),
            ("given", "yes"),
            ("version", &long),
        ];
        assert_eq!(desk.sends(&path, &too_long).await.status, 400);
        let sent = desk
            .sends(&path, &agrees("marketing", "no", "会员章程 <2026>"))
            .await;
        assert_eq!(sent.status, 303, "{}", sent.text);
        desk.sends(&path, &agrees("children", "yes", "")).await;
        let page = desk.opens(&at("/members/1/privacy")).await.text;
        for said in [
            "同意：未成年人信息",
            "撤回：营销消息",
            "总部登记",
            "会员章程 &lt;2026&gt;",
        ] {
            assert!(page.contains(said), "{store:?}: {said}: {page}");
        }
        let page = desk.opens(&at("/members/1")).await.text;
        assert!(page.contains("退订活动"), "{store:?}");
        let log = desk.opens("/console/audit").await.text;
        assert!(
            log.contains("登记同意") && log.contains("营销消息"),
            "{store:?}"
        );
        assert!(verified(&app), "{store:?}");
    }
}
