//! Ten thousand customers at once.

use std::time::Instant;

use daogou_schema::hand_over::{self, State};
use daogou_schema::hand_over_member::{self, Outcome};
use daogou_schema::{
    AccountId, GuideId, HandOverId, MemberId, StoreId, Timestamp, binding, conversation, member,
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, Set};

use super::{STORES, shop};
use crate::kit::{TestApp, eventually};

const MANY: i64 = 10_000;

/// A server that ends in the middle leaves nobody between two guides, and the next one goes on.
#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_customers_take_seconds_and_a_restart_loses_none() {
    for store in STORES {
        let Some(mut shop) = shop(store).await else {
            continue;
        };
        many_customers(&shop.app).await;
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

async fn many_customers(app: &TestApp) {
    let db = app.database().await;
    let now = Timestamp::from(app.clock.now());
    let numbers: Vec<i64> = (1..=MANY).collect();
    for some in numbers.chunks(500) {
        let members = some.iter().map(|_| member::ActiveModel {
            quiet: Set(false),
            muted: Set(false),
            created_at: Set(now),
            ..Default::default()
        });
        let inserted = member::Entity::insert_many(members).exec_without_returning(&db);
        inserted.await.expect("members");
    }
    let ids: Vec<MemberId> = member::Entity::find()
        .order_by_asc(member::Column::Id)
        .all(&db)
        .await
        .expect("members")
        .iter()
        .map(|row| row.id)
        .collect();
    for some in ids.chunks(500) {
        let bindings = some.iter().map(|id| binding::ActiveModel {
            member_id: Set(*id),
            guide_id: Set(GuideId(1)),
            store_id: Set(StoreId(1)),
            code_id: Set(None),
            bound_at: Set(now),
        });
        let inserted = binding::Entity::insert_many(bindings).exec_without_returning(&db);
        inserted.await.expect("bindings");
        let talks = some.iter().map(|id| conversation::ActiveModel {
            member_id: Set(*id),
            account_id: Set(AccountId(1)),
            openid: Set(format!("o-many-{id}")),
            guide_id: Set(Some(GuideId(1))),
            unanswered: Set(false),
            ..Default::default()
        });
        let inserted = conversation::Entity::insert_many(talks).exec_without_returning(&db);
        inserted.await.expect("conversations");
    }
}
