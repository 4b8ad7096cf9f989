//! Own customers: found, known better with time, and handed on with what is known.

use chrono::TimeDelta;

use super::on_sqlite;
use crate::kit::{APPID, Bench, Desk, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_found_named_starred_and_remembered() {
    let house = on_sqlite().await;
    let bench = Bench::of(&house.app, &house.lin).await;
    let at = "/workbench/customers";
    let here = |text: &str, found: bool| {
        assert_eq!(text.contains("/workbench/customers/1"), found, "{text}");
    };
    let all = bench.opens(at).await.text;
    here(&all, true);
    assert!(!all.contains("/workbench/customers/2"));
    let wrong = bench.sends(&format!("{at}/1/name"), &[("name", " ")]).await;
    assert!(wrong.status == 400 && wrong.text.contains("称呼请写"));
    let named = bench
        .sends(&format!("{at}/1/name"), &[("name", "王女士")])
        .await;
    assert_eq!(named.status, 303);
    for (query, found) in [
        ("?q=王女士", true),
        ("?q=%231", true),
        ("?q=2", false),
        ("?q=李", false),
        ("?starred=yes", false),
        ("?silent=7", false),
        ("?silent=x&tag=99", true),
    ] {
        let page = bench.opens(&format!("{at}{query}")).await;
        let found = found && !query.contains("tag=99");
        here(&page.text, found);
    }
    bench.sends(&format!("{at}/1/star"), &[("on", "yes")]).await;
    here(&bench.opens(&format!("{at}?starred=yes")).await.text, true);
    bench.sends(&format!("{at}/1/star"), &[("on", "no")]).await;
    here(&bench.opens(&format!("{at}?starred=yes")).await.text, false);
    // The guide's own word in the chat says the same.
    house.lin.phone.says("备注 #1 王姐").await;
    house.lin.phone.sees("王姐").await;
    here(&bench.opens(&format!("{at}?q=王姐")).await.text, true);
    house.app.later(TimeDelta::days(8)).await;
    let bench = Bench::of(&house.app, &house.lin).await;
    here(&bench.opens(&format!("{at}?silent=7")).await.text, true);
}

#[tokio::test(flavor = "multi_thread")]
async fn notes_and_tasks_go_with_her_to_the_next_guide() {
    let house = on_sqlite().await;
    let (lin, wu) = (
        Bench::of(&house.app, &house.lin).await,
        Bench::of(&house.app, &house.wu).await,
    );
    let at = "/workbench/customers/1";
    let noted = lin
        .sends(&format!("{at}/notes"), &[("text", "羊毛过敏")])
        .await;
    assert_eq!(noted.status, 303);
    let task = [("text", "告诉她 92 码到货"), ("due", "2026-08-16T10:00")];
    assert_eq!(lin.sends(&format!("{at}/tasks"), &task).await.status, 303);
    for (text, due, why) in [
        ("", "2026-08-16T10:00", "请写 1 到"),
        ("晚了", "2026-08-14T10:00", "时间请选"),
        ("晚了", "明天", "时间请选"),
        ("太远", "2030-08-14T10:00", "时间请选"),
    ] {
        let fields = [("text", text), ("due", due)];
        let wrong = lin.sends(&format!("{at}/tasks"), &fields).await;
        assert!(wrong.status == 400 && wrong.text.contains(why), "{why}");
        // Nothing that was typed is lost.
        assert!(wrong.text.contains(&format!("value=\"{text}\"")));
    }
    let long = "长".repeat(301);
    let wrong = lin.sends(&format!("{at}/notes"), &[("text", &long)]).await;
    assert!(wrong.status == 400 && wrong.text.contains(&long));
    let came = [
        ("products", "羽绒服，92 码"),
        ("concern", "不值"),
        ("reason-价格", "1"),
    ];
    let visit = lin.sends(&format!("{at}/visits"), &came).await;
    assert_eq!(visit.status, 303, "{}", visit.text);
    let page = lin.opens(at).await.text;
    assert!(
        page.contains("看了：羽绒服、92 码；顾虑：不值；没买：价格"),
        "{page}"
    );
    let many = [("products", "一，二，三，四，五，六，七，八，九")];
    let wrong = lin.sends(&format!("{at}/visits"), &many).await;
    assert!(wrong.status == 400 && wrong.text.contains("最多选 8 项"));
    let tasks = lin.opens("/workbench/tasks").await.text;
    assert!(tasks.contains("告诉她 92 码到货") && !tasks.contains("已过期"));
    // The day after it stands on the first page, and is late.
    house.app.later(TimeDelta::hours(25)).await;
    let today = lin.opens("/workbench").await.text;
    assert!(today.contains("告诉她 92 码到货") && today.contains("已过期"));
    for path in [
        "/workbench/tasks/1",
        &format!("{at}/notes/1/remove"),
        &format!("{at}/notes"),
    ] {
        let theirs = wu.sends(path, &[("done", "yes"), ("text", "x")]).await;
        assert_eq!(theirs.status, 404, "{path}");
    }

    // She is handed over: what is known of her goes along, and the former guide has nothing of it.
    let admin = Desk::admin(&house.app, "he").await;
    let console = format!("/console/{APPID}/hand-overs");
    let begun = admin
        .sends(&console, &[("guide", "1"), ("cause", "long-leave")])
        .await;
    assert_eq!(begun.status, 303, "{}", begun.text);
    let confirmed = admin
        .sends(&format!("{console}/1/confirm"), &[("to-2", "1")])
        .await;
    assert_eq!(confirmed.status, 303, "{}", confirmed.text);
    eventually("she is the next guide's", async || {
        let page = wu.opens(at).await;
        (page.text.contains("羊毛过敏") && page.text.contains("告诉她 92 码到货")).then_some(())
    })
    .await;
    assert_eq!(lin.opens(at).await.status, 404);
    assert!(!lin.opens("/workbench/tasks").await.text.contains("92 码"));
    let done = wu
        .sends("/workbench/tasks/1", &[("done", "yes"), ("back", "tasks")])
        .await;
    assert_eq!(done.to.as_deref(), Some("/workbench/tasks"));
    assert!(!wu.opens("/workbench/tasks").await.text.contains("92 码"));
    let finished = wu.opens("/workbench/tasks?state=done").await.text;
    assert!(finished.contains("92 码") && finished.contains("完成"));
    let removed = wu.sends(&format!("{at}/notes/1/remove"), &[]).await;
    assert_eq!(removed.status, 303);
    assert!(!wu.opens(at).await.text.contains("羊毛过敏"));
}

#[tokio::test(flavor = "multi_thread")]
async fn duty_and_stand_in_are_decided_on_the_page_too() {
    let house = on_sqlite().await;
    let (lin, wu) = (
        Bench::of(&house.app, &house.lin).await,
        Bench::of(&house.app, &house.wu).await,
    );
    let named = lin
        .sends("/workbench/me/stand-in", &[("stand_in", "2")])
        .await;
    assert_eq!(named.status, 303);
    for nobody in ["1", "99"] {
        let no = lin
            .sends("/workbench/me/stand-in", &[("stand_in", nobody)])
            .await;
        assert_eq!(no.status, 404);
    }
    let off = lin.sends("/workbench/me/duty", &[("on", "no")]).await;
    assert!(off.text.contains("先由吴桐代为回复"), "{}", off.text);
    house.wang.says("在吗").await;
    house.wu.phone.sees("在吗").await;
    // Who stands in sees her, and it is said that she is another guide's.
    let list = wu.opens("/workbench/chats").await.text;
    assert!(list.contains("代接"), "{list}");
    assert_eq!(wu.writes(1, "k", "在的，我是小满的同事").await.status, 200);
    house.wang.sees("我是小满的同事").await;
    house.wu.phone.says("下班").await;
    house.wu.phone.sees("已下班").await;
    house.wang.says("还在吗").await;
    house.app.at_rest().await;
    let on = lin.sends("/workbench/me/duty", &[("on", "yes")]).await;
    assert!(on.text.contains("已上班"), "{}", on.text);
    house.lin.phone.sees("还在吗").await;
    let page = lin.opens("/workbench/chats/1").await.text;
    assert!(page.contains("我是小满的同事") && page.contains("吴桐"));
}
