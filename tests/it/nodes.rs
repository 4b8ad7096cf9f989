//! Several processes on one store and one Redis: they share the work, and the end of one of them loses nothing.

mod ended;
mod healing;
mod killed;
mod limits;
mod roles;
mod token;

use crate::kit::{Guide, Phone, Session, Store, TestApp};

/// Where several processes can work together.
const STORES: [Store; 2] = [Store::Postgres, Store::MariaDb];

/// How often a call to `path` was answered with `code`.
async fn answered(app: &TestApp, path: &str, code: i64) -> i64 {
    let stats = app.stats().await;
    stats["calls"][path][code.to_string()].as_i64().unwrap_or(0)
}

const SEND: &str = "/cgi-bin/message/custom/send";

/// A guide with a customer; what the server of the kit did is done, and it has stopped.
struct Scene {
    app: TestApp,
    lin: Guide,
    wang: Phone,
}

impl Scene {
    /// None when a server is not there.
    async fn on(store: Store) -> Option<Self> {
        let mut app = TestApp::on(store, Session::Redis).await?;
        app.add_store("杭州城北店");
        let lin = app.guide("林小满", "杭州城北店").await;
        let wang = app.person("王女士").await;
        wang.scans(&lin.scene).await;
        lin.phone.sees("新朋友").await;
        app.at_rest().await;
        app.stop().await;
        Some(Self { app, lin, wang })
    }
}
