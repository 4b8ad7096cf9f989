//! Members and identities in the store.

pub(super) mod followers;

use chrono::TimeDelta;
use daogou_schema::member::Insider;
use daogou_schema::{AccountId, Address, MemberId, Timestamp, consent, identity, member};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, JoinType, NotSet, QueryFilter,
    QueryOrder, QuerySelect, Set,
};

use super::Following;
use crate::db::{Only, Txn, among, each, insert_all, insert_numbered, padded};
use crate::error::Result;

/// How exactly it is noted when somebody was last here.
const SEEN_EVERY: TimeDelta = TimeDelta::minutes(10);

/// How many members one statement names: of more, PostgreSQL and MariaDB read the whole table.
const AT_ONCE: usize = 64;

/// The member with this id.
///
/// # Errors
/// When the store fails.
pub async fn get_in(txn: &Txn, id: MemberId) -> Result<Option<member::Model>> {
    txn.together(id, |txn, ids| {
        Box::pin(async move {
            let found = member::Entity::find()
                .filter(member::Column::Id.is_in(padded(ids.iter().copied())))
                .all(txn.conn())
                .await?;
            Ok(each(ids.iter().copied(), found, |row| row.id))
        })
    })
    .await
}

/// Whoever changes what is known of a member waits until this unit ends.
///
/// # Errors
/// When the store fails.
pub async fn lock_in(txn: &Txn, id: MemberId) -> Result<()> {
    let query = member::Entity::find_by_id(id).lock_exclusive();
    query.only(txn.conn()).await?;
    Ok(())
}

pub(super) async fn insert(txn: &Txn, now: Timestamp) -> Result<member::Model> {
    let row = member::Model {
        id: MemberId(0),
        unionid: None,
        name: None,
        quiet: false,
        muted: false,
        insider: None,
        birthday: None,
        created_at: now,
    };
    let mut new = member::ActiveModel::from(row.clone()).reset_all();
    new.id = NotSet;
    let id = txn.together(new, |txn, rows| Box::pin(insert_numbered(txn, rows)));
    Ok(member::Model {
        id: id.await?,
        ..row
    })
}

/// An identity together with the member it is.
pub(super) async fn known(
    txn: &Txn,
    to: &Address,
) -> Result<Option<(identity::Model, Option<member::Model>)>> {
    txn.together(to.clone(), |txn, people| Box::pin(all_known(txn, people)))
        .await
}

async fn all_known(
    txn: &Txn,
    people: &[Address],
) -> Result<Vec<Option<(identity::Model, Option<member::Model>)>>> {
    let member = identity::Entity::belongs_to(member::Entity)
        .from(identity::Column::MemberId)
        .to(member::Column::Id);
    let found = identity::Entity::find()
        .join(JoinType::LeftJoin, member.into())
        .select_also(member::Entity)
        .filter(among(
            identity::Column::AccountId,
            identity::Column::Openid,
            people,
        ))
        .all(txn.conn())
        .await?;
    Ok(each(people.iter().cloned(), found, |(row, _)| Address {
        account_id: row.account_id,
        openid: row.openid.clone(),
    }))
}

/// As whom `members` are known, wherever that is.
///
/// # Errors
/// When the store fails.
pub async fn addresses_in(txn: &Txn, members: &[MemberId]) -> Result<Vec<(MemberId, Address)>> {
    let query = identity::Entity::find()
        .select_only()
        .column(identity::Column::MemberId)
        .column(identity::Column::AccountId)
        .column(identity::Column::Openid)
        .filter(identity::Column::MemberId.is_in(padded(members.iter().copied())));
    let found: Vec<(MemberId, AccountId, String)> = query.into_tuple().all(txn.conn()).await?;
    let address = |(member, account_id, openid)| (member, Address { account_id, openid });
    Ok(found.into_iter().map(address).collect())
}

/// Who of `members` is known to some account: an erased one is not any more.
///
/// # Errors
/// When the store fails.
pub async fn known_among_in(txn: &Txn, members: &[MemberId]) -> Result<Vec<MemberId>> {
    let query = identity::Entity::find()
        .select_only()
        .column(identity::Column::MemberId)
        .distinct()
        .filter(identity::Column::MemberId.is_in(padded(members.iter().copied())))
        .order_by_asc(identity::Column::MemberId);
    Ok(query.into_tuple().all(txn.conn()).await?)
}

/// Which member a person is, if anybody knows her.
///
/// # Errors
/// When the store fails.
pub async fn member_at_in(txn: &Txn, to: &Address) -> Result<Option<MemberId>> {
    Ok(known(txn, to).await?.map(|(row, _)| row.member_id))
}

/// Whether a person followed the account and does not any more.
///
/// # Errors
/// When the store fails.
pub async fn has_left_in(txn: &Txn, to: &Address) -> Result<bool> {
    let known = known(txn, to).await?;
    Ok(known.is_some_and(|(i, _)| !i.subscribed && i.unsubscribed_at.is_some()))
}

pub(super) async fn save_identity(
    txn: &Txn,
    to: &Address,
    member: MemberId,
    before: Option<identity::Model>,
    following: Following,
    now: Timestamp,
) -> Result<identity::Model> {
    let known = before.is_some();
    let mut row = before.unwrap_or(identity::Model {
        account_id: to.account_id,
        openid: to.openid.clone(),
        member_id: member,
        subscribed: false,
        first_subscribed_at: None,
        subscribed_at: None,
        unsubscribed_at: None,
        last_seen_at: now,
        code_id: None,
        subscribe_scene: None,
    });
    // Every act of a talk would write the row anew; what she did exactly when is in the store anyway.
    let seen_lately = now - row.last_seen_at < SEEN_EVERY;
    let before = row.clone();
    row.member_id = member;
    if let Following::By(code) = following {
        row.code_id = Some(code);
        // What WeChat said was about another follow.
        row.subscribe_scene = None;
    }
    match following {
        Following::Yes | Following::By(_) if !row.subscribed => {
            row.subscribed = true;
            row.subscribed_at = Some(now);
            row.first_subscribed_at = row.first_subscribed_at.or(Some(now));
        }
        Following::Left => {
            row.subscribed = false;
            row.unsubscribed_at = Some(now);
        }
        Following::Yes | Following::By(_) | Following::Unknown => {}
    }
    if known && seen_lately && row == before {
        return Ok(row);
    }
    row.last_seen_at = now;
    let model = identity::ActiveModel::from(row.clone()).reset_all();
    if known {
        identity::Entity::update_many()
            .set(model)
            .filter(identity::Column::AccountId.eq(to.account_id))
            .filter(identity::Column::Openid.eq(to.openid.as_str()))
            .exec(txn.conn())
            .await?;
    } else {
        txn.together(model, |txn, rows| Box::pin(insert_all(txn, rows)))
            .await?;
    }
    Ok(row)
}

/// As whom a member is known, with all that is known there.
///
/// # Errors
/// When the store fails.
pub async fn identities_in(txn: &Txn, id: MemberId) -> Result<Vec<identity::Model>> {
    let query = identity::Entity::find().filter(identity::Column::MemberId.eq(id));
    Ok(query.all(txn.conn()).await?)
}

/// Notes who is no customer, or that somebody is one again.
///
/// # Errors
/// When the store fails.
pub async fn set_insider_in(txn: &Txn, id: MemberId, insider: Option<Insider>) -> Result<()> {
    let row = member::ActiveModel {
        insider: Set(insider),
        ..Default::default()
    };
    update(txn, id, row).await
}

/// All who are no customers, in all accounts: they are few.
///
/// # Errors
/// When the store fails.
pub async fn insiders(db: &impl ConnectionTrait) -> Result<Vec<MemberId>> {
    let mut all = Vec::new();
    for kind in [Insider::Staff, Insider::Tester] {
        let query = member::Entity::find()
            .select_only()
            .column(member::Column::Id)
            .filter(member::Column::Insider.eq(kind));
        let found: Vec<MemberId> = query.into_tuple().all(db).await?;
        all.extend(found);
    }
    Ok(all)
}

/// Those of one kind, the newest first, behind `after`.
///
/// # Errors
/// When the store fails.
pub async fn insiders_after(
    db: &impl ConnectionTrait,
    kind: Insider,
    after: Option<MemberId>,
    count: u64,
) -> Result<Vec<MemberId>> {
    let mut query = member::Entity::find()
        .select_only()
        .column(member::Column::Id)
        .filter(member::Column::Insider.eq(kind))
        .order_by_desc(member::Column::Id)
        .limit(count);
    if let Some(after) = after {
        query = query.filter(member::Column::Id.lt(after));
    }
    Ok(query.into_tuple().all(db).await?)
}

/// Who of `members` is no customer.
///
/// # Errors
/// When the store fails.
pub async fn insiders_among(
    db: &impl ConnectionTrait,
    members: &[MemberId],
) -> Result<Vec<MemberId>> {
    let mut all = Vec::new();
    for some in members.chunks(AT_ONCE) {
        let query = member::Entity::find()
            .select_only()
            .column(member::Column::Id)
            .filter(member::Column::Id.is_in(padded(some.iter().copied())))
            .filter(member::Column::Insider.is_not_null());
        let found: Vec<MemberId> = query.into_tuple().all(db).await?;
        all.extend(found);
    }
    Ok(all)
}

/// Notes a member's name.
///
/// # Errors
/// When the store fails.
pub async fn set_name_in(txn: &Txn, id: MemberId, name: &str) -> Result<()> {
    update(
        txn,
        id,
        member::ActiveModel {
            name: Set(Some(name.to_owned())),
            ..Default::default()
        },
    )
    .await
}

/// Notes a member's birthday.
///
/// # Errors
/// When the store fails.
pub async fn set_birthday_in(txn: &Txn, id: MemberId, birthday: &str) -> Result<()> {
    let row = member::ActiveModel {
        birthday: Set(Some(birthday.to_owned())),
        ..Default::default()
    };
    update(txn, id, row).await
}

/// Notes that a member wants answers only to what she writes, or not any more.
pub(super) async fn set_quiet_in(txn: &Txn, id: MemberId, quiet: bool) -> Result<()> {
    update(
        txn,
        id,
        member::ActiveModel {
            quiet: Set(quiet),
            ..Default::default()
        },
    )
    .await
}

/// Notes that a member wants no marketing, or wants it again.
pub(super) async fn set_muted_in(txn: &Txn, id: MemberId, muted: bool) -> Result<()> {
    update(
        txn,
        id,
        member::ActiveModel {
            muted: Set(muted),
            ..Default::default()
        },
    )
    .await
}

async fn update(txn: &Txn, id: MemberId, row: member::ActiveModel) -> Result<()> {
    member::Entity::update_many()
        .set(row)
        .filter(member::Column::Id.eq(id))
        .exec(txn.conn())
        .await?;
    Ok(())
}

pub(super) async fn insert_consent(txn: &Txn, row: consent::ActiveModel) -> Result<()> {
    consent::Entity::insert(row)
        .exec_without_returning(txn.conn())
        .await?;
    Ok(())
}

/// The newest words of a member.
pub(super) async fn consents(
    db: &impl ConnectionTrait,
    member: MemberId,
    count: u64,
) -> Result<Vec<consent::Model>> {
    let query = consent::Entity::find()
        .filter(consent::Column::MemberId.eq(member))
        .order_by_desc(consent::Column::Id)
        .limit(count);
    Ok(query.all(db).await?)
}
