//! Ten thousand members at once.

use std::time::Instant;

use daogou_schema::bulk::{self, State};
use daogou_schema::{GuideId, TagId, binding, bulk_member, member_tag, unbound};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::{STORES, Shop, at, shop};
use crate::console::crowd;
use crate::kit::eventually;

const MANY: u64 = 10_000;

/// A server that ends in the middle leaves nobody half done, and the next one goes on.
#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_members_are_tagged_and_dealt_and_a_restart_loses_none() {
    for store in STORES {
        let Some(mut shop) = shop(store).await else {
            continue;
        };
        crowd::without_a_guide(&shop.app, MANY).await;
        shop.desk.sends(&at("/tags"), &[("name", "老会员")]).await;
        let all = [
            ("work", "tag"),
            ("tag", "1"),
            ("all", "1"),
            ("filter", "guide=nobody"),
        ];
        let begun = Instant::now();
        shop.orders(&all).await;
        shop.restarts().await;
        let row = done(&shop, 1).await;
        println!("{store:?}: {MANY} members tagged in {:?}", begun.elapsed());
        assert_eq!(
            (row.seen, row.changed, row.members),
            (10_000, 10_000, Some(10_000))
        );
        let db = shop.app.database().await;
        let tagged = member_tag::Entity::find().filter(member_tag::Column::TagId.eq(TagId(1)));
        assert_eq!(tagged.count(&db).await.expect("a count"), MANY, "{store:?}");

        let all = [
            ("work", "assign"),
            ("all", "1"),
            ("filter", "guide=nobody&tag=1"),
            ("to-1", "1"),
            ("to-2", "1"),
        ];
        let begun = Instant::now();
        let page = shop.orders(&all).await;
        shop.restarts().await;
        done(&shop, 2).await;
        println!("{store:?}: {MANY} members dealt in {:?}", begun.elapsed());
        for guide in [1, 2] {
            let bound = binding::Entity::find().filter(binding::Column::GuideId.eq(GuideId(guide)));
            assert_eq!(
                bound.count(&db).await.expect("a count"),
                MANY / 2,
                "{store:?}"
            );
        }
        let left = unbound::Entity::find().count(&db).await;
        assert_eq!(left.expect("a count"), 0, "{store:?}");
        shop.undoes(&page).await;
        shop.restarts().await;
        shop.shows(&page, "已撤销，10000 位会员").await;
        let left = unbound::Entity::find().count(&db).await;
        assert_eq!(left.expect("a count"), MANY, "{store:?}");
        assert!(shop.bindings().await.is_empty());
    }
}

/// Whoever was reached before it was stopped stays as they are, and can be undone.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_stopped_leaves_the_rest_alone() {
    let Some(shop) = shop(crate::kit::Store::Sqlite).await else {
        return;
    };
    crowd::without_a_guide(&shop.app, MANY).await;
    shop.desk.sends(&at("/tags"), &[("name", "老会员")]).await;
    let all = [("work", "tag"), ("tag", "1"), ("all", "1")];
    let page = shop.orders(&all).await;
    shop.desk.sends(&format!("{page}/stop"), &[]).await;
    let row = done(&shop, 1).await;
    let db = shop.app.database().await;
    let tagged = member_tag::Entity::find()
        .count(&db)
        .await
        .expect("a count");
    assert_eq!(u64::try_from(row.changed).expect("small"), tagged);
    let noted = bulk_member::Entity::find().count(&db).await;
    assert_eq!(noted.expect("a count"), tagged);
    if tagged > 0 {
        shop.undoes(&page).await;
        shop.shows(&page, &format!("已撤销，{tagged} 位会员")).await;
    }
    let tagged = member_tag::Entity::find().count(&db).await;
    assert_eq!(tagged.expect("a count"), 0);
}

async fn done(shop: &Shop, id: i64) -> bulk::Model {
    let db = shop.app.database().await;
    eventually("all of them", async || {
        let row = bulk::Entity::find_by_id(daogou_schema::BulkId(id));
        let row = row.one(&db).await.expect("the row");
        row.filter(|row| matches!(row.state, State::Done | State::Stopped))
    })
    .await
}
