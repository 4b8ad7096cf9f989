//! Guides, stores, codes and numbers in the store.

use daogou_schema::{
    AccountId, GuideId, MemberId, MessageId, StoreId, Timestamp, code, guide, guide_number, store,
};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter,
    QueryOrder, QuerySelect, Set,
};

use crate::db::{Only, Txn};
use crate::error::{Error, Result};

/// The guide with this id.
///
/// # Errors
/// When the store fails.
pub async fn get_in(txn: &Txn, id: GuideId) -> Result<Option<guide::Model>> {
    Ok(guide::Entity::find_by_id(id).only(txn.conn()).await?)
}

pub(super) async fn by_id(
    db: &impl ConnectionTrait,
    account: AccountId,
    id: GuideId,
) -> Result<Option<guide::Model>> {
    Ok(guide::Entity::find_by_id(id)
        .filter(guide::Column::AccountId.eq(account))
        .only(db)
        .await?)
}

pub(super) async fn name(db: &impl ConnectionTrait, id: GuideId) -> Result<Option<String>> {
    let query = guide::Entity::find_by_id(id)
        .select_only()
        .column(guide::Column::Name);
    Ok(query.into_tuple().one(db).await?)
}

/// The guides of an account with this name.
///
/// # Errors
/// When the store fails.
pub async fn by_name(
    db: &impl ConnectionTrait,
    account: AccountId,
    name: &str,
) -> Result<Vec<guide::Model>> {
    let query = guide::Entity::find()
        .filter(guide::Column::AccountId.eq(account))
        .filter(guide::Column::Name.eq(name));
    Ok(query.all(db).await?)
}

/// All guides of an account, oldest first.
///
/// # Errors
/// When the store fails.
pub async fn list(db: &impl ConnectionTrait, account: AccountId) -> Result<Vec<guide::Model>> {
    let query = guide::Entity::find()
        .filter(guide::Column::AccountId.eq(account))
        .order_by_asc(guide::Column::Id);
    Ok(query.all(db).await?)
}

/// The guide whose own WeChat this is.
///
/// # Errors
/// When the store fails.
pub async fn linked_to_in(
    txn: &Txn,
    account: AccountId,
    openid: &str,
) -> Result<Option<guide::Model>> {
    let query = guide::Entity::find()
        .filter(guide::Column::AccountId.eq(account))
        .filter(guide::Column::Openid.eq(openid));
    Ok(query.only(txn.conn()).await?)
}

/// The guides of a store who can be reached now.
///
/// # Errors
/// When the store fails.
pub async fn on_duty_in_store_in(txn: &Txn, store: StoreId) -> Result<Vec<guide::Model>> {
    let query = guide::Entity::find()
        .filter(guide::Column::StoreId.eq(store))
        .filter(guide::Column::OnDuty.eq(true))
        .filter(guide::Column::Openid.is_not_null())
        .filter(guide::Column::LeftAt.is_null());
    Ok(query.all(txn.conn()).await?)
}

/// A guide to be added.
pub(super) struct NewGuide {
    pub account_id: AccountId,
    pub store_id: StoreId,
    pub name: String,
    pub welcome: Option<String>,
}

pub(super) async fn insert(txn: &Txn, new: &NewGuide, now: Timestamp) -> Result<guide::Model> {
    let row = guide::ActiveModel {
        account_id: Set(new.account_id),
        store_id: Set(new.store_id),
        name: Set(new.name.clone()),
        welcome: Set(new.welcome.clone()),
        on_duty: Set(true),
        last_number: Set(0),
        created_at: Set(now),
        ..Default::default()
    };
    Ok(row.insert(txn.conn()).await?)
}

/// Sets whether a guide is on duty.
///
/// # Errors
/// When the store fails.
pub async fn set_duty_in(txn: &Txn, id: GuideId, on_duty: bool) -> Result<()> {
    update(
        txn,
        id,
        guide::ActiveModel {
            on_duty: Set(on_duty),
            ..Default::default()
        },
    )
    .await
}

pub(super) async fn set_link(
    txn: &Txn,
    id: GuideId,
    openid: Option<&str>,
    at: Option<Timestamp>,
) -> Result<()> {
    let row = guide::ActiveModel {
        openid: Set(openid.map(str::to_owned)),
        linked_at: Set(at),
        ..Default::default()
    };
    update(txn, id, row).await
}

pub(super) async fn set_last_member(txn: &Txn, id: GuideId, at: Timestamp) -> Result<()> {
    update(
        txn,
        id,
        guide::ActiveModel {
            last_member_at: Set(Some(at)),
            ..Default::default()
        },
    )
    .await
}

/// The guide named the customer whom bare answers go to from now on; `seen` is the newest unanswered line by then.
///
/// # Errors
/// When the store fails.
pub async fn choose_current_in(
    txn: &Txn,
    id: GuideId,
    member: MemberId,
    seen: MessageId,
) -> Result<()> {
    set_current(txn, id, Some(member), Some(seen)).await
}

/// The guide answered this customer without naming her.
///
/// # Errors
/// When the store fails.
pub async fn current_answered_in(txn: &Txn, guide: &guide::Model, member: MemberId) -> Result<()> {
    // Who was named stays named: the moment of naming decides who wrote afterwards.
    if guide.current_member_id == Some(member) {
        return Ok(());
    }
    set_current(txn, guide.id, Some(member), None).await
}

/// The guide has no current customer any more.
///
/// # Errors
/// When the store fails.
pub async fn forget_current_in(txn: &Txn, id: GuideId) -> Result<()> {
    set_current(txn, id, None, None).await
}

async fn set_current(
    txn: &Txn,
    id: GuideId,
    member: Option<MemberId>,
    seen: Option<MessageId>,
) -> Result<()> {
    let row = guide::ActiveModel {
        current_member_id: Set(member),
        current_seen: Set(seen),
        ..Default::default()
    };
    update(txn, id, row).await
}

async fn update(txn: &Txn, id: GuideId, row: guide::ActiveModel) -> Result<()> {
    guide::Entity::update_many()
        .set(row)
        .filter(guide::Column::Id.eq(id))
        .exec(txn.conn())
        .await?;
    Ok(())
}

/// The number by which a guide calls a member, if given.
///
/// # Errors
/// When the store fails.
pub async fn number_of_in(txn: &Txn, guide: GuideId, member: MemberId) -> Result<Option<i32>> {
    let query = guide_number::Entity::find()
        .filter(guide_number::Column::GuideId.eq(guide))
        .filter(guide_number::Column::MemberId.eq(member));
    Ok(query.only(txn.conn()).await?.map(|row| row.number))
}

/// Whom a guide calls by this number.
///
/// # Errors
/// When the store fails.
pub async fn member_of_number_in(
    txn: &Txn,
    guide: GuideId,
    number: i32,
) -> Result<Option<MemberId>> {
    let row = guide_number::Entity::find_by_id((guide, number))
        .only(txn.conn())
        .await?;
    Ok(row.map(|row| row.member_id))
}

pub(super) async fn insert_number(
    txn: &Txn,
    guide: GuideId,
    member: MemberId,
    now: Timestamp,
) -> Result<i32> {
    // Raising the counter locks the guide's row, so two nodes never give the same number.
    guide::Entity::update_many()
        .col_expr(
            guide::Column::LastNumber,
            Expr::col(guide::Column::LastNumber).add(1),
        )
        .filter(guide::Column::Id.eq(guide))
        .exec(txn.conn())
        .await?;
    let row = get_in(txn, guide)
        .await?
        .ok_or_else(|| Error::NotFound(format!("guide {guide} does not exist")))?;
    let number = guide_number::ActiveModel {
        guide_id: Set(guide),
        number: Set(row.last_number),
        member_id: Set(member),
        given_at: Set(now),
    };
    guide_number::Entity::insert(number)
        .exec_without_returning(txn.conn())
        .await?;
    Ok(row.last_number)
}

pub(super) async fn code_by_scene(
    txn: &Txn,
    account: AccountId,
    scene: &str,
) -> Result<Option<code::Model>> {
    let query = code::Entity::find()
        .filter(code::Column::AccountId.eq(account))
        .filter(code::Column::Scene.eq(scene));
    Ok(query.only(txn.conn()).await?)
}

/// A code of any service account with this scene: how a mini-program's `session-from` names a guide. It links nobody: a
/// guide answers as a follower of the service account.
pub(super) async fn code_anywhere(txn: &Txn, scene: &str) -> Result<Option<code::Model>> {
    Ok(code::Entity::find()
        .filter(code::Column::Scene.eq(scene))
        .filter(code::Column::Purpose.ne(code::Purpose::Link))
        .only(txn.conn())
        .await?)
}

pub(super) async fn insert_code(txn: &Txn, row: code::ActiveModel) -> Result<()> {
    row.insert(txn.conn()).await?;
    Ok(())
}

/// Uses a one-time code up, guarded: false when somebody was faster.
pub(super) async fn use_up_code(
    txn: &Txn,
    id: daogou_schema::CodeId,
    now: Timestamp,
) -> Result<bool> {
    let used = code::Entity::update_many()
        .col_expr(code::Column::UsedAt, now.0.into())
        .filter(code::Column::Id.eq(id))
        .filter(code::Column::UsedAt.is_null())
        .exec(txn.conn())
        .await?;
    Ok(used.rows_affected == 1)
}

pub(super) async fn guide_codes(
    db: &impl ConnectionTrait,
    account: AccountId,
    guide: GuideId,
) -> Result<Vec<code::Model>> {
    let query = code::Entity::find()
        .filter(code::Column::AccountId.eq(account))
        .filter(code::Column::GuideId.eq(guide))
        .order_by_desc(code::Column::Id);
    Ok(query.all(db).await?)
}

pub(super) async fn store_codes(
    db: &impl ConnectionTrait,
    account: AccountId,
    store: StoreId,
) -> Result<Vec<code::Model>> {
    let query = code::Entity::find()
        .filter(code::Column::AccountId.eq(account))
        .filter(code::Column::StoreId.eq(store));
    Ok(query.all(db).await?)
}

pub(super) async fn insert_store(txn: &Txn, row: store::ActiveModel) -> Result<store::Model> {
    Ok(row.insert(txn.conn()).await?)
}

pub(super) async fn store_by_id(
    db: &impl ConnectionTrait,
    id: StoreId,
) -> Result<Option<store::Model>> {
    Ok(store::Entity::find_by_id(id).only(db).await?)
}

pub(super) async fn stores(
    db: &impl ConnectionTrait,
    account: AccountId,
) -> Result<Vec<store::Model>> {
    let query = store::Entity::find()
        .filter(store::Column::AccountId.eq(account))
        .order_by_asc(store::Column::Id);
    Ok(query.all(db).await?)
}
