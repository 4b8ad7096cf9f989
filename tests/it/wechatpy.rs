//! wechatpy, an independent client of the same platform: what both understand is no mistake of ours alone.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::kit::{Session, Store, TestApp, not_run};

/// Runs one of the programs beside this file with `task`; none when there is no Python with wechatpy.
fn run(program: &str, task: &Value) -> Option<Value> {
    let Some(python) = python() else {
        not_run(
            "the checks against wechatpy",
            "DAOGOU_TEST_PYTHON is not set; run them through make test",
        );
        return None;
    };
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/wechatpy");
    let mut child = Command::new(python)
        .args(["-B", &format!("{folder}/{program}")])
        .env("NO_PROXY", "*")
        .env("PYTHONIOENCODING", "utf-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("Python starts");
    let mut input = child.stdin.take().expect("its input");
    write!(input, "{task}").expect("it reads");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} fails: {errors}");
    Some(serde_json::from_slice(&output.stdout).expect("JSON"))
}

fn python() -> Option<std::ffi::OsString> {
    std::env::var_os("DAOGOU_TEST_PYTHON").filter(|path| !path.is_empty())
}

/// A push in the platform's layout.
fn push(openid: &str, more: &str) -> String {
    format!(
        "<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName>\n<FromUserName><![CDATA[{openid}]]></FromUserName>\n\
         <CreateTime>1786759500</CreateTime>\n{more}\n</xml>"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn wechatpy_signs_and_encrypts_pushes_that_are_taken_and_opens_the_answers_in_every_mode() {
    for mode in ["plain", "compatible", "secure"] {
        let app = TestApp::with(Store::Sqlite, Session::Embedded, mode, "service").await;
        let app = app.expect("SQLite is always there");
        app.add_store("杭州城北店");
        // A name that a careless CDATA section would not survive.
        let name = "林]]>小满 & <b>🙂";
        let lin = app.guide(name, "杭州城北店").await;
        let wang = app.person("王女士").await;
        let subscribe = format!(
            "<MsgType><![CDATA[event]]></MsgType>\n<Event><![CDATA[subscribe]]></Event>\n\
             <EventKey><![CDATA[qrscene_{}]]></EventKey>\n<Ticket><![CDATA[gQ]]></Ticket>",
            lin.scene
        );
        let text = "<MsgType><![CDATA[text]]></MsgType>\n<Content><![CDATA[这款防水吗 🙂]]></Content>\n\
                    <MsgId>23892468385179204</MsgId>";
        let help = "<MsgType><![CDATA[text]]></MsgType>\n<Content><![CDATA[帮助]]></Content>\n<MsgId>7</MsgId>";
        let sender = app.sender();
        let task = json!({
            "callback": app.callback(), "appid": sender.appid, "token": sender.token, "aes_key": sender.aes_key,
            "mode": mode,
            "pushes": [push(&lin.phone.openid, help), push(&wang.openid, &subscribe), push(&wang.openid, text)],
        });
        let Some(answers) = run("deliver.py", &task) else {
            return;
        };
        let [helped, welcome, heard] = [0, 1, 2].map(|n| &answers[n]);
        for answer in [welcome, heard, helped] {
            assert_eq!(answer["status"], 200, "{mode}: {answer}");
        }
        let answer = &welcome["answer"];
        assert_eq!(answer["type"], "text", "{mode}: {welcome}");
        assert_eq!(
            (&answer["to"], &answer["from"]),
            (&json!(wang.openid), &json!("gh_0123456789ab"))
        );
        assert!(
            answer["text"].as_str().is_some_and(|t| t.contains(name)),
            "{mode}: {welcome}"
        );
        assert!(
            helped["answer"]["text"]
                .as_str()
                .is_some_and(|t| t.contains("上班")),
            "{helped}"
        );
        lin.phone.sees("这款防水吗 🙂").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wechatpys_client_drives_the_simulator_and_understands_what_it_refuses() {
    let app = TestApp::start().await;
    let wang = app.person("王女士").await;
    let stranger = app.person("路人").await;
    let silent = app.person("沉默者").await;
    for person in [&wang, &silent] {
        person.does(json!({ "act": "follow" })).await;
    }
    // After a follow messages may be sent for one minute.
    app.pass(chrono::TimeDelta::minutes(2));
    wang.says("在吗").await;
    let template = "wechatpy_template_000000000000000000000000001";
    let account = json!({
        "appid": "wx0123456789abcdef", "secret": "0123456789abcdef0123456789abcdef", "kind": "service",
        "templates": [{ "template_id": template, "title": "到货通知", "mechanism": "message",
            "content": "商品{{thing1.DATA}}\n时间{{time2.DATA}}" }],
    });
    app.control("/sandbox/v1/accounts", account).await;
    let task = json!({
        "base": app.sandbox, "appid": app.sender().appid, "secret": "0123456789abcdef0123456789abcdef",
        "openid": wang.openid, "stranger": stranger.openid, "silent": silent.openid, "template": template,
    });
    if run("call.py", &task).is_none() {
        return;
    }
    // What the client was told was sent is what the phone shows, letter for letter.
    wang.sees("您好 🙂 <a href=\"https://example.com/?a=1&b=2\">看</a> \\u4f60")
        .await;
    wang.sees_a("image").await;
    wang.sees("五").await;
    assert_eq!(wang.count("六").await, 0);
    assert_eq!(stranger.texts().await, Vec::<String>::new());
}
