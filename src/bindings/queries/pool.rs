//! Reading the member pool.

use daogou_schema::{
    AccountId, GuideId, MemberId, Timestamp, binding, binding_event, identity, member,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
};

use crate::bindings::pool::{Cursor, Row, Whose};
use crate::db::{count_to, padded};
use crate::error::Result;

/// The newest members of an account.
pub(in crate::bindings) async fn newest(
    db: &impl ConnectionTrait,
    account: AccountId,
    after: Option<Cursor>,
    count: u64,
) -> Result<Vec<Cursor>> {
    let mut query = identity::Entity::find()
        .select_only()
        .column(identity::Column::MemberId)
        .filter(identity::Column::AccountId.eq(account))
        .order_by_desc(identity::Column::MemberId)
        .limit(count);
    if let Some(after) = after {
        query = query.filter(identity::Column::MemberId.lt(after.member));
    }
    let ids: Vec<MemberId> = query.into_tuple().all(db).await?;
    let at = Timestamp(0);
    Ok(ids
        .into_iter()
        .map(|member| Cursor { at, member })
        .collect())
}

/// The members of a guide or a store, who was bound last first.
pub(in crate::bindings) async fn members_of(
    db: &impl ConnectionTrait,
    whose: Whose,
    after: Option<Cursor>,
    count: u64,
) -> Result<Vec<Cursor>> {
    let mut query = binding::Entity::find()
        .select_only()
        .column(binding::Column::BoundAt)
        .column(binding::Column::MemberId)
        .order_by_desc(binding::Column::BoundAt)
        .order_by_desc(binding::Column::MemberId)
        .limit(count);
    query = match whose {
        Whose::Guide(guide) => query.filter(binding::Column::GuideId.eq(guide)),
        Whose::Store(store) => query.filter(binding::Column::StoreId.eq(store)),
        Whose::All => query,
    };
    if let Some(after) = after {
        let at_once = Condition::all()
            .add(binding::Column::BoundAt.eq(after.at))
            .add(binding::Column::MemberId.lt(after.member));
        query = query.filter(binding::Column::BoundAt.lte(after.at)).filter(
            Condition::any()
                .add(binding::Column::BoundAt.lt(after.at))
                .add(at_once),
        );
    }
    let found: Vec<(Timestamp, MemberId)> = query.into_tuple().all(db).await?;
    Ok(found
        .into_iter()
        .map(|(at, member)| Cursor { at, member })
        .collect())
}

pub(in crate::bindings) async fn named(
    db: &impl ConnectionTrait,
    name: &str,
    count: u64,
) -> Result<Vec<MemberId>> {
    let query = member::Entity::find()
        .select_only()
        .column(member::Column::Id)
        .filter(member::Column::Name.eq(name))
        .limit(count);
    Ok(query.into_tuple().all(db).await?)
}

/// Those of `ids` whom the account knows.
pub(in crate::bindings) async fn rows(
    db: &impl ConnectionTrait,
    account: AccountId,
    ids: &[MemberId],
) -> Result<Vec<Row>> {
    let ids = || ids.iter().copied();
    let members = member::Entity::find()
        .filter(member::Column::Id.is_in(ids()))
        .all(db)
        .await?;
    let identities = identity::Entity::find()
        .filter(identity::Column::MemberId.is_in(ids()))
        .filter(identity::Column::AccountId.eq(account))
        .all(db)
        .await?;
    let bindings = binding::Entity::find()
        .filter(binding::Column::MemberId.is_in(ids()))
        .all(db)
        .await?;
    let row = |member: member::Model| {
        let identity = identities.iter().find(|i| i.member_id == member.id)?;
        let binding = bindings.iter().find(|b| b.member_id == member.id);
        Some(Row {
            identity: identity.clone(),
            binding: binding.cloned(),
            member,
        })
    };
    Ok(members.into_iter().filter_map(row).collect())
}

pub(in crate::bindings) async fn events(
    db: &impl ConnectionTrait,
    member: MemberId,
    count: u64,
) -> Result<Vec<binding_event::Model>> {
    let query = binding_event::Entity::find()
        .filter(binding_event::Column::MemberId.eq(member))
        .order_by_desc(binding_event::Column::Id)
        .limit(count);
    Ok(query.all(db).await?)
}

/// How many members a guide has, at most `most`.
pub(in crate::bindings) async fn size(
    db: &impl ConnectionTrait,
    guide: GuideId,
    most: u32,
) -> Result<u32> {
    let rows = binding::Entity::find()
        .select_only()
        .column(binding::Column::MemberId)
        .filter(binding::Column::GuideId.eq(guide))
        .into_query();
    count_to(db, rows, most).await
}

/// How many of `members` have a guide.
pub(in crate::bindings) async fn bound(
    db: &impl ConnectionTrait,
    members: &[MemberId],
) -> Result<usize> {
    let query = binding::Entity::find()
        .select_only()
        .column(binding::Column::MemberId)
        .filter(binding::Column::MemberId.is_in(padded(members.iter().copied())));
    let found: Vec<MemberId> = query.into_tuple().all(db).await?;
    Ok(found.len())
}
