//! Two openids that differ only in capitals are two people, on every database.

use serde_json::json;

use super::STORES;
use crate::kit::{Session, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn two_openids_that_differ_only_in_capitals_are_two_people() {
    for store in STORES {
        let Some(app) = TestApp::on(store, Session::Embedded).await else {
            continue;
        };
        app.add_store("杭州城北店");
        let lin = app.guide("林小满", "杭州城北店").await;
        let wu = app.guide("吴桐", "杭州城北店").await;
        let wang = app.person("王女士").await;
        let twin = app
            .somebody(json!({ "name": "汪女士", "openid_like": wang.id }))
            .await;
        assert!(twin.openid != wang.openid && twin.openid.eq_ignore_ascii_case(&wang.openid));

        wang.scans(&lin.scene).await;
        wang.sees("林小满").await;
        twin.scans(&wu.scene).await;
        twin.sees("吴桐").await;
        wang.says("我的表带断了").await;
        lin.phone.sees("我的表带断了").await;
        twin.says("我要退货").await;
        wu.phone.sees("我要退货").await;
        wu.phone.says("可以退的").await;
        twin.sees("可以退的").await;
        lin.phone.says("带来店里换").await;
        wang.sees("带来店里换").await;
        for (phone, foreign) in [
            (&wang, "可以退的"),
            (&twin, "带来店里换"),
            (&lin.phone, "我要退货"),
            (&wu.phone, "我的表带断了"),
        ] {
            assert_eq!(phone.count(foreign).await, 0, "{store:?}: {}", phone.name);
        }
    }
}
