//! A guide at the workbench.

use crate::kit::{Bench, Desk, Guide, Phone, lines};

/// A guide with thousands of customers opens every page, writes, and writes down.
pub async fn use_it(app: &crate::kit::TestApp, lin: &Guide, wang: &Phone) {
    let bench = Bench::of(app, lin).await;
    wang.says("工作台上看得到吗").await;
    lin.phone.sees("工作台上看得到吗").await;
    for page in [
        "",
        "/chats",
        "/chats?after=1.99999999",
        "/chats?after=0.99999999",
        "/chats/2",
        "/chats/2?before=99999999",
        "/chats/2/lines?after=1",
        "/customers",
        "/customers?q=%232",
        "/customers?q=王女士",
        "/customers?starred=yes",
        "/customers?silent=7&tag=1",
        "/customers?after=99999999999999.99",
        "/customers/2",
        "/tasks",
        "/tasks?state=done",
        "/me",
        "/me/code.svg",
        "/chats/2/scripts",
        "/chats/2/scripts?q=nh",
        "/scripts",
    ] {
        let path = format!("/workbench{page}");
        let opened = bench.opens(&path).await;
        assert_eq!(opened.status, 200, "{path} {}", opened.text);
    }
    let page = bench.opens("/workbench/chats/2").await;
    let last = lines(&page.text).pop().expect("a line").0.to_string();
    bench.writes(2, "story", "看得到").await;
    let due = app.clock.now() + chrono::TimeDelta::days(1);
    let due = due.format("%Y-%m-%dT%H:%M").to_string();
    for (path, fields) in [
        ("/chats/2/seen", &[("line", last.as_str())][..]),
        ("/customers/2/star", &[("on", "yes")]),
        ("/customers/2/name", &[("name", "王女士")]),
        ("/customers/2/notes", &[("text", "怕冷")]),
        ("/customers/2/tasks", &[("text", "回访"), ("due", &due)]),
        ("/customers/2/visits", &[("products", "羽绒服")]),
        ("/scripts", &[("text", "{顾客称呼}您好")]),
        ("/me/stand-in", &[("stand_in", "")]),
        ("/me/duty", &[("on", "no")]),
        ("/me/duty", &[("on", "yes")]),
        ("/me/link", &[]),
        ("/me/link", &[]),
    ] {
        let done = bench.sends(&format!("/workbench{path}"), fields).await;
        assert!(
            done.status.is_success() || done.status.is_redirection(),
            "{path} {}",
            done.text
        );
    }
    let page = bench.opens("/workbench/tasks").await.text;
    let (_, task) = page.split_once("/workbench/tasks/").expect("a task");
    let task: String = task.chars().take_while(char::is_ascii_digit).collect();
    let done = format!("/workbench/tasks/{task}");
    bench.sends(&done, &[("done", "yes")]).await;
    let page = bench.opens("/workbench/customers/2").await.text;
    let (_, note) = page.split_once("/notes/").expect("a note");
    let note: String = note.chars().take_while(char::is_ascii_digit).collect();
    let gone = format!("/workbench/customers/2/notes/{note}/remove");
    bench.sends(&gone, &[]).await;
    let admin = Desk::admin(app, "xu2").await;
    let at = format!("/console/{}/guides/1/workbench", crate::kit::APPID);
    admin.opens(&at).await;
    admin.sends(&format!("{at}/link"), &[]).await;
    admin.sends(&format!("{at}/end"), &[]).await;
}
