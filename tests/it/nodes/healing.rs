//! Two processes that find the same lost answer in the same moment.

use std::time::Duration;

use chrono::TimeDelta;
use daogou_schema::Timestamp;
use daogou_schema::outbound::{self, Purpose, State};
use sea_orm::IntoActiveModel;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseConnection, EntityTrait};
use sea_orm::{NotSet, QueryFilter, QuerySelect, Set, Statement, TransactionTrait};

use super::{STORES, Scene};
use crate::kit::{APPID, Phone, Server, Store, TestApp, within};

/// Two sweeps, which are a second apart where the machine has nothing else to do.
const LOCKED_WITHIN: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_told_once_although_two_processes_find_it_at_the_same_moment() {
    for store in STORES {
        let Some(Scene { app, lin, wang }) = Scene::on(store).await else {
            continue;
        };
        let one = Server::start(&app.environment(), &app.clock).await;
        app.register_at(&one.callback(APPID)).await;
        wang.says("有货吗").await;
        lin.phone.sees("有货吗").await;
        lin.phone.says("有的").await;
        wang.sees("有的").await;
        app.at_rest().await;
        let two = Server::start(&app.environment(), &app.clock).await;

        // Both have to wait for this one, so that they are at it together.
        let db = app.database().await;
        let lock = db.begin().await.expect("a transaction");
        let lost = lose_an_answer(&app, &db, &wang).await;
        outbound::Entity::find_by_id(lost.id)
            .lock_exclusive()
            .one(&lock)
            .await
            .expect("the answer is locked");
        app.pass(TimeDelta::seconds(2));
        within(LOCKED_WITHIN, "both processes waiting", async || {
            (waiting_for_locks(store, &db).await >= 2).then_some(())
        })
        .await;
        lock.commit().await.expect("the lock is let go");

        app.outcome(&wang, "有的", State::Unknown).await;
        lin.phone.sees("是否送达未知").await;
        app.at_rest().await;
        one.stop().await;
        two.stop().await;
        let told = app.outbound_to(&lin.phone).await;
        let told = told
            .iter()
            .filter(|row| row.purpose == Purpose::Notice && row.inbound_id == lost.inbound_id);
        assert_eq!(told.count(), 1, "{store:?}");
    }
}

/// The answer to `to` once more, as a process leaves it that has died in the call; its lease ends in a second.
async fn lose_an_answer(app: &TestApp, db: &DatabaseConnection, to: &Phone) -> outbound::Model {
    let sent = outbound::Entity::find()
        .filter(outbound::Column::Openid.eq(to.openid.as_str()))
        .filter(outbound::Column::Purpose.eq(Purpose::Answer))
        .one(db)
        .await
        .expect("the messages can be read")
        .expect("an answer");
    let mut lost = sent.into_active_model().reset_all();
    lost.id = NotSet;
    lost.state = Set(State::Claimed);
    lost.lease_until = Set(Some(
        Timestamp::from(app.clock.now()) + TimeDelta::seconds(1),
    ));
    lost.settled_at = Set(None);
    lost.insert(db).await.expect("a row")
}

/// How many transactions of this database wait for another.
async fn waiting_for_locks(store: Store, db: &DatabaseConnection) -> i64 {
    let query = match store {
        Store::Postgres => {
            "SELECT COUNT(*) AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        }
        _ => {
            // Not innodb_trx: it shows what it showed before while it is asked more often than every 0.1 s.
            "SELECT COUNT(*) AS n FROM information_schema.processlist \
             WHERE db = DATABASE() AND info LIKE 'SELECT%FOR UPDATE' AND time_ms > 100"
        }
    };
    let statement = Statement::from_string(db.get_database_backend(), query);
    let row = db.query_one_raw(statement).await.expect("an answer");
    let row = row.expect("a row");
    row.try_get("", "n").expect("a number")
}
