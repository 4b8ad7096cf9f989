//! A push that is delivered twice takes effect once, and the retry reads the same answer.

use daogou_schema::outbound::Purpose;
use futures_util::future::join_all;

use super::{STORES, assert_taken, event_from, settled, text_from};
use crate::kit::wire::{Posted, push, push_to};
use crate::kit::{Guide, Phone, Push, Server, Session, Store, TestApp};

const AT_ONCE: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn a_push_delivered_twice_takes_effect_once_and_is_answered_the_same() {
    for store in STORES {
        let Some(scene) = Scene::on(store, Session::Embedded).await else {
            continue;
        };
        let follow = scene.follow();
        let first = push(&scene.app, &follow).await;
        assert_taken(&first, "the follow");
        let welcome = scene.app.sender().open(&first.body);
        assert!(welcome.contains("林小满"), "{store:?}: {welcome}");
        assert_eq!(push(&scene.app, &follow).await, first, "{store:?}");

        let line = scene.line("这款防水吗");
        let heard = push(&scene.app, &line).await;
        assert_eq!(push(&scene.app, &line).await, heard, "{store:?}");
        // Also when nobody remembers it but the store.
        let mut scene = scene;
        scene.app.restart().await;
        assert_eq!(push(&scene.app, &line).await, heard, "{store:?}");
        assert_eq!(push(&scene.app, &follow).await, first, "{store:?}");
        scene.app.register().await;
        scene.took_effect_once(&["新朋友", "这款防水吗"]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_deliveries_at_once_take_effect_once_and_are_answered_alike() {
    for store in STORES {
        let Some(scene) = Scene::on(store, Session::Embedded).await else {
            continue;
        };
        let callbacks = [scene.app.callback()];
        scene.delivered_at_once(&callbacks).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_deliveries_at_once_to_two_servers_take_effect_once_and_are_answered_alike() {
    for store in [Store::Postgres, Store::MariaDb] {
        let Some(scene) = Scene::on(store, Session::Redis).await else {
            continue;
        };
        let second = Server::start(&scene.app.environment(), &scene.app.clock).await;
        let other = second.callback(&scene.app.sender().appid);
        scene
            .delivered_at_once(&[scene.app.callback(), other])
            .await;
        second.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_acts_in_one_second_are_two_pushes_and_a_repeated_event_is_one() {
    let app = TestApp::start().await;
    for key in ["a", "A", "b", "a"] {
        let click = event_from("oSheTaps", 1_786_759_500, "CLICK", key);
        assert_taken(&push(&app, &app.sender().push("secure", click)).await, key);
    }
    assert_eq!(settled(&app.database().await).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_message_id_at_another_account_is_another_push() {
    let app = TestApp::start().await;
    let text = text_from("oShe", "7", "一");
    assert_taken(
        &push(&app, &app.sender().push("secure", &text)).await,
        "first",
    );
    let mut app = app;
    app.stop().await;
    let environment = crate::kit::with(app.environment(), &[("WECHAT_APPID", "wxother")]);
    let server = Server::start(&environment, &app.clock).await;
    let other = crate::kit::Sender {
        appid: "wxother".into(),
        ..app.sender()
    };
    let push = other.push("secure", &text);
    assert_taken(
        &push_to(&app.http, &server.callback("wxother"), &push).await,
        "second",
    );
    assert_eq!(settled(&app.database().await).await.len(), 2);
    server.stop().await;
}

/// A guide with a phone, and a consumer whose pushes are made by hand.
struct Scene {
    app: TestApp,
    lin: Guide,
    wang: Phone,
}

impl Scene {
    async fn on(store: Store, session: Session) -> Option<Self> {
        let app = TestApp::on(store, session).await?;
        app.add_store("杭州城北店");
        let lin = app.guide("林小满", "杭州城北店").await;
        let wang = app.person("王女士").await;
        Some(Self { app, lin, wang })
    }

    fn follow(&self) -> Push {
        let key = format!("qrscene_{}", self.lin.scene);
        let event = event_from(&self.wang.openid, 1_786_759_500, "subscribe", &key);
        self.app.sender().push("secure", event)
    }

    fn line(&self, text: &str) -> Push {
        let id = format!("9{}", text.len());
        let message = text_from(&self.wang.openid, &id, text);
        self.app.sender().push("secure", message)
    }

    async fn delivered_at_once(&self, callbacks: &[String]) {
        for push in [self.follow(), self.line("有粉色吗")] {
            let all = callbacks.iter().cycle().take(AT_ONCE);
            let answers: Vec<Posted> =
                join_all(all.map(|to| push_to(&self.app.http, to, &push))).await;
            for answer in &answers {
                assert_taken(answer, "one of many");
                assert_eq!(answer, &answers[0]);
            }
            assert_eq!(
                push_to(&self.app.http, &callbacks[0], &push).await,
                answers[0]
            );
        }
        self.took_effect_once(&["新朋友", "有粉色吗"]).await;
    }

    /// The guide got each of these once, and what came last came last.
    async fn took_effect_once(&self, texts: &[&str]) {
        assert_taken(
            &push(&self.app, &self.line("这是最后一句")).await,
            "the last line",
        );
        self.lin.phone.sees("这是最后一句").await;
        let shown = self.lin.phone.texts().await.join("\n");
        for text in texts {
            assert_eq!(shown.matches(text).count(), 1, "{text} in {shown}");
        }
        let promised = self.app.outbound_to(&self.wang).await;
        let welcomes = promised.iter().filter(|m| m.purpose == Purpose::Welcome);
        assert_eq!(welcomes.count(), 1);
        let rows = settled(&self.app.database().await).await;
        let hers = rows.iter().filter(|r| r.openid == self.wang.openid);
        assert_eq!(hers.count(), texts.len() + 1);
    }
}
