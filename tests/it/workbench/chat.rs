//! A conversation at the workbench: it is the one of the official account, and every line is there once.

use chrono::TimeDelta;
use serde_json::json;

use super::{house, on_sqlite};
use crate::kit::{APPID, Bench, Desk, Session, Store, eventually, lines};

fn words(html: &str) -> Vec<String> {
    lines(html).into_iter().map(|(_, text)| text).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_on_either_side_is_one_conversation() {
    for (store, session) in [
        (Store::Sqlite, Session::Embedded),
        (Store::Postgres, Session::Redis),
        (Store::MariaDb, Session::Redis),
    ] {
        let Some(house) = house(store, session).await else {
            continue;
        };
        let bench = Bench::of(&house.app, &house.lin).await;
        house.wang.says("这款<b>防水</b>吗").await;
        house.lin.phone.sees("防水").await;
        let list = bench.opens("/workbench/chats").await;
        assert!(list.text.contains("等待") && list.text.contains("5 条 · "));
        assert!(
            !list.text.contains("<b>防水"),
            "what she typed became markup"
        );
        let page = bench.opens("/workbench/chats/1").await;
        assert!(page.text.contains("还可回复 <b>5</b> 条"), "{}", page.text);
        let sent = bench.writes(1, "k1", "20 米防水，可以游泳").await;
        assert_eq!(sent.status, 200, "{store:?} {}", sent.text);
        house.wang.sees("20 米防水，可以游泳").await;
        house.wang.says("好的").await;
        house.lin.phone.sees("好的").await;
        house.lin.phone.says("#1 给您留一只").await;
        house.wang.sees("给您留一只").await;
        house.app.at_rest().await;
        let page = bench.opens("/workbench/chats/1").await;
        let said = [
            "这款&lt;b&gt;防水&lt;/b&gt;吗",
            "20 米防水，可以游泳",
            "好的",
            "给您留一只",
        ];
        assert_eq!(words(&page.text), said, "{store:?}");
        assert!(page.text.contains("还可回复 <b>4</b> 条"), "{}", page.text);
        // Headquarters reads the same.
        let admin = Desk::admin(&house.app, "he").await;
        let read = admin
            .opens(&format!("/console/{APPID}/conversations/1"))
            .await;
        assert!(said.iter().all(|line| read.text.contains(line)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_is_sent_again_is_written_once() {
    for (store, session) in [
        (Store::Sqlite, Session::Embedded),
        (Store::Postgres, Session::Redis),
        (Store::MariaDb, Session::Redis),
    ] {
        let Some(house) = house(store, session).await else {
            continue;
        };
        let bench = Bench::of(&house.app, &house.lin).await;
        house.wang.says("在吗").await;
        let tries = (0..6).map(|_| bench.writes(1, "once", "在的"));
        for tried in futures_util::future::join_all(tries).await {
            assert_eq!(tried.status, 200, "{store:?} {}", tried.text);
        }
        assert_eq!(bench.writes(1, "once", "在的").await.status, 200);
        // The same words under another key are another line.
        bench.writes(1, "twice", "在的").await;
        // So are others under the same key: a page that the browser has gone back to.
        bench.writes(1, "once", "您说").await;
        house.wang.sees("在的").await;
        house.app.at_rest().await;
        let page = bench.opens("/workbench/chats/1").await;
        assert_eq!(
            words(&page.text),
            ["在吗", "在的", "在的", "您说"],
            "{store:?}"
        );
        let shown = house.wang.chat().await;
        let shown = shown.iter().filter(|item| item["text"] == "在的").count();
        assert_eq!(shown, 2, "{store:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_misses_nothing_and_gets_nothing_twice() {
    let house = on_sqlite().await;
    let bench = Bench::of(&house.app, &house.lin).await;
    house.wang.says("第 0 句").await;
    let page = bench.opens("/workbench/chats/1").await;
    let (last, _) = lines(&page.text).pop().expect("a line");
    for at in 1..=130 {
        house.wang.says(&format!("第 {at} 句")).await;
    }
    house.app.at_rest().await;
    // As the script does: by its own cursor, until there is no more.
    let (mut known, mut last) = (lines(&page.text), last);
    loop {
        let part = bench
            .part(&format!("/workbench/chats/1/lines?after={last}"))
            .await;
        assert_eq!(part.status, 200);
        for line in lines(&part.text) {
            if !known.contains(&line) {
                known.push(line);
            }
        }
        known.sort();
        last = known.last().expect("lines").0;
        if !part.text.contains("data-more") {
            break;
        }
    }
    let said: Vec<_> = (0..=130).map(|at| format!("第 {at} 句")).collect();
    let read: Vec<_> = known.into_iter().map(|(_, text)| text).collect();
    assert_eq!(read, said);
    // And backwards.
    let page = bench.opens("/workbench/chats/1").await;
    let first = lines(&page.text)[0].0;
    let older = bench
        .part(&format!("/workbench/chats/1/lines?before={first}"))
        .await;
    assert_eq!(lines(&older.text).len(), 40);
    assert!(lines(&older.text).iter().all(|(id, _)| *id < first));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shut_window_is_said_and_what_is_written_goes_when_she_writes() {
    let house = on_sqlite().await;
    let bench = Bench::of(&house.app, &house.lin).await;
    let page = bench.opens("/workbench/chats/1").await;
    // The minute after her scan is over.
    house.app.later(TimeDelta::minutes(2)).await;
    let page_later = bench.opens("/workbench/chats/1").await;
    assert!(
        page_later.text.contains("她还没有来过消息"),
        "{}",
        page.text
    );
    house.wang.says("有货吗").await;
    house.app.later(TimeDelta::hours(49)).await;
    let page = bench.opens("/workbench/chats/1").await;
    assert!(
        page.text.contains("她 48 小时内没有来过消息"),
        "{}",
        page.text
    );
    let kept = bench.writes(1, "k", "到货了").await;
    assert!(kept.text.contains("等她来信"), "{}", kept.text);
    assert!(kept.text.contains("她下次来信时自动送出"), "{}", kept.text);
    house.wang.says("你好").await;
    house.wang.sees("到货了").await;
    eventually("the page says that it was taken", async || {
        let page = bench.opens("/workbench/chats/1").await;
        page.text.contains("已送达").then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_says_why_and_an_unknown_outcome_that_it_is_unknown() {
    let house = on_sqlite().await;
    let bench = Bench::of(&house.app, &house.lin).await;
    house.wang.says("有货吗").await;
    house.lin.phone.sees("有货吗").await;
    let send = "/cgi-bin/message/custom/send";
    house
        .app
        .fault(json!({ "path": send, "errcode": 45002, "times": 1 }))
        .await;
    bench.writes(1, "long", "太长的话").await;
    eventually("it is refused", async || {
        let page = bench.opens("/workbench/chats/1").await;
        page.text.contains("换一种说法").then_some(())
    })
    .await;
    house.app.at_rest().await;
    house
        .app
        .fault(json!({ "path": send, "drop": true, "after_effect": true, "times": 1 }))
        .await;
    bench.writes(1, "lost", "有货的").await;
    eventually("nobody knows", async || {
        let page = bench.opens("/workbench/chats/1").await;
        page.text.contains("可能已送达，也可能没有").then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sensitive_word_stops_a_line_and_nothing_typed_is_lost() {
    let house = on_sqlite().await;
    let admin = Desk::admin(&house.app, "he").await;
    let words = [("words", "最低价")];
    admin
        .sends(&format!("/console/{APPID}/sensitive"), &words)
        .await;
    let bench = Bench::of(&house.app, &house.lin).await;
    house.wang.says("多少钱").await;
    let stopped = bench.writes(1, "k", "全网最低价").await;
    assert_eq!(stopped.status, 422);
    assert!(stopped.text.contains("最低价"), "{}", stopped.text);
    // Without scripts the page comes again with what was typed.
    let path = "/workbench/chats/1/lines";
    let again = bench
        .sends(path, &[("key", "k2"), ("text", "全网最低价")])
        .await;
    assert_eq!(again.status, 422);
    assert!(again.text.contains(">全网最低价</textarea>"));
    for text in ["", "  \n ", &"长".repeat(2001)] {
        assert_eq!(bench.writes(1, "k3", text).await.status, 422);
    }
    for key in ["", &"k".repeat(65)] {
        assert_eq!(bench.writes(1, key, "好").await.status, 422);
    }
    let ok = bench.sends(path, &[("key", "k4"), ("text", "您好")]).await;
    assert_eq!(ok.to.as_deref(), Some("/workbench/chats/1#end"));
    house.wang.sees("您好").await;
    assert!(
        house
            .wang
            .chat()
            .await
            .iter()
            .all(|item| !item.to_string().contains("最低价"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn unread_lines_are_counted_until_she_opens_them_or_answers() {
    let house = on_sqlite().await;
    let bench = Bench::of(&house.app, &house.lin).await;
    for text in ["一", "二", "三"] {
        house.wang.says(text).await;
    }
    let unread = async || {
        let list = bench.opens("/workbench/chats").await;
        let count = list
            .text
            .split_once("</span><span class=\"unseen\"> 条未读");
        count.map(|(before, _)| before.chars().last().expect("a digit"))
    };
    assert_eq!(unread().await, Some('3'));
    let page = bench.opens("/workbench/chats/1").await;
    let (last, _) = lines(&page.text).pop().expect("a line");
    house.wang.says("四").await;
    // She has not seen the fourth.
    let seen = last.to_string();
    let path = "/workbench/chats/1/seen";
    assert_eq!(bench.sends(path, &[("line", &seen)]).await.status, 204);
    assert_eq!(unread().await, Some('4'));
    let seen = (last + 1).to_string();
    bench.sends(path, &[("line", &seen)]).await;
    assert_eq!(unread().await, None);
    house.wang.says("五").await;
    assert_eq!(unread().await, Some('1'));
    house.lin.phone.says("#1 好的").await;
    house.wang.sees("好的").await;
    assert_eq!(unread().await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_seen_by_whoever_serves_her_only() {
    let house = on_sqlite().await;
    let (lin, wu) = (
        Bench::of(&house.app, &house.lin).await,
        Bench::of(&house.app, &house.wu).await,
    );
    house.wang.sends("image").await;
    house.lin.phone.sees_a("image").await;
    let path = eventually("the picture is here", async || {
        let page = lin.opens("/workbench/chats/1").await;
        let (_, rest) = page.text.split_once("<img src=\"")?;
        Some(rest.split('"').next().expect("an address").to_owned())
    })
    .await;
    assert_eq!(lin.opens(&path).await.status, 200);
    assert_eq!(wu.opens(&path).await.status, 404);
    assert_eq!(Bench::stranger(&house.app).opens(&path).await.status, 303);
}
