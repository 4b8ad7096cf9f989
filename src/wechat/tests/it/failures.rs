//! Calls that fail: what each failure becomes.

use std::net::TcpListener;
use std::time::Duration;

use daogou_wechat::{CallError, Class, Client, Hosts};
use serde_json::json;
use wiremock::ResponseTemplate;

use crate::platform::{KF_SEND, TOKEN, client_at, platform, platform_json, text};

#[tokio::test]
async fn an_error_code_under_http_200_is_a_refusal_with_its_class_and_rid() {
    let errmsg =
        "response out of time limit or subscription is canceled rid: 6aac005a-01bfdbee-79769285";
    let (_server, client) = platform_json(json!({ "errcode": 45015, "errmsg": errmsg })).await;
    let fault = client
        .send_message(TOKEN, "oA", &text("hi"))
        .await
        .unwrap_err();
    assert_eq!(fault.class(), Some(Class::Window));
    let refusal = fault.refusal().unwrap();
    assert_eq!((refusal.path, refusal.code), (KF_SEND, 45015));
    assert_eq!(
        refusal.message,
        "response out of time limit or subscription is canceled"
    );
    assert_eq!(refusal.rid.as_deref(), Some("6aac005a-01bfdbee-79769285"));
}

#[tokio::test]
async fn a_gateways_error_page_and_a_cut_answer_leave_the_outcome_unknown() {
    let answers = [
        ResponseTemplate::new(502).set_body_string("<html>Bad Gateway</html>"),
        ResponseTemplate::new(404),
        ResponseTemplate::new(302).insert_header("Location", "https://elsewhere.example/"),
        ResponseTemplate::new(200).set_body_string("<html>ok</html>"),
        ResponseTemplate::new(200).set_body_string("{\"errcode\":0,\"err"),
        ResponseTemplate::new(200).set_body_string("[]"),
        ResponseTemplate::new(200),
    ];
    for answer in answers {
        let (_server, client) = platform(answer).await;
        let fault = client
            .send_message(TOKEN, "oA", &text("hi"))
            .await
            .unwrap_err();
        assert!(
            matches!(fault, CallError::Unknown { path: KF_SEND, .. }),
            "{fault:?}"
        );
    }
}

#[tokio::test]
async fn an_answer_without_what_was_asked_for_is_no_success() {
    let (_server, client) = platform_json(json!({ "errcode": 0, "errmsg": "ok" })).await;
    assert!(matches!(
        client.stable_token("wx", "s", false).await,
        Err(CallError::Unknown { .. })
    ));
    let (_server, client) = platform_json(json!({ "access_token": "t", "expires_in": {} })).await;
    assert!(matches!(
        client.stable_token("wx", "s", false).await,
        Err(CallError::Unknown { .. })
    ));
}

#[tokio::test]
async fn a_refused_connection_was_not_sent_and_a_broken_one_is_unknown() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let hang_up = std::thread::spawn(move || {
        use std::io::Read;
        let (mut stream, _) = listener.accept().unwrap();
        // Reads the request, so that it has been seen, and hangs up without a word.
        let _bytes = stream.read(&mut [0; 4096]);
    });
    let fault = client_at(&address)
        .send_message(TOKEN, "oA", &text("hi"))
        .await
        .unwrap_err();
    assert!(
        matches!(
            fault,
            CallError::Unknown {
                source: Some(_),
                ..
            }
        ),
        "{fault:?}"
    );
    hang_up.join().unwrap();
    let fault = client_at(&address)
        .send_message(TOKEN, "oA", &text("hi"))
        .await
        .unwrap_err();
    assert!(
        matches!(fault, CallError::NotSent { path: KF_SEND, .. }),
        "{fault:?}"
    );
    assert!(!format!("{fault:?} {fault}").contains(TOKEN));
}

#[tokio::test]
#[expect(
    clippy::disallowed_methods,
    reason = "the process's client waits ten seconds; this one gives up at once"
)]
async fn a_time_out_leaves_the_outcome_unknown_and_shows_no_token() {
    daogou_ground::install_tls();
    let late = ResponseTemplate::new(200)
        .set_delay(Duration::from_secs(60))
        .set_body_json(json!({}));
    let (server, _) = platform(late).await;
    let http = reqwest::Client::builder()
        .timeout(Duration::from_millis(200))
        .build()
        .unwrap();
    let client = Client::new(
        http,
        Hosts {
            api: server.uri(),
            ..Hosts::default()
        },
    );
    let fault = client
        .send_message(TOKEN, "oA", &text("hi"))
        .await
        .unwrap_err();
    assert!(
        matches!(&fault, CallError::Unknown { why, .. } if why == "time-out"),
        "{fault:?}"
    );
    assert!(!format!("{fault:?} {fault}").contains(TOKEN));
}

#[tokio::test]
async fn more_than_20_megabytes_are_not_taken_in() {
    let (server, client) =
        platform(ResponseTemplate::new(200).set_body_bytes(vec![1; 20 * 1024 * 1024 + 1])).await;
    assert!(matches!(
        client.get_media(TOKEN, "m").await,
        Err(CallError::Unknown { .. })
    ));
    assert!(matches!(
        client.download(&format!("{}/v.mp4", server.uri())).await,
        Err(CallError::Unknown { .. })
    ));
}
