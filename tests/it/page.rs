//! The page with the phones in a real browser: the first two stops of the walk by finger and keyboard, at the desk, on a
//! narrow phone, in light and dark.

mod access;
mod album;
mod console;
mod narrow;
mod walk;
mod workbench;

use serde_json::json;

use crate::kit::{APPID, Guide, Phone, TestApp};

/// A store with two guides whose codes have their names beside them, and two people.
struct Shop {
    app: TestApp,
    lin: Guide,
    wang: Phone,
    li: Phone,
}

const LIN_S_CODE: &str = "林小满 的导购码";

impl Shop {
    async fn open() -> Self {
        let app = TestApp::start().await;
        app.add_store("杭州城北店");
        let lin = app.guide("林小满", "杭州城北店").await;
        let wu = app.guide("吴桐", "杭州城北店").await;
        label(&app, &lin, LIN_S_CODE).await;
        label(&app, &wu, "吴桐 的导购码").await;
        let (wang, li) = (app.person("王女士").await, app.person("李先生").await);
        Self { app, lin, wang, li }
    }

    /// 李先生 is a customer of 林小满 and has a line from her account; so is 王女士.
    async fn with_customers() -> Self {
        let shop = Box::pin(Self::open()).await;
        for person in [&shop.wang, &shop.li] {
            person.scans(&shop.lin.scene).await;
            person.sees("林小满").await;
        }
        shop.lin.phone.sees("新朋友 #2").await;
        shop
    }
}

/// Prints beside a guide's code whose it is, as a poster does.
async fn label(app: &TestApp, guide: &Guide, words: &str) {
    let url = format!("{}/sandbox/v1/codes?appid={APPID}", app.sandbox);
    let answer = app.http.get(url).send().await.expect("an answer");
    let answer: serde_json::Value = answer.json().await.expect("JSON");
    let codes = answer["codes"].as_array().expect("codes");
    let code = codes
        .iter()
        .find(|code| code["scene"] == guide.scene.as_str());
    let ticket = &code.expect("the guide's code exists")["ticket"];
    let labelled = json!({ "appid": APPID, "ticket": ticket, "label": words });
    app.control("/sandbox/v1/codes", labelled).await;
}
