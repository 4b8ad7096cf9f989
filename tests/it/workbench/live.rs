//! What an open page is told, on one node and on several.

use super::house;
use crate::kit::{Bench, Session, Store};

#[tokio::test(flavor = "multi_thread")]
async fn an_open_page_is_told_when_a_customer_writes_and_when_a_line_was_taken() {
    for (store, session) in [
        (Store::Sqlite, Session::Embedded),
        (Store::Postgres, Session::Redis),
    ] {
        let Some(house) = house(store, session).await else {
            continue;
        };
        let lin = Bench::of(&house.app, &house.lin).await;
        let mut told = lin.listens().await;
        house.wang.says("在吗").await;
        while told.next("shown").await["waiting"] != 1 {}
        // Somebody else's customer is nothing to her; her own answer is.
        house.li.says("在吗").await;
        lin.writes(1, "k", "在的").await;
        while told.next("shown").await["waiting"] != 0 {}
        house.wang.sees("在的").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_another_account_holder_or_nobody_hears_nothing() {
    let house = super::on_sqlite().await;
    let stranger = Bench::stranger(&house.app);
    assert_eq!(stranger.opens("/workbench/live").await.status, 303);
    assert_eq!(stranger.part("/workbench/live").await.status, 401);
}
