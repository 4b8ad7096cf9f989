//! The long story, the same on every back end: scan, bind, chat, two customers without a mix-up, quota, hand-over by
//! wish, restart in the middle.

use crate::kit::{Session, Store, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn the_story_runs_on_sqlite_with_the_embedded_session() {
    tell(Store::Sqlite, Session::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_story_runs_on_sqlite_with_redis() {
    tell(Store::Sqlite, Session::Redis).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_story_runs_on_postgresql_with_the_embedded_session() {
    tell(Store::Postgres, Session::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_story_runs_on_postgresql_with_redis() {
    tell(Store::Postgres, Session::Redis).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_story_runs_on_mariadb_with_the_embedded_session() {
    tell(Store::MariaDb, Session::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_story_runs_on_mariadb_with_redis() {
    tell(Store::MariaDb, Session::Redis).await;
}

async fn tell(store: Store, session: Session) {
    let Some(mut app) = TestApp::on(store, session).await else {
        return;
    };
    app.add_store("杭州城北店");
    let lin = app.guide("林小满", "杭州城北店").await;
    let wu = app.guide("吴桐", "杭州城北店").await;
    let (wang, li) = (app.person("王女士").await, app.person("李先生").await);

    // She scans: follows, is bound and welcomed by name; the guide hears of a new friend.
    wang.scans(&lin.scene).await;
    let welcome = wang.sees("林小满").await;
    assert_eq!(
        welcome["via"], "passive",
        "the welcome costs no quota: {welcome}"
    );
    lin.phone.sees("新朋友 #1").await;

    // They talk, with a picture.
    wang.says("这款防水吗").await;
    lin.phone.sees("【新顾客 #1】这款防水吗").await;
    wang.sends("image").await;
    lin.phone.sees("【新顾客 #1】[图片]").await;
    lin.phone.sees_a("image").await;
    lin.phone.says("20 米防水，泳池可以戴").await;
    wang.sees("20 米防水，泳池可以戴").await;
    lin.phone.sends("image").await;
    wang.sees_a("image").await;

    // A second customer: a bare answer is held and asked about, then goes to the one who was named.
    li.scans(&lin.scene).await;
    lin.phone.sees("新朋友 #2").await;
    li.says("老人会不会用").await;
    lin.phone.sees("【新顾客 #2】老人会不会用").await;
    lin.phone.says("很简单的").await;
    let question = lin.phone.sees("发给谁").await;
    assert_eq!(
        question["via"], "passive",
        "the question costs no quota: {question}"
    );
    lin.phone.taps("to-2").await;
    li.sees("很简单的").await;
    assert_eq!(
        wang.count("很简单的").await,
        0,
        "it must not reach the other customer"
    );
    lin.phone.says("#1 粉色的给您留着").await;
    wang.sees("粉色的给您留着").await;
    assert_eq!(li.count("粉色的给您留着").await, 0);

    // A remark names her from now on.
    lin.phone.says("备注 #1 王女士").await;
    lin.phone.sees("已备注为 王女士 #1").await;
    wang.says("谢谢").await;
    lin.phone.sees("【王女士 #1】谢谢").await;

    // The server restarts in the middle; the chat goes on.
    app.restart().await;
    app.register().await;
    li.says("还有一个问题").await;
    lin.phone.sees("【新顾客 #2】还有一个问题").await;

    // She wants another guide, without a reason; the old number is refused with one.
    wang.says("换导购").await;
    wang.sees("已为您换为 吴桐").await;
    wu.phone.sees("新朋友 王女士 #1").await;
    lin.phone.says("#1 还在吗").await;
    lin.phone.sees("王女士 #1 现在由 吴桐 服务").await;
    wang.says("在的").await;
    wu.phone.sees("【王女士 #1】在的").await;
    assert_eq!(wang.count("还在吗").await, 0);
    app.stop().await;
}
