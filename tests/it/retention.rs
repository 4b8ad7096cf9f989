//! What grows without end is forgotten after its days; what anybody still needs is not.

use chrono::TimeDelta;
use daogou_schema::outbound::{self, State};
use daogou_schema::{inbound, inbound_key, message};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::json;

use crate::kit::{TestApp, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn old_pushes_and_settled_messages_are_forgotten_and_conversations_and_held_lines_are_not() {
    let mut app = TestApp::start().await;
    app.add_store("杭州城北店");
    let lin = app.guide("林小满", "杭州城北店").await;
    let wang = app.person("王女士").await;
    wang.scans(&lin.scene).await;
    lin.phone.sees("新朋友 #1").await;
    wang.says("第一句").await;
    lin.phone.sees("第一句").await;

    app.later(TimeDelta::days(20)).await;
    lin.phone.says("在").await;
    wang.says("第二句").await;
    lin.phone.sees("第二句").await;
    app.fault(json!({ "path": "/cgi-bin/message/custom/send", "errcode": 45015, "times": 1 }))
        .await;
    wang.says("第三句").await;
    app.outcome(&lin.phone, "第三句", State::Held).await;
    let database = app.database().await;
    let keys = inbound_key::Entity::find().count(&database).await;

    // 31 days after the first line, 11 after the others. Each start looks.
    app.later(TimeDelta::days(11)).await;
    app.restart().await;
    eventually("the first days being forgotten", async || {
        let sent = app.outbound_to(&lin.phone).await;
        let pushes = inbound::Entity::find().all(&database).await.expect("rows");
        let oldest = pushes.iter().map(|push| push.received_at.to_utc()).min();
        let young = oldest.is_some_and(|at| app.clock.now() - at < TimeDelta::days(30));
        let first = sent
            .iter()
            .any(|row| row.content.to_string().contains("第一句"));
        (young && !first).then_some(())
    })
    .await;
    assert!(app.outbound_to(&wang).await.iter().all(is_young));
    app.outcome(&lin.phone, "第二句", State::Sent).await;
    app.outcome(&lin.phone, "第三句", State::Held).await;
    assert_eq!(inbound_key::Entity::find().count(&database).await, keys);
    // Hers, and the guide's one.
    assert_eq!(message::Entity::find().count(&database).await, Ok(4));
}

/// Not the welcome of the first day.
fn is_young(row: &outbound::Model) -> bool {
    row.purpose != outbound::Purpose::Welcome
}
