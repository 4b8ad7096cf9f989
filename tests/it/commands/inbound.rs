//! `daogou inbound`: what was set aside is listed, and handled again when a person says so.

use daogou_schema::inbound::{self, State};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;

use super::STORE;
use crate::crash::leave_stored;
use crate::kit::{TestApp, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn a_push_that_was_set_aside_is_listed_without_what_it_says_and_handled_again_when_asked() {
    let mut app = TestApp::start().await;
    app.add_store(STORE);
    let lin = app.guide("林小满", STORE).await;
    let wang = app.person("王女士").await;
    wang.scans(&lin.scene).await;
    lin.phone.sees("新朋友").await;
    assert_eq!(
        app.daogou_json(&["inbound", "list", "--json"]),
        json!({ "pushes": [], "more": false })
    );

    // A row that cannot be handled, as after a fault of ours, on its last try.
    app.stop().await;
    leave_stored(&app, &wang, "被搁置的一句").await;
    app.alter("UPDATE inbound SET format = 'yaml', attempts = 4 WHERE state = 'stored'")
        .await;
    app.restart().await;
    app.register().await;
    let set_aside = eventually("the push set aside", async || {
        let failed = inbound::Entity::find().filter(inbound::Column::State.eq(State::Failed));
        let failed = failed.one(&app.database().await).await;
        failed.expect("the pushes can be read")
    })
    .await;
    let listed = app.daogou(&["inbound", "list", "--json"]);
    let listed = String::from_utf8(listed.stdout).expect("text");
    assert!(!listed.contains("搁置") && !listed.contains(&wang.openid));
    let listed: serde_json::Value = serde_json::from_str(&listed).expect("JSON");
    let push = &listed["pushes"][0];
    assert_eq!(push["id"], set_aside.id.0);
    assert_eq!(
        (&push["type"], &push["attempts"]),
        (&json!("text"), &json!(5))
    );
    assert!(push["fault"].as_str().expect("a reason").contains("format"));

    // Somebody else's push is not touched, and says so.
    let id = set_aside.id.0.to_string();
    let nobody = app.daogou(&["inbound", "retry", "987654"]);
    assert_eq!(nobody.status.code(), Some(1));
    let neither = app.daogou(&["inbound", "retry"]);
    assert_eq!(neither.status.code(), Some(2));

    // What was wrong is mended.
    app.alter("UPDATE inbound SET format = 'xml' WHERE state = 'failed'")
        .await;
    assert_eq!(
        app.daogou_json(&["inbound", "retry", &id, "--json"]),
        json!({ "retried": 1 })
    );
    // It has waited long enough to be taken up by the next sweep.
    app.pass(chrono::TimeDelta::seconds(15));
    lin.phone.sees("被搁置的一句").await;
    assert_eq!(
        app.daogou_json(&["inbound", "list", "--json"])["pushes"],
        json!([])
    );
    assert_eq!(
        app.daogou_json(&["inbound", "retry", "--all", "--json"]),
        json!({ "retried": 0 })
    );
}
