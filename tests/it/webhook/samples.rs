//! The 59 samples of other projects, in each of the three modes, unchanged: ten of them share one message id.

use daogou_schema::inbound;

use super::{MODES, assert_taken, settled};
use crate::kit::wire::push;
use crate::kit::{Session, Store, TestApp, fixtures};

fn samples() -> Option<Vec<(String, String)>> {
    let folder = fixtures("the inbound samples")?.join("inbound");
    let mut samples: Vec<_> = std::fs::read_dir(folder)
        .expect("the samples")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|e| e != "tsv"))
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("a sample");
            (path.display().to_string(), text)
        })
        .collect();
    samples.sort();
    assert_eq!(samples.len(), 59);
    Some(samples)
}

#[tokio::test(flavor = "multi_thread")]
async fn all_59_samples_are_accepted_and_stored_in_every_mode_on_sqlite() {
    in_every_mode(Store::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_59_samples_are_accepted_and_stored_in_every_mode_on_postgresql() {
    in_every_mode(Store::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_59_samples_are_accepted_and_stored_in_every_mode_on_mariadb() {
    in_every_mode(Store::MariaDb).await;
}

/// What tells of somebody who takes her data back: what names her in it is forgotten as soon as it is acted on.
fn is_forgotten(name: &str) -> bool {
    let forgets = ["user_authorization_", "user_info_modified"];
    forgets.iter().any(|event| name.contains(event))
}

async fn in_every_mode(store: Store) {
    let Some(samples) = samples() else { return };
    for mode in MODES {
        let Some(app) = TestApp::with(store, Session::Embedded, mode, "service").await else {
            return;
        };
        for (name, text) in &samples {
            let posted = push(&app, &app.sender().push(mode, text)).await;
            assert_taken(&posted, &format!("{name} in {mode} mode"));
        }
        let rows = settled(&app.database().await).await;
        for (name, text) in samples.iter().filter(|(name, _)| !is_forgotten(name)) {
            let kept: Vec<_> = rows
                .iter()
                .filter(|r| r.raw.as_ref() == Some(text))
                .collect();
            assert_eq!(kept.len(), 1, "{store:?}: {name} in {mode} mode");
            assert_eq!(kept[0].state, inbound::State::Done, "{name} in {mode} mode");
        }
        assert_eq!(rows.len(), samples.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mini_program_takes_the_samples_too() {
    let Some(samples) = samples() else { return };
    let app = TestApp::with(Store::Sqlite, Session::Embedded, "secure", "miniprogram").await;
    let app = app.expect("SQLite is always there");
    for (name, text) in &samples {
        assert_taken(&push(&app, &app.sender().push("secure", text)).await, name);
    }
    assert_eq!(settled(&app.database().await).await.len(), samples.len());
}
