//! Reading the member pool.

use daogou_schema::{
    AccountId, GuideId, MemberId, StoreId, Timestamp, binding, binding_event, identity, member,
    unbound,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select,
};

use crate::bindings::pool::{Cursor, Row, Whose};
use crate::db::{count_to, padded};
use crate::error::Result;

/// How many members one statement names: of more, PostgreSQL and MariaDB read the whole table.
const AT_ONCE: usize = 64;

/// The newest members of an account.
pub(in crate::bindings) async fn newest(
    db: &impl ConnectionTrait,
    account: AccountId,
    after: Option<MemberId>,
    count: u64,
) -> Result<Vec<MemberId>> {
    let mut query = identity::Entity::find()
        .select_only()
        .column(identity::Column::MemberId)
        .filter(identity::Column::AccountId.eq(account))
        .order_by_desc(identity::Column::MemberId)
        .limit(count);
    if let Some(after) = after {
        query = query.filter(identity::Column::MemberId.lt(after));
    }
    Ok(query.into_tuple().all(db).await?)
}

/// The newest members of an account without a guide.
pub(in crate::bindings) async fn without_guide(
    db: &impl ConnectionTrait,
    account: AccountId,
    after: Option<MemberId>,
    count: u64,
) -> Result<Vec<MemberId>> {
    let mut query = unbound::Entity::find()
        .select_only()
        .column(unbound::Column::MemberId)
        .filter(unbound::Column::AccountId.eq(account))
        .order_by_desc(unbound::Column::MemberId)
        .limit(count);
    if let Some(after) = after {
        query = query.filter(unbound::Column::MemberId.lt(after));
    }
    Ok(query.into_tuple().all(db).await?)
}

/// How many members a guide or a store has.
pub(in crate::bindings) async fn count(db: &impl ConnectionTrait, whose: Whose) -> Result<u64> {
    let query = of(binding::Entity::find(), whose);
    Ok(query.count(db).await?)
}

/// How many of `members` a guide or a store has.
pub(in crate::bindings) async fn count_among(
    db: &impl ConnectionTrait,
    whose: Whose,
    members: &[MemberId],
) -> Result<u64> {
    let mut count = 0;
    for some in members.chunks(AT_ONCE) {
        let these = binding::Column::MemberId.is_in(padded(some.iter().copied()));
        let query = of(binding::Entity::find(), whose)
            .select_only()
            .column(binding::Column::MemberId)
            .filter(these);
        let found: Vec<MemberId> = query.into_tuple().all(db).await?;
        count += u64::try_from(found.len()).unwrap_or_default();
    }
    Ok(count)
}

/// How many openids of `members` an account knows.
pub(in crate::bindings) async fn count_known_among(
    db: &impl ConnectionTrait,
    account: AccountId,
    members: &[MemberId],
) -> Result<u64> {
    let mut count = 0;
    for some in members.chunks(AT_ONCE) {
        let query = identity::Entity::find()
            .select_only()
            .column(identity::Column::MemberId)
            .filter(identity::Column::MemberId.is_in(padded(some.iter().copied())))
            .filter(identity::Column::AccountId.eq(account));
        let found: Vec<MemberId> = query.into_tuple().all(db).await?;
        count += u64::try_from(found.len()).unwrap_or_default();
    }
    Ok(count)
}

/// How many members of an account have no guide.
pub(in crate::bindings) async fn count_unbound(
    db: &impl ConnectionTrait,
    account: AccountId,
) -> Result<u64> {
    let query = unbound::Entity::find().filter(unbound::Column::AccountId.eq(account));
    Ok(query.count(db).await?)
}

/// How many people an account knows.
pub(in crate::bindings) async fn count_known(
    db: &impl ConnectionTrait,
    account: AccountId,
) -> Result<u64> {
    let query = identity::Entity::find().filter(identity::Column::AccountId.eq(account));
    Ok(query.count(db).await?)
}

fn of(query: Select<binding::Entity>, whose: Whose) -> Select<binding::Entity> {
    match whose {
        Whose::Guide(guide) => query.filter(binding::Column::GuideId.eq(guide)),
        Whose::Store(store) => query.filter(binding::Column::StoreId.eq(store)),
        Whose::All | Whose::Nobody | Whose::Region(_) => query,
    }
}

/// The members of a guide or a store, who was bound last first.
pub(in crate::bindings) async fn members_of(
    db: &impl ConnectionTrait,
    whose: Whose,
    after: Option<Cursor>,
    count: u64,
) -> Result<Vec<Cursor>> {
    let Some(after) = after else {
        return a_stretch(db, whose, Condition::all(), count).await;
    };
    // Asked for both at once, a database reads all who were bound at the same moment, and a hand-over binds thousands so.
    let same_moment = Condition::all()
        .add(binding::Column::BoundAt.eq(after.at))
        .add(binding::Column::MemberId.lt(after.member));
    let mut found = a_stretch(db, whose, same_moment, count).await?;
    let missing = count.saturating_sub(found.len().try_into().unwrap_or(count));
    if missing > 0 {
        let before = Condition::all().add(binding::Column::BoundAt.lt(after.at));
        found.extend(a_stretch(db, whose, before, missing).await?);
    }
    Ok(found)
}

/// Of each store of several at least so many are read at once.
const EACH_MIN: usize = 8;

/// The members of several stores, `count` at the most, who was bound last first; and whether nobody is behind them. Each
/// store is asked for its share, so that what is read does not grow with their number.
pub(in crate::bindings) async fn members_of_stores(
    db: &impl ConnectionTrait,
    stores: &[StoreId],
    after: Option<Cursor>,
    count: usize,
) -> Result<(Vec<Cursor>, bool)> {
    let share = (2 * count).div_ceil(stores.len().max(1));
    let share = share.max(EACH_MIN).min(count);
    let mut found = Vec::new();
    // Before it nobody is missing; behind it a store may have somebody who was not read.
    let mut whole_until: Option<Cursor> = None;
    for store in stores {
        let most = u64::try_from(share).unwrap_or(u64::MAX);
        let hers = members_of(db, Whose::Store(*store), after, most).await?;
        if hers.len() == share {
            whole_until = whole_until.max(hers.last().copied());
        }
        found.extend(hers);
    }
    found.sort_unstable_by(|one, other| other.cmp(one));
    found.retain(|cursor| whole_until.is_none_or(|until| *cursor >= until));
    let ended = whole_until.is_none() && found.len() < count;
    found.truncate(count);
    Ok((found, ended))
}

async fn a_stretch(
    db: &impl ConnectionTrait,
    whose: Whose,
    which: Condition,
    count: u64,
) -> Result<Vec<Cursor>> {
    let query = of(binding::Entity::find(), whose)
        .select_only()
        .column(binding::Column::BoundAt)
        .column(binding::Column::MemberId)
        .filter(which)
        .order_by_desc(binding::Column::BoundAt)
        .order_by_desc(binding::Column::MemberId)
        .limit(count);
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
        let own = identities.iter().filter(|i| i.member_id == member.id);
        let identity = own.max_by_key(|i| (i.subscribed, i.last_seen_at))?;
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

pub(in crate::bindings) async fn count_new(
    db: &impl ConnectionTrait,
    guide: GuideId,
    since: Timestamp,
    most: u32,
) -> Result<u32> {
    let rows = binding::Entity::find()
        .select_only()
        .column(binding::Column::MemberId)
        .filter(binding::Column::GuideId.eq(guide))
        .filter(binding::Column::BoundAt.gte(since));
    count_to(db, rows.into_query(), most).await
}
