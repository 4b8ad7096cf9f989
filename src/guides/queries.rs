//! Guides, stores, codes and numbers in the store.

mod campaigns;
mod codes;
mod joining;
mod numbers;
mod profile;
mod regions;
mod sign_ins;
mod stores;

use daogou_schema::{AccountId, Address, GuideId, MemberId, MessageId, StoreId, Timestamp, guide};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
};

use super::address;
use crate::db::{Only, Txn, among, each, padded, update_all};
use crate::error::Result;

pub(super) use campaigns::{
    campaign, campaign_in, campaigns, due_campaigns, guides_among, insert_campaign, update_campaign,
};
pub use codes::certain_codes_in;
pub(super) use codes::{
    change_code, code_anywhere, code_by_id, code_by_scene, codes_of_guides, codes_of_stores,
    guide_codes, insert_code, use_up_code,
};
pub(super) use joining::{
    applicant, applicant_by, applicants_of, decide, delete_invitation, forget_applicants_before,
    insert_applicant, invitation_by, invitation_of, locked_applicant, locked_invitation,
    replace_invitation, stores_with_waiting,
};
pub use numbers::{forget_member_in, member_of_number_in, number_of_in};
pub(super) use numbers::{insert_number, member_of_number, numbers_among, set_star, starred};
pub(super) use profile::{set_phone, set_photo, set_speciality, with_photo};
pub(super) use regions::{
    delete_region, insert_region, locked_regions, regions, stores_in_regions, update_region,
};
pub(super) use sign_ins::{
    delete_passes_of, delete_sign_in, delete_sign_ins_of, forget_passes_of, forget_sign_ins_of,
    insert_pass, insert_sign_in, note_sign_in_seen, pass, sign_ins_of, signed_in, take_pass,
};
pub(super) use stores::{insert_store, locked_store, store, store_in, stores, update_store};

/// The guide with this id.
///
/// # Errors
/// When the store fails.
pub async fn get_in(txn: &Txn, id: GuideId) -> Result<Option<guide::Model>> {
    txn.together(id, |txn, ids| Box::pin(all_of(txn, ids)))
        .await
}

pub(super) async fn locked(txn: &Txn, id: GuideId) -> Result<Option<guide::Model>> {
    let query = guide::Entity::find_by_id(id).lock_exclusive();
    Ok(query.only(txn.conn()).await?)
}

async fn all_of(txn: &Txn, ids: &[GuideId]) -> Result<Vec<Option<guide::Model>>> {
    let found = guide::Entity::find()
        .filter(guide::Column::Id.is_in(padded(ids.iter().copied())))
        .all(txn.conn())
        .await?;
    Ok(each(ids.iter().copied(), found, |row| row.id))
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
    let person = Address {
        account_id: account,
        openid: openid.to_owned(),
    };
    txn.together(person, |txn, people| Box::pin(linked_among(txn, people)))
        .await
}

/// The guides whose own WeChats these are.
pub(super) async fn linked_among(
    txn: &Txn,
    people: &[Address],
) -> Result<Vec<Option<guide::Model>>> {
    let found = guide::Entity::find()
        .filter(among(
            guide::Column::AccountId,
            guide::Column::Openid,
            people,
        ))
        .all(txn.conn())
        .await?;
    Ok(each(people.iter().cloned().map(Some), found, address))
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

/// The guides of a store who have not left, oldest first.
///
/// # Errors
/// When the store fails.
pub async fn of_store_in(txn: &Txn, store: StoreId) -> Result<Vec<guide::Model>> {
    let query = guide::Entity::find()
        .filter(guide::Column::StoreId.eq(store))
        .filter(guide::Column::LeftAt.is_null());
    let mut found = query.all(txn.conn()).await?;
    found.sort_unstable_by_key(|guide| guide.id);
    Ok(found)
}

/// A guide to be added.
pub(super) struct NewGuide {
    pub account_id: AccountId,
    pub store_id: StoreId,
    pub name: String,
    pub welcome: Option<String>,
    pub speciality: Option<String>,
}

pub(super) async fn insert(txn: &Txn, new: &NewGuide, now: Timestamp) -> Result<guide::Model> {
    let row = guide::ActiveModel {
        account_id: Set(new.account_id),
        store_id: Set(new.store_id),
        name: Set(new.name.clone()),
        welcome: Set(new.welcome.clone()),
        speciality: Set(new.speciality.clone()),
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

/// What a guide was before something happened.
#[derive(Clone, Debug)]
pub struct Before {
    /// The account.
    pub account_id: AccountId,
    /// The own WeChat.
    pub openid: Option<String>,
    /// When it was linked.
    pub linked_at: Option<Timestamp>,
    /// Whether on duty.
    pub on_duty: bool,
    /// The named stand-in.
    pub stand_in_id: Option<GuideId>,
}

pub(super) async fn restore(txn: &Txn, id: GuideId, before: Before) -> Result<()> {
    let row = guide::ActiveModel {
        openid: Set(before.openid),
        linked_at: Set(before.linked_at),
        on_duty: Set(before.on_duty),
        stand_in_id: Set(before.stand_in_id),
        left_at: Set(None),
        ..Default::default()
    };
    update(txn, id, row).await
}

pub(super) async fn set_left(txn: &Txn, id: GuideId, at: Timestamp) -> Result<()> {
    let row = guide::ActiveModel {
        openid: Set(None),
        linked_at: Set(None),
        on_duty: Set(false),
        left_at: Set(Some(at)),
        ..Default::default()
    };
    update(txn, id, row).await
}

pub(super) async fn set_store(txn: &Txn, id: GuideId, store: StoreId) -> Result<()> {
    let row = guide::ActiveModel {
        store_id: Set(store),
        ..Default::default()
    };
    update(txn, id, row).await
}

pub(super) async fn set_welcome(txn: &Txn, id: GuideId, welcome: Option<String>) -> Result<()> {
    let row = guide::ActiveModel {
        welcome: Set(welcome),
        ..Default::default()
    };
    update(txn, id, row).await
}

pub(super) async fn set_stand_in(txn: &Txn, id: GuideId, stand_in: Option<GuideId>) -> Result<()> {
    let row = guide::ActiveModel {
        stand_in_id: Set(stand_in),
        ..Default::default()
    };
    update(txn, id, row).await
}

pub(super) async fn set_last_member(txn: &Txn, id: GuideId, at: Timestamp) -> Result<()> {
    let row = guide::ActiveModel {
        last_member_at: Set(Some(at)),
        ..Default::default()
    };
    update(txn, id, row).await
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

/// A line that came to this guide has no answer, and its customer goes on with a colleague; or the guide named somebody who
/// is not the guide's, whose line is not known.
///
/// # Errors
/// When the store fails.
pub async fn note_lost_line_in(txn: &Txn, id: GuideId, line: MessageId) -> Result<()> {
    let row = guide::ActiveModel {
        lost_line_id: Set(Some(line)),
        ..Default::default()
    };
    update(txn, id, row).await
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
        lost_line_id: Set(None),
        ..Default::default()
    };
    update(txn, id, row).await
}

pub(super) async fn update(txn: &Txn, id: GuideId, row: guide::ActiveModel) -> Result<()> {
    txn.together((id, row), |txn, rows| {
        Box::pin(update_all(txn, guide::Column::Id, rows))
    })
    .await
}

pub(super) async fn set_name(txn: &Txn, id: GuideId, name: &str) -> Result<()> {
    let row = guide::ActiveModel {
        name: Set(name.to_owned()),
        ..Default::default()
    };
    update(txn, id, row).await
}
