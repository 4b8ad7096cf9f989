//! A guide at the workbench.

use crate::kit::{Bench, Desk, Guide, Phone, lines};

/// A guide with thousands of customers opens every page, writes, and writes down.
pub async fn use_it(app: &crate::kit::TestApp, lin: &Guide, wang: &Phone) {
    let bench = Bench::of(app, lin).await;
    wang.says("工作台上看得到吗").await;
    lin.phone.sees("工作台上看得到吗").await;
    let found = bench.opens("/workbench/customers?q=%232").await.text;
    let (_, id) = found.rsplit_once("/workbench/customers/").expect("王女士");
    let id: String = id.chars().take_while(char::is_ascii_digit).collect();
    let hers = |path: &str| format!("/workbench{}", path.replace("ID", &id));
    for page in [
        "",
        "/chats",
        "/chats?after=1.99999999",
        "/chats?after=0.99999999",
        "/chats/ID",
        "/chats/ID?before=99999999",
        "/chats/ID/lines?after=1",
        "/customers",
        "/customers?q=%232",
        "/customers?q=王女士",
        "/customers?starred=yes",
        "/customers?silent=7&tag=1",
        "/customers?after=99999999999999.99",
        "/customers/ID",
        "/tasks",
        "/tasks?state=done",
        "/me",
        "/me/code.svg",
        "/chats/ID/scripts",
        "/chats/ID/scripts?q=nh",
        "/scripts",
    ] {
        let path = hers(page);
        let opened = bench.opens(&path).await;
        assert_eq!(opened.status, 200, "{path} {}", opened.text);
    }
    let page = bench.opens(&hers("/chats/ID")).await;
    let last = lines(&page.text).pop().expect("a line").0.to_string();
    bench
        .writes(id.parse().expect("an id"), "story", "看得到")
        .await;
    let due = app.clock.now() + chrono::TimeDelta::days(1);
    let due = due.format("%Y-%m-%dT%H:%M").to_string();
    for (path, fields) in [
        ("/chats/ID/seen", &[("line", last.as_str())][..]),
        ("/customers/ID/star", &[("on", "yes")]),
        ("/customers/ID/name", &[("name", "王女士")]),
        ("/customers/ID/notes", &[("text", "怕冷")]),
        ("/customers/ID/tasks", &[("text", "回访"), ("due", &due)]),
        ("/customers/ID/visits", &[("products", "羽绒服")]),
        ("/scripts", &[("text", "{顾客称呼}您好")]),
        ("/me/stand-in", &[("stand_in", "")]),
        ("/me/duty", &[("on", "no")]),
        ("/me/duty", &[("on", "yes")]),
        ("/me/link", &[]),
        ("/me/link", &[]),
    ] {
        let done = bench.sends(&hers(path), fields).await;
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
    let page = bench.opens(&hers("/customers/ID")).await.text;
    let (_, note) = page.split_once("/notes/").expect("a note");
    let note: String = note.chars().take_while(char::is_ascii_digit).collect();
    let gone = hers(&format!("/customers/ID/notes/{note}/remove"));
    bench.sends(&gone, &[]).await;
    let admin = Desk::admin(app, "xu2").await;
    let at = format!("/console/{}/guides/1/workbench", crate::kit::APPID);
    admin.opens(&at).await;
    admin.sends(&format!("{at}/link"), &[]).await;
    admin.sends(&format!("{at}/end"), &[]).await;
}
