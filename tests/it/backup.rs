//! Backup and restore: a store that a story filled goes through every database and comes out as it was, and the story
//! goes on.

mod online;
mod refusals;

use std::io::Read;
use std::path::Path;

use daogou_schema::outbound::State;
use daogou_schema::{inbound, lane};
use sea_orm::{EntityTrait, Set};
use serde_json::{Value, json};

use crate::kit::{Backend, Guide, Phone, Session, Store, TestApp};

/// The lines of a backup.
pub(crate) fn lines(file: &Path) -> Vec<String> {
    let packed = std::fs::read(file).expect("the file is there");
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(&packed[..])
        .read_to_string(&mut text)
        .expect("gzip");
    text.lines().map(str::to_owned).collect()
}

/// Two backups of equal stores differ only in where and when they were made, and so in the checksum; and PostgreSQL
/// keeps the keys of a document in an order of its own.
fn are_equal(before: &Path, after: &Path, what: &str) {
    let (before, after) = (lines(before), lines(after));
    assert_eq!(before.len(), after.len(), "{what}");
    let parsed = |line: &str| serde_json::from_str::<Value>(line).expect("JSON");
    for (left, right) in before.iter().zip(&after).take(before.len() - 1).skip(1) {
        assert_eq!(parsed(left), parsed(right), "{what}");
    }
}

impl TestApp {
    /// Another, empty database; none when its server is not there.
    pub(crate) async fn moves_to(&mut self, store: Store, folder: &str) -> Option<()> {
        let folder = self.folder().join(folder);
        std::fs::create_dir_all(&folder).expect("a folder");
        self.backend = Backend::new(&folder, store, Session::Embedded).await?;
        Some(())
    }

    pub(crate) fn saves(&self, name: &str) -> std::path::PathBuf {
        let file = self.folder().join(name);
        let told = self.daogou_json(&["backup", &file.display().to_string(), "--json"]);
        assert!(told["rows"].as_u64().expect("a number") > 0, "{told}");
        file
    }
}

struct Shop {
    lin: Guide,
    wang: Phone,
}

/// A shop with a guide, a customer, a chat with a picture, a remark, a held answer and a guide who waits.
async fn open_shop(app: &TestApp) -> Shop {
    app.add_store("杭州城北店");
    let lin = app.guide("林小满", "杭州城北店").await;
    let (wang, li) = (app.person("王女士 🌸").await, app.person("李先生").await);
    wang.scans(&lin.scene).await;
    lin.phone.sees("新朋友 #1").await;
    li.scans(&lin.scene).await;
    lin.phone.sees("新朋友 #2").await;
    wang.says("“防水吗？”\\ 'x' 𠮷 👩‍👧").await;
    lin.phone.sees("防水吗").await;
    lin.phone.says("#1 20 米防水").await;
    wang.sees("20 米防水").await;
    wang.sends("image").await;
    lin.phone.sees_a("image").await;
    li.says("老人会不会用").await;
    lin.phone.sees("老人会不会用").await;
    lin.phone.says("很简单的").await;
    lin.phone.sees("发给谁").await;
    lin.phone.says("备注 #1 王女士").await;
    lin.phone.sees("已备注为 王女士 #1").await;
    app.at_rest().await;
    Shop { lin, wang }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_goes_from_every_database_to_every_other_and_the_chat_goes_on() {
    let Some(mut app) = TestApp::on(Store::Sqlite, Session::Embedded).await else {
        return;
    };
    let shop = open_shop(&app).await;
    app.stop().await;
    // Every step from one kind to another, and from each kind to itself.
    use Store::{MariaDb, Postgres, Sqlite};
    let round = [
        Sqlite, Postgres, Postgres, MariaDb, MariaDb, Sqlite, MariaDb, Postgres, Sqlite,
    ];
    for (step, store) in round.into_iter().enumerate() {
        let before = app.saves(&format!("before-{step}"));
        if app.moves_to(store, &step.to_string()).await.is_none() {
            return;
        }
        let file = before.display().to_string();
        let told = app.daogou_json(&["restore", &file, "--moved", "--json"]);
        assert_eq!(told["messages_unknown"], 0);
        let after = app.saves(&format!("after-{step}"));
        are_equal(&before, &after, &format!("step {step} to {store:?}"));
        // New ids do not collide, and the people are who they were.
        app.restart().await;
        app.register().await;
        let question = format!("还在吗 {step}");
        shop.wang.says(&question).await;
        shop.lin
            .phone
            .sees(&format!("【王女士 #1】{question}"))
            .await;
        // An answer, which also opens the guide's window anew.
        shop.lin.phone.says(&format!("#1 在的 {step}")).await;
        shop.wang.sees(&format!("在的 {step}")).await;
        let newcomer = app.person(&format!("新人 {step}")).await;
        newcomer.scans(&shop.lin.scene).await;
        shop.lin.phone.sees(&format!("新朋友 #{}", step + 3)).await;
        app.at_rest().await;
        app.stop().await;
    }
}

/// What a server that went on after the backup has surely sent is not sent again.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_under_way_is_listed_and_not_sent_again_unless_no_server_ran_since() {
    let mut app = TestApp::start().await;
    let shop = open_shop(&app).await;
    app.fault(json!({ "path": "/cgi-bin/message/custom/send", "errcode": -1, "times": 100 }))
        .await;
    shop.wang.says("等一下").await;
    app.outcome(&shop.lin.phone, "等一下", State::Ready).await;
    let database = app.database().await;
    hold_a_lane(&database).await;
    accept_a_push(&database).await;
    let file = app.saves("under-way").display().to_string();
    app.stop().await;

    let store = app.backend.store();
    app.moves_to(store, "served").await.expect("a database");
    let told = app.daogou_json(&["restore", &file, "--json"]);
    assert_eq!(told["messages_unknown"], 1, "{told}");
    assert_eq!(told["pushes_set_aside"], 1, "{told}");
    let listed = app.daogou_json(&["outbound", "list", "--json"]);
    assert!(listed.to_string().contains("restored"), "{listed}");
    let lanes = lane::Entity::find().all(&app.database().await).await;
    assert!(
        lanes
            .expect("lanes")
            .iter()
            .all(|lane| lane.owner.is_none())
    );

    app.moves_to(store, "moved").await.expect("a database");
    let told = app.daogou_json(&["restore", &file, "--moved", "--json"]);
    assert_eq!(told["messages_unknown"], 0, "{told}");
}

async fn hold_a_lane(database: &sea_orm::DatabaseConnection) {
    let lanes = lane::Entity::find().all(database).await.expect("lanes");
    let mut lane: lane::ActiveModel = lanes[0].clone().into();
    lane.owner = Set(Some("somebody".into()));
    lane::Entity::update(lane)
        .exec(database)
        .await
        .expect("held");
}

async fn accept_a_push(database: &sea_orm::DatabaseConnection) {
    let pushes = inbound::Entity::find().all(database).await.expect("pushes");
    let mut push: inbound::ActiveModel = pushes[0].clone().into();
    push.state = Set(inbound::State::Stored);
    inbound::Entity::update(push)
        .exec(database)
        .await
        .expect("stored");
}

/// The header of a file.
fn header(file: &Path) -> Value {
    serde_json::from_str(&lines(file)[0]).expect("JSON")
}
