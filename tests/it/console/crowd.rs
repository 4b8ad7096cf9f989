//! Many members at once, written straight into the store.

use daogou_schema::{
    AccountId, GuideId, MemberId, StoreId, Timestamp, binding, conversation, identity, member,
    unbound,
};
use sea_orm::{DatabaseConnection, EntityTrait, IntoActiveModel, QueryOrder, QuerySelect, Set};

use crate::kit::TestApp;

/// So many rows are written by one statement.
const PIECE: usize = 500;

/// Members whom the first guide has, each with a quiet conversation.
pub async fn of_the_first_guide(app: &TestApp, count: u64) {
    let db = app.database().await;
    let now = Timestamp::from(app.clock.now());
    let ids = members(&db, now, count).await;
    for some in ids.chunks(PIECE) {
        let bindings = some.iter().map(|id| binding::Model {
            member_id: *id,
            guide_id: GuideId(1),
            store_id: StoreId(1),
            code_id: None,
            bound_at: now,
        });
        let bindings = bindings.map(|row| row.into_active_model());
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

/// Members whom nobody has.
pub async fn without_a_guide(app: &TestApp, count: u64) {
    let db = app.database().await;
    let now = Timestamp::from(app.clock.now());
    let ids = members(&db, now, count).await;
    for some in ids.chunks(PIECE) {
        let rows = some.iter().map(|id| unbound::ActiveModel {
            member_id: Set(*id),
            account_id: Set(AccountId(1)),
            since: Set(now),
        });
        let inserted = unbound::Entity::insert_many(rows).exec_without_returning(&db);
        inserted.await.expect("rows");
    }
}

async fn members(db: &DatabaseConnection, now: Timestamp, count: u64) -> Vec<MemberId> {
    let numbers: Vec<u64> = (0..count).collect();
    for some in numbers.chunks(PIECE) {
        let rows = some.iter().map(|_| member::ActiveModel {
            quiet: Set(false),
            muted: Set(false),
            created_at: Set(now),
            ..Default::default()
        });
        let inserted = member::Entity::insert_many(rows).exec_without_returning(db);
        inserted.await.expect("members");
    }
    let newest = member::Entity::find()
        .select_only()
        .column(member::Column::Id)
        .order_by_desc(member::Column::Id)
        .limit(count);
    let mut ids: Vec<MemberId> = newest.into_tuple().all(db).await.expect("ids");
    ids.reverse();
    for some in ids.chunks(PIECE) {
        let rows = some.iter().map(|id| identity::ActiveModel {
            account_id: Set(AccountId(1)),
            openid: Set(format!("o-many-{id}")),
            member_id: Set(*id),
            subscribed: Set(true),
            first_subscribed_at: Set(Some(now)),
            subscribed_at: Set(Some(now)),
            unsubscribed_at: Set(None),
            code_id: Set(None),
            subscribe_scene: Set(None),
            last_seen_at: Set(now),
        });
        let inserted = identity::Entity::insert_many(rows).exec_without_returning(db);
        inserted.await.expect("identities");
    }
    ids
}
