//! Closing a store 关店: its guides leave and their customers go to guides elsewhere, all in one unit, so that nobody is left
//! between two stores; and taking it back, for as long as a hand-over can be.

use std::sync::Arc;

use daogou_schema::hand_over::{Cause, Model};
use daogou_schema::{GuideId, StaffId, StoreId, guide, store};
use serde_json::{Value, json};

use super::{Order, TARGETS_MAX, confirm_in, freeze_in, queries, rules, take_back_in};
use crate::accounts::{Account, Visit};
use crate::audit::{self, Act, By, Entry};
use crate::bindings::{self, Those};
use crate::context::Context;
use crate::db::Txn;
use crate::error::{Error, Result};
use crate::guides;

/// Why nothing was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum No {
    /// There is no such store.
    Missing,
    /// It has closed already, or is open, or it is too late to take it back.
    TooLate,
    /// The customers of one of its guides are being handed over.
    Open(GuideId),
    /// Nobody, or too many, or somebody who is of this store or not there, was chosen.
    Targets,
    /// Something was done since with what would have to come back.
    Newer,
}

/// Who closes what.
#[derive(Clone, Debug)]
pub struct Closing {
    /// The store.
    pub store: StoreId,
    /// Who gets the customers, in turn.
    pub targets: Vec<GuideId>,
    /// Who orders it.
    pub staff: StaffId,
}

/// Closes a store: its guides leave, their customers are on their way, and nobody joins it by a link any more.
///
/// # Errors
/// When the store fails.
pub async fn close(
    ctx: &Context,
    account: &Arc<Account>,
    closing: Closing,
) -> Result<std::result::Result<(), No>> {
    ctx.db
        .write(
            (Visit::of_house(ctx, account), closing),
            |txn, (visit, closing)| Box::pin(close_in(txn, visit, closing)),
        )
        .await
}

async fn close_in(
    txn: &Txn,
    visit: &Visit,
    closing: &Closing,
) -> Result<std::result::Result<(), No>> {
    let Some(store) = own(txn, visit, closing.store).await? else {
        return Ok(Err(No::Missing));
    };
    if store.closed_at.is_some() {
        return Ok(Err(No::TooLate));
    }
    let leaving = guides::of_store_in(txn, store.id).await?;
    // Everything is looked at before anything is changed.
    for guide in &leaving {
        if queries::open_of(txn, guide.id).await?.is_some() {
            return Ok(Err(No::Open(guide.id)));
        }
    }
    if !leaving.is_empty() && !can_take_over(txn, visit, closing).await? {
        return Ok(Err(No::Targets));
    }
    guides::close_in(txn, store.id, Some(visit.now)).await?;
    let (by, mut dealt) = (By::Staff(closing.staff), 0);
    for guide in &leaving {
        let order = Order {
            guide: guide.id,
            cause: Cause::Closing,
            store: None,
            staff: closing.staff,
        };
        let all = Those {
            guide: guide.id,
            store: None,
            until: None,
        };
        // Each begins where the one before ended, so that everybody gets the same.
        let targets = rules::from(&closing.targets, dealt);
        dealt += usize::try_from(bindings::count_of_guide(txn.conn(), all).await?).unwrap_or(0);
        let frozen = freeze_in(txn, visit, &order).await?.map_err(changed)?;
        let confirmed = confirm_in(txn, visit, frozen, &targets, by).await?;
        confirmed.map_err(changed)?;
    }
    let told = json!({ "name": store.name, "to": closing.targets });
    note(txn, visit, by, Act::CloseStore, &store, told).await?;
    Ok(Ok(()))
}

/// What was looked at in the same unit is otherwise now: nothing of it stays.
fn changed(no: super::No) -> Error {
    Error::Internal(format!(
        "a guide of a store that closes cannot leave: {no:?}"
    ))
}

async fn can_take_over(txn: &Txn, visit: &Visit, closing: &Closing) -> Result<bool> {
    if !(1..=TARGETS_MAX).contains(&closing.targets.len()) {
        return Ok(false);
    }
    let fits = |guide: &guide::Model| {
        guide.account_id == visit.account.id
            && guide.left_at.is_none()
            && guide.store_id != closing.store
    };
    for target in &closing.targets {
        let found = guides::get_in(txn, *target).await?;
        if !found.as_ref().is_some_and(fits) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The store, locked, if it is the account's.
async fn own(txn: &Txn, visit: &Visit, id: StoreId) -> Result<Option<store::Model>> {
    let found = guides::locked_store_in(txn, id).await?;
    Ok(found.filter(|store| store.account_id == visit.account.id))
}

/// Opens a store again, for two days after it was closed: its guides are there at once, their customers on their way back.
///
/// # Errors
/// When the store fails.
pub async fn reopen(
    ctx: &Context,
    account: &Arc<Account>,
    store: StoreId,
    by: By,
) -> Result<std::result::Result<(), No>> {
    let args = (Visit::of_house(ctx, account), store, by);
    ctx.db
        .write(args, |txn, (visit, store, by)| {
            Box::pin(reopen_in(txn, visit, *store, *by))
        })
        .await
}

async fn reopen_in(
    txn: &Txn,
    visit: &Visit,
    store: StoreId,
    by: By,
) -> Result<std::result::Result<(), No>> {
    let Some(store) = own(txn, visit, store).await? else {
        return Ok(Err(No::Missing));
    };
    let Some(closed_at) = store
        .closed_at
        .filter(|at| visit.now - *at <= rules::UNDO_WITHIN)
    else {
        return Ok(Err(No::TooLate));
    };
    let rows = queries::of_closing(txn, store.id, closed_at).await?;
    for row in &rows {
        if !rules::can_be_undone(row, visit.now) || has_gone_on(txn, row).await? {
            return Ok(Err(No::Newer));
        }
    }
    guides::close_in(txn, store.id, None).await?;
    for row in &rows {
        take_back_in(txn, visit, row, by).await?;
    }
    let told = json!({ "name": store.name });
    note(txn, visit, by, Act::ReopenStore, &store, told).await?;
    Ok(Ok(()))
}

async fn has_gone_on(txn: &Txn, row: &Model) -> Result<bool> {
    let gone = guides::locked_in(txn, row.guide_id).await?.is_none();
    Ok(gone || queries::has_newer(txn, row).await?)
}

async fn note(
    txn: &Txn,
    visit: &Visit,
    by: By,
    act: Act,
    store: &store::Model,
    after: Value,
) -> Result<()> {
    let entry = Entry {
        by,
        account: Some(store.account_id),
        act,
        subject: audit::subject("store", store.id),
        before: None,
        after: Some(after),
    };
    audit::note_in(txn, visit.now, entry).await
}
