//! A backup is one moment of the store, also while the server writes.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use daogou_schema::{AccountId, Timestamp, code};
use sea_orm::{EntityTrait, Set};

use super::{lines, open_shop};
use crate::kit::{Session, Store, TestApp};

/// So many rows keep the backup busy between the first table and the last.
const OTHERS: usize = 20_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_sqlite_is_one_moment_while_the_server_writes() {
    is_one_moment(Store::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_postgresql_is_one_moment_while_the_server_writes() {
    is_one_moment(Store::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_mariadb_is_one_moment_while_the_server_writes() {
    is_one_moment(Store::MariaDb).await;
}

async fn is_one_moment(store: Store) {
    let Some(app) = TestApp::on(store, Session::Embedded).await else {
        return;
    };
    let shop = open_shop(&app).await;
    add_codes(&app).await;
    let file = app.folder().join("online");
    let args = ["backup", &file.display().to_string(), "--json"].map(str::to_owned);
    let over = AtomicBool::new(false);
    let saving = async {
        let environment = app.environment();
        let saved = tokio::task::spawn_blocking(move || {
            let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_daogou"));
            command.args(args).env_clear().envs(environment);
            command.output().expect("the command runs")
        });
        let output = saved.await.expect("it ends");
        over.store(true, Ordering::Relaxed);
        assert!(output.status.success(), "{output:?}");
    };
    let coming = async {
        let mut came = 0;
        while !over.load(Ordering::Relaxed) {
            came += 1;
            let newcomer = app.person(&format!("新人 {came}")).await;
            newcomer.scans(&shop.lin.scene).await;
        }
        came
    };
    let ((), came) = tokio::join!(saving, coming);
    let lines = lines(&file);
    let rows = rows_by_table(&lines);
    let count = |table: &str| rows[table].len();
    assert!(count("code") > OTHERS);
    let saved = count("member");
    assert!(saved < came, "{came} came: was it made meanwhile?");
    // Written together, and saved long before and long after one another.
    assert_eq!(saved, count("identity"));
    assert_eq!(saved, count("binding"));
    assert_eq!(count("inbound"), count("inbound_key"));
}

async fn add_codes(app: &TestApp) {
    let database = app.database().await;
    for hundred in 0..OTHERS / 100 {
        let codes = (0..100).map(|one| code::ActiveModel {
            account_id: Set(AccountId(1)),
            scene: Set(format!("another{hundred}x{one}")),
            purpose: Set(code::Purpose::Store),
            ticket: Set("ticket".into()),
            url: Set("url".into()),
            created_at: Set(Timestamp(1)),
            ..Default::default()
        });
        let added = code::Entity::insert_many(codes)
            .exec_without_returning(&database)
            .await;
        added.expect("they are added");
    }
}

/// The rows of a backup, as its lines.
fn rows_by_table(lines: &[String]) -> BTreeMap<String, Vec<&String>> {
    let mut tables = BTreeMap::new();
    let mut current = None;
    for line in &lines[1..] {
        if line.starts_with("{\"table\"") {
            let table: serde_json::Value = serde_json::from_str(line).expect("JSON");
            let name = table["table"].as_str().expect("a name").to_owned();
            current = Some(name.clone());
            tables.insert(name, Vec::new());
        } else if let (Some(table), true) = (&current, line.starts_with('[')) {
            tables.get_mut(table).expect("a table").push(line);
        }
    }
    tables
}
