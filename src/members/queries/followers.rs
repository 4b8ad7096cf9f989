//! Followers in the store, many at once.

use std::collections::HashMap;

use daogou_schema::{AccountId, MemberId, Timestamp, identity, member};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, JoinType, NotSet, QueryFilter, QuerySelect, Set};

use crate::db::{Txn, insert_all, insert_numbered, padded};
use crate::error::Result;
use crate::members::followers::Follower;

/// How many people one statement names: of more, PostgreSQL and MariaDB read the whole table.
const NAMED_MAX: usize = 64;

pub(in crate::members) async fn known_here(
    txn: &Txn,
    account: AccountId,
    openids: &[&str],
) -> Result<Vec<(identity::Model, Option<member::Model>)>> {
    let mut found = Vec::new();
    for piece in openids.chunks(NAMED_MAX) {
        let member = identity::Entity::belongs_to(member::Entity)
            .from(identity::Column::MemberId)
            .to(member::Column::Id);
        let query = identity::Entity::find()
            .join(JoinType::LeftJoin, member.into())
            .select_also(member::Entity)
            .filter(identity::Column::AccountId.eq(account))
            .filter(identity::Column::Openid.is_in(padded(piece.iter().copied())));
        found.extend(query.all(txn.conn()).await?);
    }
    Ok(found)
}

/// Who has which of these unionids.
pub(in crate::members) async fn holders(
    txn: &Txn,
    unionids: &[&str],
) -> Result<HashMap<String, MemberId>> {
    let mut found = HashMap::new();
    for piece in unionids.chunks(NAMED_MAX) {
        let query = member::Entity::find()
            .select_only()
            .column(member::Column::Unionid)
            .column(member::Column::Id)
            .filter(member::Column::Unionid.is_in(padded(piece.iter().copied())));
        let rows: Vec<(String, MemberId)> = query.into_tuple().all(txn.conn()).await?;
        found.extend(rows);
    }
    Ok(found)
}

/// She follows again; false when she has acted herself since her row was read.
pub(in crate::members) async fn come_back(
    txn: &Txn,
    row: &identity::Model,
    follower: &Follower,
) -> Result<bool> {
    let first = row.first_subscribed_at.unwrap_or(follower.since);
    let back = identity::ActiveModel {
        subscribed: Set(true),
        subscribed_at: Set(Some(follower.since)),
        first_subscribed_at: Set(Some(first)),
        code_id: Set(None),
        subscribe_scene: Set(follower.scene.clone()),
        ..Default::default()
    };
    let left = match row.unsubscribed_at {
        Some(at) => identity::Column::UnsubscribedAt.eq(at),
        None => identity::Column::UnsubscribedAt.is_null(),
    };
    let done = identity::Entity::update_many()
        .set(back)
        .filter(identity::Column::AccountId.eq(row.account_id))
        .filter(identity::Column::Openid.eq(row.openid.as_str()))
        .filter(identity::Column::Subscribed.eq(false))
        .filter(left)
        .exec(txn.conn())
        .await?;
    Ok(done.rows_affected == 1)
}

pub(in crate::members) async fn set_unionid(txn: &Txn, id: MemberId, unionid: &str) -> Result<()> {
    member::Entity::update_many()
        .col_expr(member::Column::Unionid, Expr::value(unionid))
        .filter(member::Column::Id.eq(id))
        .filter(member::Column::Unionid.is_null())
        .exec(txn.conn())
        .await?;
    Ok(())
}

pub(in crate::members) async fn insert_members(
    txn: &Txn,
    followers: &[&Follower],
    now: Timestamp,
) -> Result<Vec<MemberId>> {
    let row = |it: &&Follower| member::ActiveModel {
        id: NotSet,
        unionid: Set(it.unionid.clone()),
        name: Set(None),
        quiet: Set(false),
        muted: Set(false),
        insider: Set(None),
        birthday: Set(None),
        created_at: Set(now),
    };
    let rows: Vec<_> = followers.iter().map(row).collect();
    insert_numbered(txn, &rows).await
}

pub(in crate::members) async fn insert_identities(
    txn: &Txn,
    account: AccountId,
    people: &[(&Follower, MemberId)],
) -> Result<()> {
    let row = |(it, member): &(&Follower, MemberId)| identity::ActiveModel {
        account_id: Set(account),
        openid: Set(it.openid.clone()),
        member_id: Set(*member),
        subscribed: Set(true),
        first_subscribed_at: Set(Some(it.since)),
        subscribed_at: Set(Some(it.since)),
        unsubscribed_at: Set(None),
        last_seen_at: Set(it.since),
        code_id: Set(None),
        subscribe_scene: Set(it.scene.clone()),
    };
    let rows: Vec<_> = people.iter().map(row).collect();
    insert_all(txn, &rows).await.map(drop)
}
