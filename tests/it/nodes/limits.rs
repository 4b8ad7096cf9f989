//! What WeChat says about too many messages to one process holds for all.

use chrono::TimeDelta;
use daogou_schema::outbound::State;
use serde_json::json;

use super::{SEND, STORES, Scene, answered};
use crate::kit::{APPID, Server, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn when_one_process_hears_of_a_limit_the_others_pause_too() {
    for (store, code) in [(STORES[0], 45011), (STORES[1], 45009)] {
        let Some(Scene { app, lin, wang }) = Scene::on(store).await else {
            continue;
        };
        let one = Server::start(&app.environment(), &app.clock).await;
        let two = Server::start(&app.environment(), &app.clock).await;
        app.register_at(&two.callback(APPID)).await;
        let chen = app.guide("陈一鸣", "杭州城北店").await;
        let li = app.person("李先生").await;
        li.scans(&chen.scene).await;
        chen.phone.sees("新朋友").await;
        app.at_rest().await;

        app.register_at(&one.callback(APPID)).await;
        app.fault(json!({ "path": SEND, "errcode": code })).await;
        wang.says("第一句").await;
        eventually("the limit", async || {
            (answered(&app, SEND, code).await == 1).then_some(())
        })
        .await;
        // The other process does not ask, although WeChat would take it again.
        let before = answered(&app, SEND, 0).await;
        app.register_at(&two.callback(APPID)).await;
        li.says("第二句").await;
        eventually("a try without a call", async || {
            let rows = app.outbound_to(&chen.phone).await;
            rows.into_iter()
                .find(|row| row.content.to_string().contains("第二句") && row.attempts > 0)
        })
        .await;
        app.outcome(&chen.phone, "第二句", State::Ready).await;
        assert_eq!(answered(&app, SEND, 0).await, before, "{store:?}");

        // Redis counts the pause by its own clock; the tries go by ours.
        eventually("the end of the pause", async || {
            app.pass(TimeDelta::seconds(2));
            (chen.phone.count("第二句").await == 1).then_some(())
        })
        .await;
        // Out of the day's messages the first line waits for her free reply, otherwise it is tried again.
        if code == 45009 {
            lin.phone.says("列表").await;
        }
        lin.phone.sees("第一句").await;
        assert_eq!(answered(&app, SEND, code).await, 1, "{store:?}");
        one.stop().await;
        two.stop().await;
    }
}
