//! What is kept about a person: taken out whole, erased until nothing of it is found, agreed to, and masked.

mod consents;
mod erasing;
mod export;
mod killed;
mod leaving;
mod phones;
mod unsaid;

use std::collections::BTreeSet;

use crate::backup::lines;
use crate::kit::{APPID, Desk, Guide, Phone, TestApp, eventually};

const STORE: &str = "杭州城北店";

/// Where the pages of the test's account are.
fn at(page: &str) -> String {
    format!("/console/{APPID}{page}")
}

/// A shop in which the first member is Wang.
struct Shop {
    desk: Desk,
    lin: Guide,
    wang: Phone,
}

impl Shop {
    async fn open(app: &TestApp) -> Self {
        let desk = Desk::admin(app, "he").await;
        app.add_store(STORE);
        let lin = app.guide("林小满", STORE).await;
        let wang = app.person("王女士").await;
        wang.scans(&lin.scene).await;
        lin.phone.sees("新朋友 #1").await;
        Self { desk, lin, wang }
    }

    /// The first member, erased as an administrator does it; says where the receipt is.
    async fn erases_wang(&self) -> String {
        let sent = self
            .desk
            .sends(&at("/members/1/privacy/erase"), &[("number", "1")])
            .await;
        sent.to.expect(&sent.text)
    }

    /// The same browser at the server's new port.
    fn desk_after_restart(&self, app: &TestApp) -> Desk {
        let desk = Desk::stranger(app);
        desk.has_the_cookie(self.desk.forgets_the_cookie());
        desk
    }

    /// Waits until a receipt says `word`.
    async fn says(&self, receipt: &str, word: &str) -> String {
        eventually(word, async || {
            let page = self.desk.opens(receipt).await.text;
            page.contains(word).then_some(page)
        })
        .await
    }
}

/// The tables of the whole store in which `text` stands.
fn found(app: &TestApp, text: &str) -> BTreeSet<String> {
    let mut table = String::new();
    let mut found = BTreeSet::new();
    let file = app.saves("whole");
    let whole = lines(&file);
    std::fs::remove_file(file).expect("it is there");
    for line in whole {
        if let Ok(head) = serde_json::from_str::<serde_json::Value>(&line)
            && let Some(of) = head["table"].as_str()
        {
            table = of.to_owned();
        }
        if line.contains(text) {
            found.insert(table.clone());
        }
    }
    found
}

fn verified(app: &TestApp) -> bool {
    app.daogou(&["audit", "verify"]).status.success()
}
