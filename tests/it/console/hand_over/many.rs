//! Ten thousand customers at once.

use std::time::Instant;

use daogou_schema::hand_over::{self, State};
use daogou_schema::hand_over_member::{self, Outcome};
use daogou_schema::{HandOverId, binding, conversation};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::{STORES, shop};
use crate::console::crowd;
use crate::kit::eventually;

const MANY: i64 = 10_000;

/// A server that ends in the middle leaves nobody between two guides, and the next one goes on.
#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_customers_take_seconds_and_a_restart_loses_none() {
    for store in STORES {
        let Some(mut shop) = shop(store).await else {
            continue;
        };
        crowd::of_the_first_guide(&shop.app, 10_000).await;
        let (lin, targets) = (&shop.lin, [&shop.chen, &shop.wu]);
        let page = shop.freezes(lin, "departure").await;
        let begun = Instant::now();
        shop.gives(&page, &targets).await;
        shop.app.restart().await;
        let db = shop.app.database().await;
        let row = eventually("all of them", async || {
            let row = hand_over::Entity::find().one(&db).await.expect("the row");
            row.filter(|row| row.state == State::Done)
        })
        .await;
        println!("{store:?}: {MANY} customers in {:?}", begun.elapsed());
        assert_eq!((i64::from(row.moved), row.members), (MANY, row.moved));
        for guide in [shop.chen.id, shop.wu.id] {
            let bound = binding::Entity::find().filter(binding::Column::GuideId.eq(guide));
            let bound = bound.count(&db).await.expect("a count");
            assert_eq!(i64::try_from(bound).expect("small"), MANY / 2, "{store:?}");
        }
        let noted = hand_over_member::Entity::find()
            .filter(hand_over_member::Column::HandOverId.eq(HandOverId(1)))
            .filter(hand_over_member::Column::Outcome.eq(Outcome::Moved));
        let noted = noted.count(&db).await.expect("a count");
        assert_eq!(i64::try_from(noted).expect("small"), MANY, "{store:?}");
        let untold =
            conversation::Entity::find().filter(conversation::Column::NewGuideId.is_not_null());
        let untold = untold.count(&db).await.expect("a count");
        assert_eq!(i64::try_from(untold).expect("small"), MANY, "{store:?}");
    }
}
