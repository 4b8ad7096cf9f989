//! What a node that has ended leaves behind is taken over, within the times that ARCHITECTURE.md names.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use daogou_schema::lane::{self, Way};
use daogou_schema::outbound::State;
use daogou_schema::{AccountId, Timestamp, node};
use futures_util::future::join_all;
use sea_orm::{ActiveModelTrait, DatabaseConnection, EntityTrait, IntoActiveModel, Set};

use super::{STORES, Scene};
use crate::crash::leave_stored;
use crate::kit::{APPID, Phone, Server, TestApp};

/// Five missing beats of 2 s, the one that came last, and a sweep.
const SENDING_TAKEN_OVER_WITHIN: Duration = Duration::from_secs(15);

#[tokio::test(flavor = "multi_thread")]
async fn the_sending_lane_of_a_node_that_stands_still_is_taken_over_and_a_living_ones_is_not() {
    join_all(STORES.map(async |store| {
        let Some(Scene { app, lin, wang }) = Scene::on(store).await else {
            return;
        };
        let server = Server::start(&app.environment(), &app.clock).await;
        app.register_at(&server.callback(APPID)).await;
        let chen = app.guide("陈一鸣", "杭州城北店").await;
        let li = app.person("李先生").await;
        li.scans(&chen.scene).await;
        chen.phone.sees("新朋友").await;
        app.at_rest().await;

        let db = app.database().await;
        let dead = stands(&db, "a dead node").await;
        hold_sending(&app, &db, &lin.phone, &dead.name).await;
        let mut living = stands(&db, "a living node").await;
        hold_sending(&app, &db, &chen.phone, &living.name).await;
        let zhou = app.guide("周敏", "杭州城北店").await;
        let sun = app.person("孙阿姨").await;
        sun.scans(&zhou.scene).await;
        zhou.phone.sees("新朋友").await;
        app.at_rest().await;
        hold_sending(&app, &db, &zhou.phone, "a node that nobody knows").await;
        let begun = Instant::now();
        wang.says("有人吗").await;
        li.says("在不在").await;
        let beating = async {
            let mut beats = tokio::time::interval(Duration::from_millis(500));
            loop {
                beats.tick().await;
                living = beat(&db, living.clone()).await;
            }
        };
        let watching = async {
            lin.phone.sees("有人吗").await;
            let took = begun.elapsed();
            println!("{store:?}: a sending lane was taken over after {took:?}");
            assert!(took < SENDING_TAKEN_OVER_WITHIN, "{store:?}: {took:?}");
            // This server's clock says that every lease is over: what waits behind an unknown owner goes.
            sun.says("能退吗").await;
            app.pass(TimeDelta::hours(1));
            zhou.phone.sees("能退吗").await;
            li.says("听得到吗").await;
            sun.says("谢谢").await;
            zhou.phone.sees("谢谢").await;
        };
        tokio::select! {
            () = watching => {}
            () = beating => {}
        }
        // Nobody has touched the other one, although its message has waited for as long.
        app.outcome(&chen.phone, "在不在", State::Ready).await;
        assert_eq!(chen.phone.count("在不在").await, 0, "{store:?}");
        server.stop().await;
    }))
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_dead_node_had_accepted_is_handled_once_after_fifteen_seconds() {
    for store in STORES {
        let Some(Scene { app, lin, wang }) = Scene::on(store).await else {
            continue;
        };
        leave_stored(&app, &wang, "被打断的一句").await;
        let mut servers = Vec::new();
        for _ in 0..3 {
            servers.push(Server::start(&app.environment(), &app.clock).await);
        }
        app.register_at(&servers[0].callback(APPID)).await;
        app.pass(TimeDelta::seconds(14));
        let li = app.person("李先生").await;
        li.scans(&lin.scene).await;
        lin.phone.sees("新朋友 #2").await;
        assert_eq!(lin.phone.count("被打断的一句").await, 0, "{store:?}");
        app.pass(TimeDelta::seconds(1));
        lin.phone.sees("被打断的一句").await;
        // What comes after it stays behind it, and no other node has handled it too.
        wang.says("后面的一句").await;
        lin.phone.sees("后面的一句").await;
        let relays = app.outbound_to(&lin.phone).await;
        let relays = relays
            .iter()
            .filter(|row| row.content.to_string().contains("被打断的一句"));
        assert_eq!(relays.count(), 1, "{store:?}");
        for server in servers {
            server.stop().await;
        }
    }
}

/// A node as it stands in the store.
async fn stands(db: &DatabaseConnection, name: &str) -> node::Model {
    let row = node::Model {
        name: name.into(),
        beats: 5,
    };
    let row = row.into_active_model().insert(db).await;
    row.expect("a node")
}

async fn beat(db: &DatabaseConnection, node: node::Model) -> node::Model {
    let row = node::ActiveModel {
        beats: Set(node.beats + 1),
        ..node.into_active_model()
    };
    row.update(db).await.expect("a beat")
}

/// The lane to `to` is held by `owner`, who has taken it just now.
async fn hold_sending(app: &TestApp, db: &DatabaseConnection, to: &Phone, owner: &str) {
    let row = lane::ActiveModel {
        account_id: Set(AccountId(1)),
        openid: Set(to.openid.clone()),
        way: Set(Way::Out),
        owner: Set(Some(owner.to_owned())),
        lease_until: Set(Timestamp::from(app.clock.now()) + TimeDelta::seconds(50)),
        fence: Set(41),
    };
    let replaced = lane::Entity::delete_by_id((AccountId(1), to.openid.clone(), Way::Out));
    replaced.exec(db).await.expect("the lane");
    row.insert(db).await.expect("a lane");
}
