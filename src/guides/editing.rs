//! What headquarters changes about a store or a guide.

use daogou_schema::{GuideId, StoreId, Timestamp, guide, store};
use sea_orm::{ActiveEnum, Set};
use serde_json::{Value, json};

use super::hours::Hours;
use super::{StorePlace, queries, regions, stores};
use crate::accounts::Account;
use crate::audit::{self, Act, By, Entry};
use crate::context::Context;
use crate::db::Txn;
use crate::error::Result;
use crate::texts::WelcomeFault;

/// The longest text outside business hours, in characters: four such fit one message of WeChat's 2048 bytes.
pub const AWAY_CHARS_MAX: usize = 150;

/// Why nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum No {
    /// It is not there, or not any more.
    Missing,
    /// The name is empty, too long, or cannot be shown.
    Name,
    /// Another one in the same place is called so.
    Taken,
    /// The text outside business hours cannot be used.
    Away(WelcomeFault),
    /// It is longer than [`AWAY_CHARS_MAX`].
    AwayLong,
    /// The region is not there, or not any more.
    Region,
    /// The stand-in is not a colleague who can stand in.
    StandIn,
}

/// What a store is from now on.
#[derive(Clone, Debug)]
pub struct StoreChange {
    /// Its name.
    pub name: String,
    /// When it is open; none means always.
    pub hours: Option<Hours>,
    /// What consumers read outside business hours; none means the usual text.
    pub away_text: Option<String>,
    /// Where it belongs.
    pub place: StorePlace,
}

/// Changes a store.
///
/// # Errors
/// When the store fails.
pub async fn change_store(
    ctx: &Context,
    account: &Account,
    id: StoreId,
    change: StoreChange,
    by: By,
) -> Result<Result<(), No>> {
    let Ok(name) = stores::check_name(&change.name) else {
        return Ok(Err(No::Name));
    };
    if let Some(text) = &change.away_text {
        if text.chars().count() > AWAY_CHARS_MAX {
            return Ok(Err(No::AwayLong));
        }
        if let Err(why) = ctx.texts.check_away(text) {
            return Ok(Err(No::Away(why)));
        }
    }
    let change = StoreChange { name, ..change };
    let now = Timestamp::from(ctx.clock.now());
    let args = (account.id, id, change, now, by);
    ctx.db
        .write(args, |txn, (account, id, change, now, by)| {
            Box::pin(async move {
                let all = queries::stores(txn.conn(), *account).await?;
                let Some(before) = all.iter().find(|store| store.id == *id) else {
                    return Ok(Err(No::Missing));
                };
                let taken = |other: &&store::Model| other.id != *id && other.name == change.name;
                if all.iter().any(|other| taken(&other)) {
                    return Ok(Err(No::Taken));
                }
                if let Some(region) = change.place.region
                    && !regions::stays_in(txn, *account, region).await?
                {
                    return Ok(Err(No::Region));
                }
                let hours = change.hours.as_ref().map(Hours::to_json);
                let row = store::ActiveModel {
                    name: Set(change.name.clone()),
                    hours: Set(hours.clone()),
                    away_text: Set(change.away_text.clone()),
                    region_id: Set(change.place.region),
                    owner: Set(change.place.owner),
                    ..Default::default()
                };
                queries::update_store(txn, *id, row).await?;
                let entry = Entry {
                    by: *by,
                    account: Some(*account),
                    act: Act::ChangeStore,
                    subject: audit::subject("store", *id),
                    before: Some(told_of(before)),
                    after: Some(told_of(&store::Model {
                        name: change.name.clone(),
                        hours,
                        away_text: change.away_text.clone(),
                        region_id: change.place.region,
                        owner: change.place.owner,
                        ..before.clone()
                    })),
                };
                audit::note_in(txn, *now, entry).await?;
                Ok(Ok(()))
            })
        })
        .await
}

/// What the audit log says of a store.
fn told_of(store: &store::Model) -> Value {
    json!({
        "name": store.name,
        "hours": store.hours,
        "away_text": store.away_text,
        "region": store.region_id,
        "owner": store.owner.map(|owner| owner.to_value()),
    })
}

/// What a guide is from now on.
#[derive(Clone, Debug)]
pub struct GuideChange {
    /// The name that consumers see.
    pub name: String,
    /// Who stands in; none means whoever of the store is next.
    pub stand_in: Option<GuideId>,
}

/// Changes a guide.
///
/// # Errors
/// When the store fails.
pub async fn change_guide(
    ctx: &Context,
    account: &Account,
    id: GuideId,
    change: GuideChange,
    by: By,
) -> Result<Result<(), No>> {
    let Ok(name) = stores::check_name(&change.name) else {
        return Ok(Err(No::Name));
    };
    let change = GuideChange { name, ..change };
    let now = Timestamp::from(ctx.clock.now());
    let args = (account.id, id, change, now, by);
    ctx.db
        .write(args, |txn, (account, id, change, now, by)| {
            Box::pin(async move {
                let here = |guide: &guide::Model| {
                    guide.account_id == *account && guide.left_at.is_none()
                };
                let Some(before) = queries::locked(txn, *id).await?.filter(here) else {
                    return Ok(Err(No::Missing));
                };
                let renamed = guide::Model {
                    name: change.name.clone(),
                    ..before.clone()
                };
                if super::has_namesake_in(txn, &renamed, before.store_id).await? {
                    return Ok(Err(No::Taken));
                }
                if !can_stand_in(txn, &before, change.stand_in).await? {
                    return Ok(Err(No::StandIn));
                }
                queries::set_name(txn, *id, &change.name).await?;
                queries::set_stand_in(txn, *id, change.stand_in).await?;
                let told = |name: &str, stand_in: Option<GuideId>| {
                    json!({ "name": name, "stand_in": stand_in })
                };
                let entry = Entry {
                    by: *by,
                    account: Some(*account),
                    act: Act::ChangeGuide,
                    subject: audit::subject("guide", *id),
                    before: Some(told(&before.name, before.stand_in_id)),
                    after: Some(told(&change.name, change.stand_in)),
                };
                audit::note_in(txn, *now, entry).await?;
                Ok(Ok(()))
            })
        })
        .await
}

/// A colleague of the same store who has not left, and not the guide.
async fn can_stand_in(txn: &Txn, guide: &guide::Model, named: Option<GuideId>) -> Result<bool> {
    let Some(named) = named else {
        return Ok(true);
    };
    let named = queries::get_in(txn, named).await?;
    Ok(named.is_some_and(|named| {
        named.id != guide.id && named.store_id == guide.store_id && named.left_at.is_none()
    }))
}
