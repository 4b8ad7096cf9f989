//! What came to no good end: counted by `daogou doctor`, listed by `daogou outbound list`.

use std::time::SystemTime;

use daogou_schema::outbound::State;
use serde_json::{Value, json};

use super::{doctor, house, text};

#[tokio::test(flavor = "multi_thread")]
async fn what_came_to_no_good_end_is_counted_and_listed_without_a_word_of_it() {
    let app = house().await;
    app.add_store("杭州城北店");
    let lin = app.guide("林小满", "杭州城北店").await;
    let wang = app.person("王女士").await;
    wang.scans(&lin.scene).await;
    lin.phone.sees("新朋友").await;
    wang.says("这款防水吗").await;
    lin.phone.sees("这款防水吗").await;
    let send = "/cgi-bin/message/custom/send";
    for (words, fault, state, told) in [
        (
            "第一句回答",
            json!({ "path": send, "drop": true }),
            State::Unknown,
            "是否送达未知",
        ),
        (
            "第二句回答",
            json!({ "path": send, "errcode": 45002 }),
            State::Refused,
            "没有送达",
        ),
        (
            "第三句回答",
            json!({ "path": send, "errcode": 45015 }),
            State::Held,
            "没有送出",
        ),
    ] {
        app.fault(fault).await;
        lin.phone.says(words).await;
        app.outcome(&wang, words, state).await;
        // What tells the guide has taken the next call, which would else meet the next fault.
        lin.phone.sees(told).await;
    }

    for (state, reason, code) in [
        ("unknown", "no_answer", Value::Null),
        ("refused", "content", json!(45002)),
        ("held", "window", json!(45015)),
    ] {
        let listed = app.daogou_json(&["outbound", "list", "--state", state, "--json"]);
        let messages = listed["messages"].as_array().expect("messages");
        assert_eq!(messages.len(), 1, "{state}: {listed}");
        let message = &messages[0];
        assert_eq!(message["guide"], "林小满");
        assert_eq!(message["purpose"], "answer");
        assert_eq!(
            (&message["reason"], &message["code"]),
            (&json!(reason), &code),
            "{state}"
        );
        assert!(
            message["id"].is_i64() && message["at"].is_string(),
            "{message}"
        );
        let lines = text(&app.daogou(&["outbound", "list", "--state", state]).stdout);
        assert!(lines.contains("林小满 · answer"), "{lines}");
        for told in [listed.to_string(), lines] {
            assert!(
                !told.contains("回答") && !told.contains(&wang.openid),
                "{told}"
            );
        }
    }

    // The doctor counts on the machine's clock.
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .expect("after 1970");
    app.alter(&format!(
        "UPDATE outbound SET created_at = {}",
        now.as_millis()
    ))
    .await;
    app.alter("UPDATE inbound SET state = 'failed' WHERE id = 1")
        .await;
    let visit = doctor(&app, &[]);
    assert_eq!(visit.exit, 0, "warnings are no failure");
    let (state, words) = visit.check("messages");
    assert_eq!(state, "warn");
    assert!(
        words.contains("1 with an unknown outcome") && words.contains("1 held"),
        "{words}"
    );
    let (state, words) = visit.check("pushes");
    assert_eq!(state, "warn");
    assert!(words.contains("1 set aside"), "{words}");
}
