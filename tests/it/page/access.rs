//! Who sees little, or nothing, or uses no pointer, can use the page: axe-core's rules on the main views.

use super::{LIN_S_CODE, Shop};
use crate::kit::{Browser, not_run};

const WHAT: &str = "axe-core's rules on the phones page";

/// What hurts; axe calls the rest moderate or minor.
const ASK: &str = "
    const done = arguments[arguments.length - 1];
    const bad = ({ impact }) => impact === 'serious' || impact === 'critical';
    const told = ({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} (${node.failureSummary})`).join(' ')}`;
    axe.run(document, { resultTypes: ['violations'], preload: false }).then(({ violations }) => done(violations.filter(bad).map(told)), (error) => done([String(error)]));";

#[tokio::test(flavor = "multi_thread")]
async fn the_main_views_keep_the_rules_of_access_in_light_and_dark() {
    let Some(axe) = axe() else {
        return;
    };
    let Some(browser) = Browser::start(WHAT).await else {
        return;
    };
    let shop = Shop::with_customers().await;
    for (scheme, width, height) in [("light", 1440, 900), ("dark", 360, 740)] {
        browser.has_screen(width, height).await;
        browser.likes(scheme).await;
        browser
            .opens(&shop.app.sandbox, &[&shop.wang, &shop.lin.phone])
            .await;
        browser.asks(&axe).await;
        let wang = browser.phone(&shop.wang);
        keeps_the_rules(&browser, scheme, "the chat").await;
        wang.taps("更多").await;
        wang.taps("照片").await;
        keeps_the_rules(&browser, scheme, "a sheet").await;
        wang.taps("取消").await;
        wang.taps("返回").await;
        for tab in ["微信", "我"] {
            wang.taps(tab).await;
            keeps_the_rules(&browser, scheme, tab).await;
        }
        wang.taps("微信").await;
        wang.taps("扫一扫").await;
        browser
            .finds(&format!("//button[contains(., '{LIN_S_CODE}')]"))
            .await;
        keeps_the_rules(&browser, scheme, "the scanner").await;
        browser
            .taps(if width < 720 {
                "打开或合上手机"
            } else {
                "打开一部手机"
            })
            .await;
        keeps_the_rules(&browser, scheme, "the people").await;
    }
    assert_eq!(browser.complaints().await, Vec::<String>::new());
    browser.quits().await;
}

pub async fn keeps_the_rules(browser: &Browser, scheme: &str, view: &str) {
    let found = browser.asks_and_waits(ASK).await;
    assert_eq!(found, serde_json::json!([]), "{view}, {scheme}: {found:#}");
}

/// The text of axe-core, which tests/prepare.sh fetches.
pub fn axe() -> Option<String> {
    let folder = std::env::var_os("DAOGOU_AXE");
    let text = folder.and_then(|folder| {
        std::fs::read_to_string(std::path::Path::new(&folder).join("axe.min.js")).ok()
    });
    if text.is_none() {
        not_run(
            WHAT,
            "DAOGOU_AXE does not name a folder with axe-core; run it through make test",
        );
    }
    text
}
