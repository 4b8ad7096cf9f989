//! Tags in the store.

mod auto;

use std::collections::{BTreeMap, BTreeSet};

use daogou_schema::{AccountId, MemberId, TagId, Timestamp, member_tag, tag};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Set,
};

use crate::db::{Only, Txn, count_to, insert_all, padded};
use crate::error::Result;

pub(super) use auto::{
    insert_rule, known_after, move_rule, remove_rule, rule, rule_locked, rules, rules_due,
};

/// Asked for more members at once, PostgreSQL and MariaDB read all who have the tag, or the table from end to end.
const AT_ONCE: usize = 64;
/// A tag that is in use: see [`tag::Model::removed_at`].
const IN_USE: Timestamp = Timestamp(0);

pub(super) async fn list(db: &impl ConnectionTrait, account: AccountId) -> Result<Vec<tag::Model>> {
    let query = tag::Entity::find()
        .filter(tag::Column::AccountId.eq(account))
        .filter(tag::Column::RemovedAt.eq(IN_USE))
        .order_by_asc(tag::Column::Name);
    Ok(query.all(db).await?)
}

/// Those removed since then, whose members may still have them.
pub(super) async fn removed_since(
    db: &impl ConnectionTrait,
    since: Timestamp,
) -> Result<Vec<TagId>> {
    let query = tag::Entity::find()
        .select_only()
        .column(tag::Column::Id)
        .filter(tag::Column::RemovedAt.gt(since));
    Ok(query.into_tuple().all(db).await?)
}

pub(super) async fn get(db: &impl ConnectionTrait, id: TagId) -> Result<Option<tag::Model>> {
    Ok(tag::Entity::find_by_id(id).only(db).await?)
}

pub(super) async fn locked(txn: &Txn, id: TagId) -> Result<Option<tag::Model>> {
    let query = tag::Entity::find_by_id(id).lock_exclusive();
    Ok(query.only(txn.conn()).await?)
}

pub(super) async fn insert(
    txn: &Txn,
    account: AccountId,
    name: &str,
    now: Timestamp,
) -> Result<tag::Model> {
    let row = tag::ActiveModel {
        account_id: Set(account),
        name: Set(name.to_owned()),
        created_at: Set(now),
        removed_at: Set(IN_USE),
        ..Default::default()
    };
    Ok(row.insert(txn.conn()).await?)
}

pub(super) async fn rename(txn: &Txn, id: TagId, name: &str) -> Result<()> {
    let row = tag::ActiveModel {
        name: Set(name.to_owned()),
        ..Default::default()
    };
    update(txn, id, row).await
}

pub(super) async fn remove(txn: &Txn, id: TagId, now: Timestamp) -> Result<()> {
    let row = tag::ActiveModel {
        removed_at: Set(now),
        ..Default::default()
    };
    update(txn, id, row).await
}

async fn update(txn: &Txn, id: TagId, row: tag::ActiveModel) -> Result<()> {
    tag::Entity::update_many()
        .set(row)
        .filter(tag::Column::Id.eq(id))
        .exec(txn.conn())
        .await?;
    Ok(())
}

pub(super) async fn size(db: &impl ConnectionTrait, tag: TagId, most: u32) -> Result<u32> {
    let rows = member_tag::Entity::find()
        .select_only()
        .column(member_tag::Column::MemberId)
        .filter(member_tag::Column::TagId.eq(tag))
        .into_query();
    count_to(db, rows, most).await
}

pub(super) async fn members(
    db: &impl ConnectionTrait,
    tag: TagId,
    after: Option<MemberId>,
    count: u64,
) -> Result<Vec<MemberId>> {
    let mut query = member_tag::Entity::find()
        .select_only()
        .column(member_tag::Column::MemberId)
        .filter(member_tag::Column::TagId.eq(tag))
        .order_by_desc(member_tag::Column::MemberId)
        .limit(count);
    if let Some(after) = after {
        query = query.filter(member_tag::Column::MemberId.lt(after));
    }
    Ok(query.into_tuple().all(db).await?)
}

/// Who of `members` has a tag.
///
/// # Errors
/// When the store fails.
pub async fn tagged_among(
    db: &impl ConnectionTrait,
    tag: TagId,
    members: &[MemberId],
) -> Result<BTreeSet<MemberId>> {
    tagged_by(db, tag, members, None).await
}

/// Who of `members` has a tag, or had it by `until`.
pub(super) async fn tagged_by(
    db: &impl ConnectionTrait,
    tag: TagId,
    members: &[MemberId],
    until: Option<Timestamp>,
) -> Result<BTreeSet<MemberId>> {
    let mut tagged = BTreeSet::new();
    for some in members.chunks(AT_ONCE) {
        let mut query = member_tag::Entity::find()
            .select_only()
            .column(member_tag::Column::MemberId)
            .filter(member_tag::Column::TagId.eq(tag))
            .filter(member_tag::Column::MemberId.is_in(padded(some.iter().copied())));
        if let Some(until) = until {
            query = query.filter(member_tag::Column::At.lte(until));
        }
        let found: Vec<MemberId> = query.into_tuple().all(db).await?;
        tagged.extend(found);
    }
    Ok(tagged)
}

/// The tags of `members`, removed ones too.
///
/// # Errors
/// When the store fails.
pub async fn of_members(
    db: &impl ConnectionTrait,
    members: &[MemberId],
) -> Result<BTreeMap<MemberId, Vec<TagId>>> {
    if members.is_empty() {
        return Ok(BTreeMap::new());
    }
    let query = member_tag::Entity::find()
        .select_only()
        .column(member_tag::Column::MemberId)
        .column(member_tag::Column::TagId)
        .filter(member_tag::Column::MemberId.is_in(padded(members.iter().copied())));
    let found: Vec<(MemberId, TagId)> = query.into_tuple().all(db).await?;
    let mut tags: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (member, tag) in found {
        tags.entry(member).or_default().push(tag);
    }
    Ok(tags)
}

pub(super) async fn insert_all_of(
    txn: &Txn,
    tag: TagId,
    members: &[MemberId],
    now: Timestamp,
) -> Result<()> {
    let row = |member: &MemberId| member_tag::ActiveModel {
        tag_id: Set(tag),
        member_id: Set(*member),
        at: Set(now),
    };
    let rows: Vec<_> = members.iter().map(row).collect();
    insert_all(txn, &rows).await.map(drop)
}

pub(super) async fn take(txn: &Txn, tag: TagId, members: &[MemberId]) -> Result<()> {
    for some in members.chunks(AT_ONCE) {
        member_tag::Entity::delete_many()
            .filter(member_tag::Column::TagId.eq(tag))
            .filter(member_tag::Column::MemberId.is_in(padded(some.iter().copied())))
            .exec(txn.conn())
            .await?;
    }
    Ok(())
}

pub(super) async fn take_all(txn: &Txn, member: MemberId) -> Result<u64> {
    let gone = member_tag::Entity::delete_many()
        .filter(member_tag::Column::MemberId.eq(member))
        .exec(txn.conn())
        .await?;
    Ok(gone.rows_affected)
}
