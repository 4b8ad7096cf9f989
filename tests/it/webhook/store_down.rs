//! The store is down: never `success`, always an answer in time, and the push that comes again takes effect once.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use daogou_schema::message;
use sea_orm::{ConnectOptions, Database, DatabaseConnection, EntityTrait, TransactionTrait};

use super::{settled, settled_within, text_from};
use crate::kit::wire::{Posted, push};
use crate::kit::{Guide, Phone, Proxy, Push, Session, Store, TestApp, eventually, within};

/// Below WeChat's 5 s.
const IN_TIME: Duration = Duration::from_millis(4_950);
/// Much less than the many minutes after which a system gives a connection up.
const FORGOTTEN_FOR: Duration = Duration::from_secs(90);
/// Whoever held a lane when the store went away is gone.
const LEASES_END_AFTER: TimeDelta = TimeDelta::minutes(2);

/// A guide, a consumer who is bound to her, and the way to the store.
struct Scene {
    app: TestApp,
    lin: Guide,
    wang: Phone,
}

impl Scene {
    async fn at(app: TestApp) -> Self {
        app.add_store("杭州城北店");
        let lin = app.guide("林小满", "杭州城北店").await;
        let wang = app.person("王女士").await;
        wang.scans(&lin.scene).await;
        wang.sees("林小满").await;
        lin.phone.sees("新朋友").await;
        Self { app, lin, wang }
    }

    /// With a line to the database server in between.
    async fn behind_a_line(store: Store) -> Option<(Self, Proxy)> {
        let mut app = TestApp::on(store, Session::Embedded).await?;
        let (line, over) = Proxy::to(&app.backend.database_url).await;
        app.stop().await;
        app.set("DATABASE_URL", &over);
        app.restart().await;
        app.register().await;
        Some((Self::at(app).await, line))
    }

    fn line(&self, text: &str) -> Push {
        let message = text_from(&self.wang.openid, &format!("9{}", text.len()), text);
        self.app.sender().push("secure", message)
    }

    /// It is refused as long as the store is down, and in time.
    async fn is_not_taken(&self, line: &Push) {
        let since = Instant::now();
        let posted = push(&self.app, line).await;
        assert!(posted.status.is_server_error(), "{posted:?}");
        assert_ne!(posted.body, "success");
        assert!(since.elapsed() < IN_TIME, "{:?}", since.elapsed());
    }

    /// WeChat's next attempts, until one is taken.
    async fn is_taken(&self, line: &Push) -> Posted {
        within(FORGOTTEN_FOR, "a store that is back", async || {
            let posted = push(&self.app, line).await;
            posted.status.is_success().then_some(posted)
        })
        .await
    }

    async fn took_effect_once(&self, text: &str) {
        // A connection that was lying idle may still have to find out; WeChat would come again as well.
        self.is_taken(&self.line("这是最后一句")).await;
        self.app.pass(LEASES_END_AFTER);
        within(
            FORGOTTEN_FOR,
            "the last line at the guide's phone",
            async || {
                // A lane whose release was lost is free again when its lease ends.
                self.app.pass(TimeDelta::milliseconds(200));
                (self.lin.phone.count("这是最后一句").await > 0).then_some(())
            },
        )
        .await;
        let shown = self.lin.phone.texts().await.join("\n");
        assert_eq!(shown.matches(text).count(), 1, "{text} in {shown}");
        let rows = settled(&self.app.database().await).await;
        let kept = rows
            .iter()
            .filter(|r| r.raw.as_ref().is_some_and(|raw| raw.contains(text)));
        assert_eq!(kept.count(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_line_to_the_database_is_told_and_the_push_takes_effect_when_it_comes_again() {
    for store in [Store::Postgres, Store::MariaDb] {
        let Some((scene, line)) = Scene::behind_a_line(store).await else {
            continue;
        };
        let push = scene.line("这款防水吗");
        line.cut();
        scene.is_not_taken(&push).await;
        scene.is_not_taken(&push).await;
        line.heal();
        let taken = scene.is_taken(&push).await;
        assert_eq!(scene.is_taken(&push).await, taken, "{store:?}");
        scene.took_effect_once("这款防水吗").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_the_other_end_has_forgotten_are_given_up_without_a_restart() {
    for store in [Store::Postgres, Store::MariaDb] {
        let Some((scene, line)) = Scene::behind_a_line(store).await else {
            continue;
        };
        let push = scene.line("这款防水吗");
        line.forget();
        scene.is_taken(&push).await;
        scene.took_effect_once("这款防水吗").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_goes_dead_without_a_word_is_told_in_time() {
    for store in [Store::Postgres, Store::MariaDb] {
        let Some((scene, line)) = Scene::behind_a_line(store).await else {
            continue;
        };
        let push = scene.line("这款防水吗");
        line.go_dead();
        scene.is_not_taken(&push).await;
        scene.is_not_taken(&push).await;
        line.heal();
        scene.is_taken(&push).await;
        scene.took_effect_once("这款防水吗").await;
    }
}

/// Many pushes are under way when the line `is_lost`.
async fn lose_the_line_amid_many_pushes(is_lost: fn(&Proxy)) {
    for store in [Store::Postgres, Store::MariaDb] {
        let Some((scene, line)) = Scene::behind_a_line(store).await else {
            continue;
        };
        let texts: Vec<String> = (1..=40)
            .map(|n| format!("第{}句。", "好".repeat(n)))
            .collect();
        let sending = futures_util::future::join_all(texts.iter().map(|text| async {
            scene.is_taken(&scene.line(text)).await;
        }));
        let losing = async {
            let some = eventually("some rows", async || {
                (super::count(&scene.direct().await).await > 12).then_some(())
            });
            some.await;
            is_lost(&line);
            tokio::task::yield_now().await;
            line.heal();
        };
        tokio::join!(sending, losing);
        scene.app.pass(LEASES_END_AFTER);
        let db = scene.direct().await;
        let rows = settled_within(FORGOTTEN_FOR, &db).await;
        let lines = message::Entity::find().all(&db).await.expect("the lines");
        for text in &texts {
            let kept = rows
                .iter()
                .filter(|r| r.raw.as_ref().is_some_and(|raw| raw.contains(text)));
            assert_eq!(kept.count(), 1, "{store:?}: {text}");
            let heard = lines
                .iter()
                .filter(|line| line.content.to_string().contains(text));
            assert_eq!(heard.count(), 1, "{store:?}: {text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_cut_in_the_middle_of_many_pushes_loses_and_doubles_none() {
    lose_the_line_amid_many_pushes(Proxy::cut).await;
}

/// The server on the other end still holds what the units of that moment had locked.
#[tokio::test(flavor = "multi_thread")]
async fn a_line_forgotten_in_the_middle_of_many_pushes_loses_and_doubles_none() {
    lose_the_line_amid_many_pushes(Proxy::forget).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_sqlite_file_is_told_in_time_and_the_push_takes_effect_when_it_comes_again() {
    let app = TestApp::on(Store::Sqlite, Session::Embedded).await;
    let scene = Scene::at(app.expect("SQLite is always there")).await;
    let push = scene.line("这款防水吗");
    let other = scene.direct().await;
    // As a backup or another program would: it holds the file's write lock longer than anybody waits.
    let options = sea_orm::TransactionOptions {
        sqlite_transaction_mode: Some(sea_orm::SqliteTransactionMode::Exclusive),
        ..Default::default()
    };
    let held = other.begin_with_options(options).await.expect("the lock");
    scene.is_not_taken(&push).await;
    held.rollback().await.expect("the lock is let go");
    // It may have been stored after its request was given up; then it is worked on all the same, and no lease has to
    // end first.
    scene.is_taken(&push).await;
    scene.lin.phone.sees("这款防水吗").await;
    scene.took_effect_once("这款防水吗").await;
}

impl Scene {
    /// The store, without the line.
    async fn direct(&self) -> DatabaseConnection {
        let options = ConnectOptions::new(&self.app.backend.database_url);
        Database::connect(options).await.expect("the store answers")
    }
}
