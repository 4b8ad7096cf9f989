//! Every statement that the running product says to its store finds its rows by an index: each database is asked for its
//! own plan, on a store in which everything has grown, one person's history too.
//!
//! The statements are those that a long story really ran. PostgreSQL and MariaDB run them once more and say how many rows
//! each step touched; SQLite says which index each step uses.

mod filling;
mod heard;
mod mariadb;
mod postgres;
mod shown;
mod sqlite;
mod story;
mod verdict;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};

use crate::kit::{Session, Store, TestApp, eventually};
use verdict::{Step, Verdict};

/// Tables that never grow large, with the reason why they may be read from one end to the other.
const SMALL: &[(&str, &str)] = &[
    ("account", "one row for each appid of the brand"),
    ("store", "one row for each shop of the brand"),
    ("region", "one row for each region of the brand's shops"),
    (
        "staff",
        "one row for each person at headquarters and each manager",
    ),
    ("invitation", "one row for each invitation of the last days"),
    (
        "guide_invitation",
        "at most one row for each shop of the brand",
    ),
    (
        "applicant",
        "one row for each would-be guide of the last 30 days, at most 30 waiting a shop",
    ),
    (
        "sign_in",
        "one row for each browser in which staff is signed in",
    ),
    (
        "guide_sign_in",
        "one row for each browser in which a guide is signed in",
    ),
    (
        "guide_pass",
        "one row for each link of the last minutes that was not used",
    ),
    (
        "hand_over",
        "one row for each guide who left, moved or was away for long",
    ),
    ("field", "at most a hundred for each account"),
    ("field_choice", "at most fifty in use for each field"),
    ("tag_rule", "at most one for each tag in use"),
    ("tag", "at most 200 in use for each account"),
    ("campaign", "one row for each campaign of the brand"),
    (
        "menu_version",
        "one row each time headquarters publishes its menu",
    ),
    (
        "follower_sync",
        "one row each time somebody lets an account's followers be taken in",
    ),
    (
        "bulk",
        "one row each time somebody of the staff does the same to many members",
    ),
    (
        "import",
        "one row each time somebody of headquarters brings a file",
    ),
    (
        "export",
        "one row each time somebody of headquarters takes a list out",
    ),
    (
        "fan_act",
        "one row for each arrival of the last second: counted, it is removed",
    ),
    (
        "sensitive_word",
        "at most 10,000, read when they change, and counted every five seconds",
    ),
    ("node", "one row for each process of the last days"),
    ("seaql_migrations", "one row for each change of the schema"),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_statement_finds_its_rows_by_an_index_on_sqlite() {
    every_statement_has_an_index(Store::Sqlite, DbBackend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_statement_finds_its_rows_by_an_index_on_postgresql() {
    every_statement_has_an_index(Store::Postgres, DbBackend::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_statement_finds_its_rows_by_an_index_on_mariadb() {
    every_statement_has_an_index(Store::MariaDb, DbBackend::MySql).await;
}

async fn every_statement_has_an_index(store: Store, backend: DbBackend) {
    heard::listen();
    let Some(mut app) = TestApp::on(store, Session::Embedded).await else {
        return;
    };
    Box::pin(story::tell(&mut app)).await;
    let db = app.database().await;
    let statements = heard::of(backend);
    assert!(
        statements.len() > 60,
        "the story says too little: {} statements",
        statements.len()
    );
    let mut verdict = Verdict::default();
    for statement in &statements {
        verdict.hear(statement, plan(&db, backend, statement).await);
    }
    verdict.print();
    verdict.nothing_is_read_from_end_to_end();
    if backend == DbBackend::Sqlite {
        sqlite::every_index_is_used(&db, &verdict).await;
    }
    shown::to_find_what_it_forbids(&db, backend).await;
}

/// How the database goes about it, step by step.
async fn plan(db: &DatabaseConnection, backend: DbBackend, statement: &Statement) -> Vec<Step> {
    match backend {
        DbBackend::Postgres => postgres::plan(db, statement).await,
        DbBackend::MySql => mariadb::plan(db, statement).await,
        _ => sqlite::plan(db, statement).await,
    }
}

/// On its first day PostgreSQL would otherwise take each account for a few rows for a minute, and read them all.
#[tokio::test(flavor = "multi_thread")]
async fn a_young_postgresql_looks_at_tables_that_have_grown() {
    let Some(app) = TestApp::on(Store::Postgres, Session::Embedded).await else {
        return;
    };
    let db = app.database().await;
    // Otherwise the database may be faster by itself, and there is nothing left to look at.
    db.execute_unprepared("ALTER TABLE lane SET (autovacuum_enabled = false)")
        .await
        .expect("a setting");
    let grown = "INSERT INTO lane (account_id, openid, way, owner, lease_until, fence) \
                 SELECT 1, 'o' || n, 'in', NULL, 0, 1 FROM generate_series(1, 2000) AS n";
    db.execute_unprepared(grown).await.expect("rows");
    let looked = "SELECT 1 AS looked FROM pg_stat_user_tables WHERE relname = 'lane' AND last_analyze IS NOT NULL";
    eventually("a look at the table", async || {
        let asked = Statement::from_string(DbBackend::Postgres, looked);
        db.query_one_raw(asked).await.expect("an answer").map(drop)
    })
    .await;
}
