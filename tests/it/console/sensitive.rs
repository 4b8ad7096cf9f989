//! Sensitive words: what a guide must not write does not go out, whoever wrote it is told why, and nothing is lost.

use chrono::TimeDelta;

use super::at;
use super::conversations::{House, house};
use crate::kit::{Store, TestApp, eventually};

async fn with_words(store: Store) -> Option<House> {
    let house = house(store).await?;
    let words = [("words", "返现\n最低价，广告法"), ("category", "返利")];
    let added = house.admin.sends(&at("/sensitive"), &words).await;
    assert_eq!(added.to, Some(at("/sensitive")), "{}", added.text);
    Some(house)
}

async fn page(house: &House, path: &str) -> String {
    let page = house.admin.opens(&at(path)).await;
    assert_eq!(page.status, 200, "{}", page.text);
    page.text
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_guide_must_not_write_is_stopped_and_may_be_written_anew() {
    for store in [Store::Sqlite, Store::Postgres, Store::MariaDb] {
        let Some(house) = with_words(store).await else {
            continue;
        };
        let (app, lin) = (&house.app, &house.north.phone);
        let other = house
            .admin
            .invites(app, "zhang", "store_manager", "2")
            .await;
        let own = house.admin.invites(app, "sun", "store_manager", "1").await;
        house.wang.says("有优惠吗").await;
        lin.sees("有优惠吗").await;
        lin.says("#1 给您 返.Ｘ").await;
        house.wang.sees("返.Ｘ").await;
        app.later(TimeDelta::seconds(2)).await;
        lin.says("#1 悄悄给您返 🧧 现").await;
        lin.sees("有“返现”，按规定不能发给顾客").await;
        app.later(TimeDelta::seconds(2)).await;
        // The next bare answer is for the same customer, and goes out.
        lin.says("给您会员价").await;
        house.wang.sees("给您会员价").await;
        app.at_rest().await;
        assert_eq!(house.wang.count("悄悄").await, 0, "{store:?}");
        let talk = page(&house, "/conversations/1").await;
        let (stopped, after) = talk.split_once("悄悄给您返 🧧 现").expect("it is kept");
        assert!(after.contains("没有发给顾客：含敏感词“返现”"));
        assert!(stopped.contains("有优惠吗") && after.contains("给您会员价"));
        let hits = page(&house, "/sensitive/hits").await;
        assert!(hits.contains("悄悄") && hits.contains("林小满") && hits.contains("返现"));
        assert!(
            page(&house, "")
                .await
                .contains("有 1 条导购的回复因敏感词没有发出")
        );
        assert!(
            own.opens(&at("/sensitive/hits"))
                .await
                .text
                .contains("悄悄")
        );
        assert!(own.opens(&at("")).await.text.contains("因敏感词没有发出"));
        assert!(
            !other
                .opens(&at("/sensitive/hits"))
                .await
                .text
                .contains("悄悄")
        );
        assert!(!other.opens(&at("")).await.text.contains("因敏感词没有发出"));
        // Without the word the same may be said at once.
        let removed = house.admin.sends(&at("/sensitive/1/remove"), &[]).await;
        assert_eq!(removed.status, 303);
        lin.says("#1 给您返现").await;
        house.wang.sees("给您返现").await;
        let log = house.admin.opens("/console/audit").await.text;
        assert!(log.contains("添加敏感词") && log.contains("删除敏感词"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_was_asked_about_is_stopped_when_it_is_known_for_whom_it_is() {
    let house = with_words(Store::Sqlite).await.expect("SQLite");
    let (app, lin) = (&house.app, &house.north.phone);
    let chen = app.person("陈小姐").await;
    chen.scans(&house.north.scene).await;
    chen.sees("林小满").await;
    house.wang.says("多少钱").await;
    lin.sees("多少钱").await;
    chen.says("有货吗").await;
    lin.sees("有货吗").await;
    lin.says("全网最低价").await;
    lin.sees("发给谁").await;
    lin.taps("to-1").await;
    lin.sees("有“最低价”，按规定不能发给顾客").await;
    app.at_rest().await;
    assert_eq!(house.wang.count("最低价").await, 0);
    assert_eq!(lin.count("已发给").await, 0, "it was not sent");
    lin.says("价格很实惠").await;
    house.wang.sees("价格很实惠").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_member_writes_is_passed_on_and_marked() {
    for store in [Store::Sqlite, Store::Postgres, Store::MariaDb] {
        let Some(house) = with_words(store).await else {
            continue;
        };
        house.wang.says("别家能返现吗").await;
        house.north.phone.sees("别家能返现吗").await;
        house.app.later(TimeDelta::seconds(20)).await;
        let hits = eventually("the mark", async || {
            let hits = page(&house, "/sensitive/hits?by=members").await;
            hits.contains("别家能返现吗").then_some(hits)
        })
        .await;
        assert!(hits.contains("林小满"));
        assert!(
            page(&house, "/conversations/1")
                .await
                .contains("提到敏感词“返现”")
        );
        assert!(!page(&house, "").await.contains("因敏感词"), "{store:?}");
        let stopped = page(&house, "/sensitive/hits").await;
        assert!(stopped.contains("没有被拦下的回复"));
    }
}

/// Puts a word in the store as another process does it.
async fn adds_elsewhere(app: &TestApp, word: &str) {
    let insert = "INSERT INTO sensitive_word (account_id, word, category, added_at)";
    app.alter(&format!("{insert} VALUES (NULL, '{word}', '', 0)"))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_that_another_process_added_counts_here_in_a_moment() {
    let house = with_words(Store::Sqlite).await.expect("SQLite");
    let (app, lin) = (&house.app, &house.north.phone);
    house.wang.says("怎么付").await;
    lin.sees("怎么付").await;
    adds_elsewhere(app, "私下转账").await;
    eventually("the word being known", async || {
        lin.says("#1 可以私下转账").await;
        (lin.count("按规定不能发给顾客").await > 0).then_some(())
    })
    .await;
    let words = page(&house, "/sensitive").await;
    assert!(words.contains("私下转账") && words.contains("全部公众号"));
}

#[tokio::test(flavor = "multi_thread")]
async fn words_that_make_no_sense_are_refused_and_known_ones_passed_over() {
    let house = with_words(Store::Sqlite).await.expect("SQLite");
    let long = "长".repeat(31);
    for (words, why) in [
        ("", "请填写敏感词"),
        (" \n ", "请填写敏感词"),
        ("返现", "都已经有了"),
        ("返 现", "都已经有了"),
        ("好的\n！赌！", "第 2 个词太短"),
        (long.as_str(), "太长"),
        ("返\u{7}利", "不能显示"),
    ] {
        let sent = house
            .admin
            .sends(&at("/sensitive"), &[("words", words)])
            .await;
        assert_eq!(sent.status, 400, "{words:?}");
        assert!(sent.text.contains(why), "{words:?}: {}", sent.text);
    }
    let markup = [("words", "<script>alert\n返现\n点击领取")];
    assert_eq!(
        house.admin.sends(&at("/sensitive"), &markup).await.status,
        303
    );
    let list = page(&house, "/sensitive").await;
    assert!(
        list.contains("共 4 个敏感词") && list.contains("广告法"),
        "{list}"
    );
    assert!(!list.contains("<script>alert"));
}
