//! Guides 导购 and stores 门店: who they are, their codes, their own WeChat, whether they are on duty.

pub mod campaigns;
mod codes;
pub mod editing;
pub mod hours;
pub mod joining;
mod linking;
pub mod notices;
pub mod profile;
mod queries;
pub mod regions;
mod scope;
pub mod sign_in;
mod stars;
mod stores;
pub mod variants;
mod welcome;

use std::collections::BTreeSet;

use daogou_schema::{AccountId, Address, GuideId, MemberId, PictureId, StoreId, Timestamp, guide};
use sea_orm::ConnectionTrait;

use crate::accounts::Account;
use crate::context::Context;
use crate::db::Txn;
use crate::error::{Error, Result};

pub use codes::{
    Code, add, consumer_code, consumer_codes, guide_code, guides_codes, new_link, open_link,
    resolve_in,
};
pub use linking::{Linked, link_in, unlink_in};
pub use queries::{
    Before, by_name, certain_codes_in, choose_current_in, current_answered_in, forget_current_in,
    forget_member_in, get_in, linked_to_in, list, member_of_number_in, note_lost_line_in,
    number_of_in, of_store_in, on_duty_in_store_in, set_duty_in,
};
pub use scope::{regions_seen_by, stores_seen_by};
pub use stars::{member_of_number, numbers_of, set_star, starred_by};
pub use stores::{
    StorePlace, add as add_store, close_in, code as store_code, find as find_store,
    get_in as store_in, list as list_stores, locked_in as locked_store_in,
};
pub use welcome::{greeting, set_welcome};

/// A guide who can be reached now: linked, on duty, not left.
pub fn is_available(guide: &guide::Model) -> bool {
    guide.openid.is_some() && guide.on_duty && guide.left_at.is_none()
}

/// Where a guide's own WeChat is reached.
pub fn address(guide: &guide::Model) -> Option<Address> {
    guide.openid.clone().map(|openid| Address {
        account_id: guide.account_id,
        openid,
    })
}

/// Where a guide's own WeChat is reached; none when unknown or not linked.
///
/// # Errors
/// When the store fails.
pub async fn address_in(txn: &Txn, id: GuideId) -> Result<Option<Address>> {
    Ok(get_in(txn, id).await?.as_ref().and_then(address))
}

/// The number by which `guide` calls `member`, given at the first use and never changed.
///
/// # Errors
/// When the store fails.
pub async fn give_number_in(
    txn: &Txn,
    guide: GuideId,
    member: MemberId,
    now: Timestamp,
) -> Result<i32> {
    match number_of_in(txn, guide, member).await? {
        Some(number) => Ok(number),
        None => queries::insert_number(txn, guide, member, now).await,
    }
}

/// Who takes the next member of a store: on duty, linked, longest without a new one; `except` is passed over.
///
/// # Errors
/// When the store fails.
pub async fn next_of_store_in(
    txn: &Txn,
    store: StoreId,
    except: Option<GuideId>,
) -> Result<Option<guide::Model>> {
    let on_duty = on_duty_in_store_in(txn, store).await?;
    Ok(on_duty
        .into_iter()
        .filter(|g| Some(g.id) != except)
        .min_by_key(|g| (g.last_member_at, g.id)))
}

/// Who stands in for `guide`: the named stand-in if available, else whoever is next in the store.
///
/// # Errors
/// When the store fails.
pub async fn stand_in_of(txn: &Txn, guide: &guide::Model) -> Result<Option<guide::Model>> {
    if let Some(id) = guide.stand_in_id
        && let Some(named) = get_in(txn, id).await?.filter(is_available)
    {
        return Ok(Some(named));
    }
    next_of_store_in(txn, guide.store_id, Some(guide.id)).await
}

/// The guide has left: nobody's WeChat is the guide's, nobody new comes, and whoever scans the codes gets the stand-in.
///
/// # Errors
/// When the store fails.
pub async fn leave_in(txn: &Txn, guide: GuideId, now: Timestamp) -> Result<()> {
    queries::set_left(txn, guide, now).await
}

/// The guide has not left after all: duty and stand-in are as before, and so is the own WeChat unless somebody else has it
/// by now.
///
/// # Errors
/// When the store fails.
pub async fn come_back_in(txn: &Txn, guide: GuideId, before: Before) -> Result<()> {
    let mut before = before;
    if let Some(openid) = &before.openid {
        let holder = linked_to_in(txn, before.account_id, openid).await?;
        if holder.is_some_and(|holder| holder.id != guide) {
            (before.openid, before.linked_at) = (None, None);
        }
    }
    queries::restore(txn, guide, before).await
}

/// The guide, locked until this unit ends.
///
/// # Errors
/// When the store fails.
pub async fn locked_in(txn: &Txn, id: GuideId) -> Result<Option<guide::Model>> {
    queries::locked(txn, id).await
}

/// Whether a store has another guide of this name who has not left: consumers could not tell them apart.
///
/// # Errors
/// When the store fails.
pub async fn has_namesake_in(txn: &Txn, guide: &guide::Model, store: StoreId) -> Result<bool> {
    let named = by_name(txn.conn(), guide.account_id, &guide.name).await?;
    Ok(named
        .iter()
        .any(|other| other.id != guide.id && other.store_id == store && other.left_at.is_none()))
}

/// The guide goes to another store.
///
/// # Errors
/// When the store fails.
pub async fn move_in(txn: &Txn, guide: GuideId, store: StoreId) -> Result<()> {
    queries::set_store(txn, guide, store).await
}

/// A guide's photo from now on.
///
/// # Errors
/// When the store fails.
pub async fn set_photo_in(txn: &Txn, guide: GuideId, photo: Option<PictureId>) -> Result<()> {
    queries::set_photo(txn, guide, photo).await
}

/// Takes a photo off those who left before `before`, and says whether it is still anybody's.
///
/// # Errors
/// When the store fails.
pub async fn keep_photo_in(txn: &Txn, photo: PictureId, before: Timestamp) -> Result<bool> {
    let mut kept = false;
    for guide in queries::with_photo(txn, photo).await? {
        match guide.left_at.is_some_and(|left| left < before) {
            true => queries::set_photo(txn, guide.id, None).await?,
            false => kept = true,
        }
    }
    Ok(kept)
}

/// Who stands in for a guide from now on.
///
/// # Errors
/// When the store fails.
pub async fn name_stand_in_in(txn: &Txn, guide: GuideId, stand_in: Option<GuideId>) -> Result<()> {
    queries::set_stand_in(txn, guide, stand_in).await
}

/// Notes that `guide` has just got a new member.
///
/// # Errors
/// When the store fails.
pub async fn note_new_member_in(txn: &Txn, guide: GuideId, now: Timestamp) -> Result<()> {
    queries::set_last_member(txn, guide, now).await
}

/// Who among `people` is a guide, by openid.
///
/// # Errors
/// When the store fails.
pub async fn linked_among_in(txn: &Txn, people: BTreeSet<Address>) -> Result<BTreeSet<String>> {
    let people: Vec<_> = people.into_iter().collect();
    let found = queries::linked_among(txn, &people).await?;
    Ok(found
        .into_iter()
        .flatten()
        .filter_map(|g| g.openid)
        .collect())
}

/// The same of many, in pieces: of longer lists PostgreSQL and MariaDB read the whole table.
///
/// # Errors
/// When the store fails.
pub async fn linked_here_in(
    txn: &Txn,
    account: AccountId,
    openids: &[String],
) -> Result<BTreeSet<String>> {
    let mut linked = BTreeSet::new();
    for piece in openids.chunks(64) {
        let people = piece.iter().map(|openid| Address {
            account_id: account,
            openid: openid.clone(),
        });
        linked.append(&mut linked_among_in(txn, people.collect()).await?);
    }
    Ok(linked)
}

/// The guide that a command means: by number or by name within the account.
///
/// # Errors
/// When there is none, or several of that name.
pub async fn find(ctx: &Context, account: &Account, word: &str) -> Result<guide::Model> {
    let found = match word.parse() {
        Ok(id) => queries::by_id(ctx.db.reads(), account.id, GuideId(id))
            .await?
            .into_iter()
            .collect(),
        Err(_) => by_name(ctx.db.reads(), account.id, word).await?,
    };
    let several = found.len() > 1;
    match found.into_iter().next() {
        Some(_) if several => Err(Error::Invalid(format!(
            "there are several guides named {word}; use the number that `daogou guide list` shows"
        ))),
        Some(guide) => Ok(guide),
        None => Err(Error::NotFound(format!(
            "there is no guide {word}; `daogou guide list` shows who there is"
        ))),
    }
}

/// The guide with this id, if it is the account's.
///
/// # Errors
/// When the store fails.
pub async fn get(ctx: &Context, account: &Account, id: GuideId) -> Result<Option<guide::Model>> {
    queries::by_id(ctx.db.reads(), account.id, id).await
}

/// A guide's name for texts; a fallback when the row is gone.
///
/// # Errors
/// When the store fails.
pub async fn name_of(db: &impl ConnectionTrait, id: GuideId) -> Result<String> {
    Ok(queries::name(db, id).await?.unwrap_or_default())
}
