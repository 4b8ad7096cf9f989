//! Merges in the store.

use daogou_schema::member_merge::{self, Column, Entity, Model};
use daogou_schema::{
    AccountId, GuideId, MemberId, MergeId, MessageId, OutboundId, Timestamp, consent, conversation,
    guide_number, identity, member, message, outbound, unbound,
};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, Set,
};

use super::before::Named;
use crate::db::{Only, Txn, padded};
use crate::error::Result;
use crate::members::waiting::{is_waiting, stand_in};

/// Asked for more at once, a database may read the table from end to end.
const AT_ONCE: usize = 64;

pub(super) async fn insert(txn: &Txn, row: member_merge::ActiveModel) -> Result<MergeId> {
    Ok(row.insert(txn.conn()).await?.id)
}

pub(super) async fn by_id(txn: &Txn, id: MergeId) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(id).only(txn.conn()).await?)
}

pub(super) async fn locked(txn: &Txn, id: MergeId) -> Result<Option<Model>> {
    let query = Entity::find_by_id(id).lock_exclusive();
    Ok(query.only(txn.conn()).await?)
}

pub(super) async fn get(
    db: &impl ConnectionTrait,
    account: AccountId,
    id: MergeId,
) -> Result<Option<Model>> {
    let query = Entity::find_by_id(id).filter(Column::AccountId.eq(account));
    Ok(query.only(db).await?)
}

/// The newest by which somebody became part of `member`.
pub(super) async fn of(
    db: &impl ConnectionTrait,
    member: MemberId,
    count: u64,
) -> Result<Vec<Model>> {
    let query = Entity::find()
        .filter(Column::KeptId.eq(member))
        .order_by_desc(Column::Id)
        .limit(count);
    Ok(query.all(db).await?)
}

fn closed() -> member_merge::ActiveModel {
    member_merge::ActiveModel {
        before: Set(None),
        open_until: Set(None),
        ..Default::default()
    }
}

/// Forgets what was where before anybody became part of a member who is going: it cannot be undone any more.
pub(super) async fn forget_in(txn: &Txn, member: MemberId) -> Result<()> {
    Entity::update_many()
        .set(closed())
        .filter(Column::KeptId.eq(member))
        .exec(txn.conn())
        .await?;
    Ok(())
}

pub(super) async fn forget_old(txn: &Txn, now: Timestamp) -> Result<()> {
    Entity::update_many()
        .set(closed())
        .filter(Column::OpenUntil.lt(now))
        .exec(txn.conn())
        .await?;
    Ok(())
}

pub(super) async fn set_undone(txn: &Txn, id: MergeId, now: Timestamp) -> Result<()> {
    let undone = member_merge::ActiveModel {
        undone_at: Set(Some(now)),
        ..closed()
    };
    Entity::update_many()
        .set(undone)
        .filter(Column::Id.eq(id))
        .exec(txn.conn())
        .await?;
    Ok(())
}

async fn identities(txn: &Txn, members: &[MemberId]) -> Result<Vec<identity::Model>> {
    let hers = identity::Column::MemberId.is_in(padded(members.iter().copied()));
    let query = identity::Entity::find().filter(hers);
    Ok(query.all(txn.conn()).await?)
}

/// Who of `members` only waits in the account.
pub(super) async fn waiting_among(
    txn: &Txn,
    account: AccountId,
    members: &[MemberId],
) -> Result<Vec<MemberId>> {
    let known = identities(txn, members).await?;
    let waits = |member: &MemberId| {
        let mut own = known
            .iter()
            .filter(|row| row.member_id == *member)
            .peekable();
        let here = known
            .iter()
            .any(|row| row.member_id == *member && row.account_id == account);
        here && own.peek().is_some() && own.all(|row| is_waiting(&row.openid))
    };
    Ok(members.iter().copied().filter(waits).collect())
}

/// Whether a member is known by no openid.
pub(super) async fn waits(txn: &Txn, member: MemberId) -> Result<bool> {
    let known = identities(txn, &[member]).await?;
    Ok(known.iter().all(|row| is_waiting(&row.openid)))
}

async fn set_owner(txn: &Txn, account: AccountId, openid: &str, to: MemberId) -> Result<()> {
    identity::Entity::update_many()
        .col_expr(identity::Column::MemberId, Expr::value(to))
        .filter(identity::Column::AccountId.eq(account))
        .filter(identity::Column::Openid.eq(openid))
        .exec(txn.conn())
        .await?;
    Ok(())
}

/// The openids of `from` are `to`'s from now on.
pub(super) async fn move_identities(
    txn: &Txn,
    from: MemberId,
    to: MemberId,
) -> Result<Vec<(AccountId, String)>> {
    let mut moved = Vec::new();
    for row in identities(txn, &[from]).await? {
        if !is_waiting(&row.openid) {
            set_owner(txn, row.account_id, &row.openid, to).await?;
            moved.push((row.account_id, row.openid));
        }
    }
    Ok(moved)
}

/// Gives openids back that are still `from`'s.
pub(super) async fn give_identities(
    txn: &Txn,
    those: &[(AccountId, String)],
    from: MemberId,
    to: MemberId,
) -> Result<()> {
    let own = identities(txn, &[from]).await?;
    for (account, openid) in those {
        if own
            .iter()
            .any(|row| row.account_id == *account && row.openid == *openid)
        {
            set_owner(txn, *account, openid, to).await?;
        }
    }
    Ok(())
}

/// Nobody waits where she is known, and the one that goes waits nowhere; says who waited.
pub(super) async fn end_waiting(
    txn: &Txn,
    kept: MemberId,
    gone: MemberId,
) -> Result<Vec<(AccountId, MemberId)>> {
    let known = identities(txn, &[kept, gone]).await?;
    let mut waited = Vec::new();
    for row in known.iter().filter(|row| is_waiting(&row.openid)) {
        let elsewhere = known
            .iter()
            .any(|other| other.account_id == row.account_id && !is_waiting(&other.openid));
        if row.member_id == kept && !elsewhere {
            continue;
        }
        let key = (row.account_id, row.openid.clone());
        identity::Entity::delete_by_id(key).exec(txn.conn()).await?;
        waited.push((row.account_id, row.member_id));
        let kept_there = known
            .iter()
            .any(|other| other.account_id == row.account_id && other.member_id == kept);
        if row.member_id == gone && !elsewhere && !kept_there {
            stand_in(txn, row.account_id, &[kept]).await?;
        }
    }
    Ok(waited)
}

pub(super) async fn lines(txn: &Txn, member: MemberId, most: u64) -> Result<Vec<MessageId>> {
    let query = message::Entity::find()
        .select_only()
        .column(message::Column::Id)
        .filter(message::Column::MemberId.eq(member))
        .order_by_asc(message::Column::Id)
        .limit(most);
    Ok(query.into_tuple().all(txn.conn()).await?)
}

/// Messages about a member.
pub(super) async fn messages(txn: &Txn, member: MemberId, most: u64) -> Result<Vec<OutboundId>> {
    let query = outbound::Entity::find()
        .select_only()
        .column(outbound::Column::Id)
        .filter(outbound::Column::MemberId.eq(member))
        .limit(most);
    Ok(query.into_tuple().all(txn.conn()).await?)
}

pub(super) async fn set_lines(txn: &Txn, ids: &[MessageId], to: MemberId) -> Result<()> {
    for some in ids.chunks(AT_ONCE) {
        message::Entity::update_many()
            .col_expr(message::Column::MemberId, Expr::value(to))
            .filter(message::Column::Id.is_in(padded(some.iter().copied())))
            .exec(txn.conn())
            .await?;
    }
    Ok(())
}

pub(super) async fn set_messages(txn: &Txn, ids: &[OutboundId], to: MemberId) -> Result<()> {
    for some in ids.chunks(AT_ONCE) {
        outbound::Entity::update_many()
            .col_expr(outbound::Column::MemberId, Expr::value(to))
            .filter(outbound::Column::Id.is_in(padded(some.iter().copied())))
            .exec(txn.conn())
            .await?;
    }
    Ok(())
}

/// What `from` agreed to is `to`'s word from now on.
pub(super) async fn move_consents(txn: &Txn, from: MemberId, to: MemberId) -> Result<Vec<i64>> {
    let query = consent::Entity::find()
        .select_only()
        .column(consent::Column::Id)
        .filter(consent::Column::MemberId.eq(from));
    let ids: Vec<i64> = query.into_tuple().all(txn.conn()).await?;
    set_consents(txn, &ids, to).await?;
    Ok(ids)
}

pub(super) async fn set_consents(txn: &Txn, ids: &[i64], to: MemberId) -> Result<()> {
    for some in ids.chunks(AT_ONCE) {
        consent::Entity::update_many()
            .col_expr(consent::Column::MemberId, Expr::value(to))
            .filter(consent::Column::Id.is_in(padded(some.iter().copied())))
            .exec(txn.conn())
            .await?;
    }
    Ok(())
}

/// By which numbers guides call `from` names `to` from now on, where a guide has no number for her.
pub(super) async fn move_numbers(
    txn: &Txn,
    from: MemberId,
    to: MemberId,
) -> Result<Vec<(GuideId, i32)>> {
    let those = [from, to];
    let query =
        guide_number::Entity::find().filter(guide_number::Column::MemberId.is_in(padded(those)));
    let rows = query.all(txn.conn()).await?;
    let has = |guide| {
        rows.iter()
            .any(|row| row.member_id == to && row.guide_id == guide)
    };
    let moved = rows
        .iter()
        .filter(|row| row.member_id == from && !has(row.guide_id));
    let moved: Vec<_> = moved.map(|row| (row.guide_id, row.number)).collect();
    set_numbers(txn, &moved, to).await?;
    Ok(moved)
}

pub(super) async fn set_numbers(txn: &Txn, those: &[(GuideId, i32)], to: MemberId) -> Result<()> {
    for (guide, number) in those {
        guide_number::Entity::update_many()
            .col_expr(guide_number::Column::MemberId, Expr::value(to))
            .filter(guide_number::Column::GuideId.eq(*guide))
            .filter(guide_number::Column::Number.eq(*number))
            .exec(txn.conn())
            .await?;
    }
    Ok(())
}

pub(super) async fn set_named(txn: &Txn, id: MemberId, named: &Named) -> Result<()> {
    let row = member::ActiveModel {
        name: Set(named.name.clone()),
        unionid: Set(named.unionid.clone()),
        birthday: Set(named.birthday.clone()),
        quiet: Set(named.quiet),
        muted: Set(named.muted),
        insider: Set(named.insider()),
        ..Default::default()
    };
    member::Entity::update_many()
        .set(row)
        .filter(member::Column::Id.eq(id))
        .exec(txn.conn())
        .await?;
    Ok(())
}

pub(super) async fn is_unbound(txn: &Txn, member: MemberId) -> Result<bool> {
    let found: Option<MemberId> = unbound::Entity::find()
        .select_only()
        .column(unbound::Column::MemberId)
        .filter(unbound::Column::MemberId.eq(member))
        .limit(1)
        .into_tuple()
        .one(txn.conn())
        .await?;
    Ok(found.is_some())
}

pub(super) async fn talk(txn: &Txn, member: MemberId) -> Result<Option<conversation::Model>> {
    let query = conversation::Entity::find_by_id(member).lock_exclusive();
    Ok(query.only(txn.conn()).await?)
}

/// A member has this conversation from now on, or none.
pub(super) async fn replace_talk(
    txn: &Txn,
    member: MemberId,
    row: Option<conversation::Model>,
) -> Result<()> {
    conversation::Entity::delete_by_id(member)
        .exec(txn.conn())
        .await?;
    if let Some(row) = row {
        conversation::Entity::insert(row.into_active_model().reset_all())
            .exec_without_returning(txn.conn())
            .await?;
    }
    Ok(())
}
