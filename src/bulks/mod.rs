//! Bulk work 批量操作: many members get a tag, lose one or get a guide. It goes on piece by piece, can be stopped, and can be
//! undone for two days.

mod moving;
mod queries;
pub mod rules;

use std::sync::Arc;

use daogou_schema::bulk::{Model, State, Work};
use daogou_schema::{BulkId, GuideId, MemberId, StaffId, TagId, bulk, guide};
use sea_orm::{ActiveEnum, Set};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::accounts::{Account, Visit};
use crate::audit::{self, Act, By, Entry};
use crate::bindings::pool::{Filter, Scope};
use crate::context::Context;
use crate::db::Txn;
use crate::error::Result;
use crate::{guides, tags};

pub use moving::work;

/// How many of the newest are listed.
const LISTED_MAX: u64 = 100;
/// How many members can be chosen one by one.
pub const CHOSEN_MAX: usize = 200;
/// How many guides can share members: their ids fit the store.
pub const TARGETS_MAX: usize = 200;

/// To whom something is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// These, chosen one by one.
    Chosen(Vec<MemberId>),
    /// All who fit.
    Fitting(Filter),
}

/// What is done to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// They get a tag.
    Tag(TagId),
    /// They lose a tag.
    Untag(TagId),
    /// They get one of these guides, in turn.
    Assign(Vec<GuideId>),
}

/// Who orders what.
#[derive(Clone, Debug)]
pub struct Order {
    /// What is done.
    pub deed: Deed,
    /// To whom.
    pub audience: Audience,
    /// As far as whoever orders it may look.
    pub scope: Scope,
    /// How many that are, where it was counted.
    pub members: Option<u64>,
    /// Who orders it.
    pub staff: StaffId,
}

/// Why nothing was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum No {
    /// Nobody was chosen, or more than [`CHOSEN_MAX`] one by one.
    Members,
    /// There is no such tag.
    Tag,
    /// Nobody, or too many, or somebody who is not there, was chosen.
    Targets,
    /// It is not there, or not in the state for this.
    TooLate,
}

/// An audience as the store keeps it.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    scope: Scope,
    audience: Audience,
}

/// Orders bulk work; from now on it is under way.
///
/// # Errors
/// When the store fails.
pub async fn start(
    ctx: &Context,
    account: &Arc<Account>,
    order: Order,
) -> Result<Result<BulkId, No>> {
    if let Audience::Chosen(members) = &order.audience
        && !(1..=CHOSEN_MAX).contains(&members.len())
    {
        return Ok(Err(No::Members));
    }
    let args = (Visit::of_house(ctx, account), order);
    ctx.db
        .write(args, |txn, (visit, order)| {
            Box::pin(start_in(txn, visit, order))
        })
        .await
}

async fn start_in(txn: &Txn, visit: &Visit, order: &Order) -> Result<Result<BulkId, No>> {
    let (work, tag, targets) = match &order.deed {
        Deed::Tag(tag) => (Work::Tag, Some(*tag), None),
        Deed::Untag(tag) => (Work::Untag, Some(*tag), None),
        Deed::Assign(targets) => (Work::Assign, None, Some(targets)),
    };
    if let Some(tag) = tag
        && tags::get(txn.conn(), visit.account.id, tag)
            .await?
            .is_none()
    {
        return Ok(Err(No::Tag));
    }
    if let Some(targets) = targets
        && !all_can_be_given_to(txn, visit, targets).await?
    {
        return Ok(Err(No::Targets));
    }
    let kept = Kept {
        scope: order.scope.clone(),
        audience: order.audience.clone(),
    };
    let row = bulk::ActiveModel {
        account_id: Set(visit.account.id),
        staff_id: Set(order.staff),
        work: Set(work),
        state: Set(State::Running),
        audience: Set(rules::written(&kept)?),
        tag_id: Set(tag),
        targets: Set(targets.map(|targets| crate::hand_overs::rules::written(targets))),
        place: Set(None),
        members: Set(order
            .members
            .map(|count| count.try_into().unwrap_or(i32::MAX))),
        seen: Set(0),
        changed: Set(0),
        restored: Set(0),
        kept: Set(0),
        created_at: Set(visit.now),
        ..Default::default()
    };
    let row = queries::insert(txn, row).await?;
    let after =
        json!({ "work": work.to_value(), "tag": tag, "to": targets, "members": order.members });
    note(
        txn,
        visit,
        By::Staff(order.staff),
        Act::StartBulk,
        &row,
        after,
    )
    .await?;
    Ok(Ok(row.id))
}

async fn all_can_be_given_to(txn: &Txn, visit: &Visit, targets: &[GuideId]) -> Result<bool> {
    if !(1..=TARGETS_MAX).contains(&targets.len()) {
        return Ok(false);
    }
    let fits =
        |guide: &guide::Model| guide.account_id == visit.account.id && guide.left_at.is_none();
    for target in targets {
        if !guides::get_in(txn, *target)
            .await?
            .as_ref()
            .is_some_and(fits)
        {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn note(txn: &Txn, visit: &Visit, by: By, act: Act, row: &Model, after: Value) -> Result<()> {
    let entry = Entry {
        by,
        account: Some(row.account_id),
        act,
        subject: audit::subject("bulk", row.id),
        before: None,
        after: Some(after),
    };
    audit::note_in(txn, visit.now, entry).await
}

/// Stops it: whoever was not reached so far stays as they are.
///
/// # Errors
/// When the store fails.
pub async fn stop(
    ctx: &Context,
    account: &Arc<Account>,
    id: BulkId,
    by: By,
) -> Result<Result<(), No>> {
    let args = (Visit::of_house(ctx, account), id, by);
    ctx.db
        .write(args, |txn, (visit, id, by)| {
            Box::pin(stop_in(txn, visit, *id, *by))
        })
        .await
}

async fn stop_in(txn: &Txn, visit: &Visit, id: BulkId, by: By) -> Result<Result<(), No>> {
    let Some(row) = own(txn, visit, id, &[State::Running]).await? else {
        return Ok(Err(No::TooLate));
    };
    let stopped = bulk::ActiveModel {
        state: Set(State::Stopped),
        done_at: Set(Some(visit.now)),
        ..Default::default()
    };
    queries::update(txn, id, stopped).await?;
    note(
        txn,
        visit,
        by,
        Act::StopBulk,
        &row,
        json!({ "seen": row.seen }),
    )
    .await?;
    Ok(Ok(()))
}

/// Makes everybody as they were before; whoever has gone on meanwhile stays so.
///
/// # Errors
/// When the store fails.
pub async fn undo(
    ctx: &Context,
    account: &Arc<Account>,
    id: BulkId,
    by: By,
) -> Result<Result<(), No>> {
    let args = (Visit::of_house(ctx, account), id, by);
    ctx.db
        .write(args, |txn, (visit, id, by)| {
            Box::pin(undo_in(txn, visit, *id, *by))
        })
        .await
}

async fn undo_in(txn: &Txn, visit: &Visit, id: BulkId, by: By) -> Result<Result<(), No>> {
    let row = own(txn, visit, id, &[State::Done, State::Stopped]).await?;
    let Some(row) = row.filter(|row| rules::can_be_undone(row, visit.now)) else {
        return Ok(Err(No::TooLate));
    };
    let undoing = bulk::ActiveModel {
        state: Set(State::Undoing),
        // From the first one who was changed.
        place: Set(None),
        undone_at: Set(Some(visit.now)),
        ..Default::default()
    };
    queries::update(txn, id, undoing).await?;
    note(
        txn,
        visit,
        by,
        Act::UndoBulk,
        &row,
        json!({ "changed": row.changed }),
    )
    .await?;
    Ok(Ok(()))
}

/// The bulk work, locked, if it is the account's and in one of `states`.
async fn own(txn: &Txn, visit: &Visit, id: BulkId, states: &[State]) -> Result<Option<Model>> {
    let row = queries::locked(txn, id).await?;
    Ok(row.filter(|row| row.account_id == visit.account.id && states.contains(&row.state)))
}

/// The newest of an account; of one of the staff only, if wanted.
///
/// # Errors
/// When the store fails.
pub async fn list(ctx: &Context, account: &Account, staff: Option<StaffId>) -> Result<Vec<Model>> {
    queries::newest(ctx.db.reads(), account.id, staff, LISTED_MAX).await
}

/// One of an account.
///
/// # Errors
/// When the store fails.
pub async fn get(ctx: &Context, account: &Account, id: BulkId) -> Result<Option<Model>> {
    queries::get(ctx.db.reads(), account.id, id).await
}
