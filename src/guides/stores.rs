//! Stores: adding them and finding them.

use daogou_schema::store::Owner;
use daogou_schema::{RegionId, StoreId, Timestamp, code, store};
use sea_orm::{ActiveEnum, Set};
use serde_json::json;

use super::codes::{self, Code};
use super::{hours, queries, regions};
use crate::accounts::Account;
use crate::audit::{self, Act, By, Entry};
use crate::context::Context;
use crate::db::Txn;
use crate::error::{Error, Result};

/// The longest name, in characters: what fits a list on a phone and every database.
const NAME_CHARS_MAX: usize = 60;

/// Where a store belongs.
#[derive(Clone, Copy, Debug, Default)]
pub struct StorePlace {
    /// The region in which it lies.
    pub region: Option<RegionId>,
    /// Whose it is; none: the brand's own.
    pub owner: Option<Owner>,
}

/// Adds a store; `hours` like `10:00-21:30` (every day) or none for always open.
///
/// # Errors
/// When the name is empty, too long or taken, or the hours cannot be read.
pub async fn add(
    ctx: &Context,
    account: &Account,
    name: &str,
    hours: Option<&str>,
    place: StorePlace,
    by: By,
) -> Result<store::Model> {
    let name = check_name(name)?;
    let hours = hours
        .map(|text| hours::Hours::parse(text).map(|h| h.to_json()))
        .transpose()
        .map_err(Error::Invalid)?;
    if queries::stores(ctx.db.reads(), account.id)
        .await?
        .iter()
        .any(|s| s.name == name)
    {
        return Err(Error::Refused(format!(
            "there is a store named {name} already"
        )));
    }
    let args = (
        account.id,
        name,
        hours,
        place,
        Timestamp::from(ctx.clock.now()),
        by,
    );
    ctx.db
        .write(args, |txn, (account_id, name, hours, place, now, by)| {
            Box::pin(async move {
                if let Some(region) = place.region
                    && !regions::stays_in(txn, *account_id, region).await?
                {
                    return Err(Error::NotFound(format!("there is no region {region}")));
                }
                let row = store::ActiveModel {
                    account_id: Set(*account_id),
                    name: Set(name.clone()),
                    hours: Set(hours.clone()),
                    region_id: Set(place.region),
                    owner: Set(place.owner),
                    created_at: Set(*now),
                    ..Default::default()
                };
                let store = queries::insert_store(txn, row).await?;
                let entry = Entry {
                    by: *by,
                    account: Some(store.account_id),
                    act: Act::AddStore,
                    subject: audit::subject("store", store.id),
                    before: None,
                    after: Some(json!({
                        "name": store.name,
                        "hours": store.hours,
                        "region": store.region_id,
                        "owner": store.owner.map(|owner| owner.to_value()),
                    })),
                };
                audit::note_in(txn, *now, entry).await?;
                Ok(store)
            })
        })
        .await
}

pub(super) fn check_name(name: &str) -> Result<String> {
    let name = name.trim();
    match name.chars().count() {
        0 => Err(Error::Invalid("the name is empty".into())),
        n if n > NAME_CHARS_MAX => Err(Error::Invalid(format!(
            "the name has {n} characters; {NAME_CHARS_MAX} are allowed"
        ))),
        _ if name.chars().any(char::is_control) => Err(Error::Invalid(
            "the name contains control characters".into(),
        )),
        _ => Ok(name.to_owned()),
    }
}

/// All stores of an account, oldest first.
///
/// # Errors
/// When the store fails.
pub async fn list(ctx: &Context, account: &Account) -> Result<Vec<store::Model>> {
    queries::stores(ctx.db.reads(), account.id).await
}

/// The store that a command means: by number or by name.
///
/// # Errors
/// When there is none.
pub async fn find(ctx: &Context, account: &Account, word: &str) -> Result<store::Model> {
    let id = word.parse().map(StoreId).ok();
    let found = list(ctx, account)
        .await?
        .into_iter()
        .find(|s| s.name == word || Some(s.id) == id);
    found.ok_or_else(|| {
        Error::NotFound(format!(
            "there is no store {word}; `daogou store list` shows which there are"
        ))
    })
}

/// The store with this id.
///
/// # Errors
/// When the store fails.
pub async fn get_in(txn: &Txn, id: StoreId) -> Result<Option<store::Model>> {
    queries::store_in(txn, id).await
}

/// The store, locked until this unit ends.
///
/// # Errors
/// When the store fails.
pub async fn locked_in(txn: &Txn, id: StoreId) -> Result<Option<store::Model>> {
    queries::locked_store(txn, id).await
}

/// A store is closed from `at` on, or open again. Nobody joins a closed one by its link.
///
/// # Errors
/// When the store fails.
pub async fn close_in(txn: &Txn, id: StoreId, at: Option<Timestamp>) -> Result<()> {
    let row = store::ActiveModel {
        closed_at: Set(at),
        ..Default::default()
    };
    queries::update_store(txn, id, row).await?;
    queries::delete_invitation(txn, id).await.map(drop)
}

/// The store's own code, made at the first call.
///
/// # Errors
/// When WeChat refuses to make it.
pub async fn code(ctx: &Context, account: &Account, store: &store::Model) -> Result<Code> {
    let known = codes::consumer_codes(ctx, account.id, &[], &[store.id]).await?;
    if let Some(row) = known.into_iter().next() {
        return Ok(Code::from(row));
    }
    let code = codes::create(ctx, account, codes::Wanted::Permanent { prefix: "s" }).await?;
    let row = code::ActiveModel {
        purpose: Set(code::Purpose::Store),
        store_id: Set(Some(store.id)),
        ..codes::row(account.id, &code, Timestamp::from(ctx.clock.now()))
    };
    ctx.db
        .write(row, |txn, row| {
            Box::pin(async move { queries::insert_code(txn, row.clone()).await.map(drop) })
        })
        .await?;
    Ok(code)
}
