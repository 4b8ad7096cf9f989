//! Hand-overs 移交: a guide leaves, goes to another store or is away for long, and the customers go to colleagues. The
//! guide is frozen at once; who gets the customers is decided afterwards, and can be taken back for two days.

pub mod closing;
mod moving;
pub mod proposals;
mod queries;
pub mod rules;

use std::sync::Arc;

use daogou_schema::hand_over::{Cause, Model, State};
use daogou_schema::{
    GuideId, HandOverId, MemberId, StaffId, StoreId, guide, hand_over, hand_over_member, store,
};
use sea_orm::{ActiveEnum, Set};
use serde_json::{Value, json};

use crate::accounts::{Account, Visit};
use crate::audit::{self, Act, By, Entry};
use crate::context::Context;
use crate::db::Txn;
use crate::error::Result;
use crate::guides::{self, Before};
use crate::{bindings, conversations};

pub use moving::work;

/// How many of the newest are listed.
const LISTED_MAX: u64 = 100;
/// How many guides can share a guide's customers: their ids fit the store.
pub const TARGETS_MAX: usize = 200;

/// Why nothing was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum No {
    /// The guide is not there, or has left.
    Guide,
    /// The guide's customers are being handed over already.
    Open(HandOverId),
    /// The store to go to is not another one of this account.
    Store,
    /// There is a guide of that name in the store.
    NameTaken,
    /// The guide's customers were handed over once more since: that has to be undone first.
    Newer,
    /// Nobody, or too many, or somebody who has left or is the guide herself, was chosen.
    Targets,
    /// It is not there, or not in the state for this.
    TooLate,
    /// Its store was closed: that is taken back as a whole.
    Closing,
}

/// Who orders what.
#[derive(Clone, Debug)]
pub struct Order {
    /// Whose customers.
    pub guide: GuideId,
    /// Why.
    pub cause: Cause,
    /// Where a guide who moves goes.
    pub store: Option<StoreId>,
    /// Who orders it.
    pub staff: StaffId,
}

/// Freezes the guide at once: nobody new comes, and who writes gets the stand-in. A guide who moves goes on until it
/// is confirmed.
///
/// # Errors
/// When the store fails.
pub async fn freeze(
    ctx: &Context,
    account: &Arc<Account>,
    order: Order,
) -> Result<Result<HandOverId, No>> {
    ctx.db
        .write(
            (Visit::of_house(ctx, account), order),
            |txn, (visit, order)| Box::pin(freeze_in(txn, visit, order)),
        )
        .await
}

async fn freeze_in(txn: &Txn, visit: &Visit, order: &Order) -> Result<Result<HandOverId, No>> {
    let here =
        |guide: &guide::Model| guide.account_id == visit.account.id && guide.left_at.is_none();
    let Some(guide) = guides::locked_in(txn, order.guide).await?.filter(here) else {
        return Ok(Err(No::Guide));
    };
    if let Some(open) = queries::open_of(txn, guide.id).await? {
        return Ok(Err(No::Open(open.id)));
    }
    if order.cause == Cause::Move {
        let store = match order.store.filter(|store| *store != guide.store_id) {
            Some(store) => guides::store_in(txn, store).await?,
            None => None,
        };
        let open = |store: &store::Model| {
            store.account_id == visit.account.id && store.closed_at.is_none()
        };
        let Some(store) = store.filter(open) else {
            return Ok(Err(No::Store));
        };
        if guides::has_namesake_in(txn, &guide, store.id).await? {
            return Ok(Err(No::NameTaken));
        }
    }
    if rules::freezes(order.cause) {
        conversations::freeze_in(txn, visit, &guide).await?;
    }
    if rules::leaves(order.cause) {
        guides::leave_in(txn, guide.id, visit.now).await?;
    }
    let row = hand_over::ActiveModel {
        account_id: Set(visit.account.id),
        guide_id: Set(guide.id),
        cause: Set(order.cause),
        state: Set(State::Frozen),
        staff_id: Set(order.staff),
        store_id: Set(guide.store_id),
        to_store_id: Set(order.store.filter(|_| order.cause == Cause::Move)),
        openid: Set(guide.openid),
        linked_at: Set(guide.linked_at),
        on_duty: Set(guide.on_duty),
        stand_in_id: Set(guide.stand_in_id),
        targets: Set(None),
        members: Set(0),
        moved: Set(0),
        restored: Set(0),
        kept: Set(0),
        created_at: Set(visit.now),
        ..Default::default()
    };
    let inserted = queries::insert(txn, row).await?;
    let after = json!({ "guide": inserted.guide_id, "cause": inserted.cause.to_value(), "to_store": order.store });
    note(
        txn,
        visit,
        By::Staff(order.staff),
        Act::FreezeGuide,
        &inserted,
        after,
    )
    .await?;
    Ok(Ok(inserted.id))
}

async fn note(txn: &Txn, visit: &Visit, by: By, act: Act, row: &Model, after: Value) -> Result<()> {
    let entry = Entry {
        by,
        account: Some(row.account_id),
        act,
        subject: audit::subject("hand_over", row.id),
        before: None,
        after: Some(after),
    };
    audit::note_in(txn, visit.now, entry).await
}

/// Decides who gets the customers, in turn; from now on they are on their way.
///
/// # Errors
/// When the store fails.
pub async fn confirm(
    ctx: &Context,
    account: &Arc<Account>,
    id: HandOverId,
    targets: Vec<GuideId>,
    by: By,
) -> Result<Result<(), No>> {
    let args = (Visit::of_house(ctx, account), id, targets, by);
    ctx.db
        .write(args, |txn, (visit, id, targets, by)| {
            Box::pin(confirm_in(txn, visit, *id, targets, *by))
        })
        .await
}

async fn confirm_in(
    txn: &Txn,
    visit: &Visit,
    id: HandOverId,
    targets: &[GuideId],
    by: By,
) -> Result<Result<(), No>> {
    let Some(row) = own(txn, visit, id, &[State::Frozen]).await? else {
        return Ok(Err(No::TooLate));
    };
    if targets.is_empty() || targets.len() > TARGETS_MAX {
        return Ok(Err(No::Targets));
    }
    for target in targets {
        let target = guides::get_in(txn, *target).await?;
        let fits = |guide: &guide::Model| {
            guide.id != row.guide_id
                && guide.account_id == row.account_id
                && guide.left_at.is_none()
        };
        if !target.as_ref().is_some_and(fits) {
            return Ok(Err(No::Targets));
        }
    }
    if let Some(store) = row.to_store_id {
        guides::move_in(txn, row.guide_id, store).await?;
    }
    if let (true, Some(first)) = (rules::leaves(row.cause), targets.first()) {
        guides::name_stand_in_in(txn, row.guide_id, Some(*first)).await?;
    }
    let running = hand_over::ActiveModel {
        targets: Set(Some(rules::written(targets))),
        members: Set(bindings::count_of_guide(txn.conn(), moving::those(&row)).await?),
        confirmed_at: queries::at(visit.now),
        ..queries::to(State::Running)
    };
    queries::update(txn, id, running).await?;
    let after = json!({ "guide": row.guide_id, "to": targets });
    note(txn, visit, by, Act::ConfirmHandOver, &row, after).await?;
    Ok(Ok(()))
}

/// Makes everything as it was: the guide at once, the customers on their way back. Who has gone to somebody else
/// meanwhile stays there.
///
/// # Errors
/// When the store fails.
pub async fn undo(
    ctx: &Context,
    account: &Arc<Account>,
    id: HandOverId,
    by: By,
) -> Result<Result<(), No>> {
    let args = (Visit::of_house(ctx, account), id, by);
    ctx.db
        .write(args, |txn, (visit, id, by)| {
            Box::pin(undo_in(txn, visit, *id, *by))
        })
        .await
}

async fn undo_in(txn: &Txn, visit: &Visit, id: HandOverId, by: By) -> Result<Result<(), No>> {
    let states = [State::Frozen, State::Running, State::Done];
    let row = own(txn, visit, id, &states).await?;
    let Some(row) = row.filter(|row| rules::can_be_undone(row, visit.now)) else {
        return Ok(Err(No::TooLate));
    };
    if row.cause == Cause::Closing {
        return Ok(Err(No::Closing));
    }
    if guides::locked_in(txn, row.guide_id).await?.is_none() {
        return Ok(Err(No::Guide));
    }
    if queries::has_newer(txn, &row).await? {
        return Ok(Err(No::Newer));
    }
    take_back_in(txn, visit, &row, by).await?;
    Ok(Ok(()))
}

/// The guide is as before at once, and the customers are on their way back.
async fn take_back_in(txn: &Txn, visit: &Visit, row: &Model, by: By) -> Result<()> {
    // Only what the hand-over has changed: the guide may have gone on with everything else.
    match row.cause {
        Cause::Departure | Cause::Closing => {
            let before = Before {
                account_id: row.account_id,
                openid: row.openid.clone(),
                linked_at: row.linked_at,
                on_duty: row.on_duty,
                stand_in_id: row.stand_in_id,
            };
            guides::come_back_in(txn, row.guide_id, before).await?;
        }
        Cause::LongLeave => guides::set_duty_in(txn, row.guide_id, row.on_duty).await?,
        Cause::Move => guides::move_in(txn, row.guide_id, row.store_id).await?,
    }
    if let Some(guide) = guides::get_in(txn, row.guide_id).await? {
        conversations::resume_in(txn, visit, &guide).await?;
    }
    let undoing = hand_over::ActiveModel {
        undone_at: queries::at(visit.now),
        ..queries::to(State::Undoing)
    };
    queries::update(txn, row.id, undoing).await?;
    let after = json!({ "guide": row.guide_id });
    note(txn, visit, by, Act::UndoHandOver, row, after).await
}

/// The hand-over, locked, if it is the account's and in one of `states`.
async fn own(txn: &Txn, visit: &Visit, id: HandOverId, states: &[State]) -> Result<Option<Model>> {
    let row = queries::locked(txn, id).await?;
    Ok(row.filter(|row| row.account_id == visit.account.id && states.contains(&row.state)))
}

/// The newest hand-overs of an account.
///
/// # Errors
/// When the store fails.
pub async fn list(ctx: &Context, account: &Account) -> Result<Vec<Model>> {
    queries::newest(ctx.db.reads(), account.id, LISTED_MAX).await
}

/// One hand-over of an account.
///
/// # Errors
/// When the store fails.
pub async fn get(ctx: &Context, account: &Account, id: HandOverId) -> Result<Option<Model>> {
    queries::get(ctx.db.reads(), account.id, id).await
}

/// How many customers the guide has now.
///
/// # Errors
/// When the store fails.
pub async fn size(ctx: &Context, hand_over: &Model) -> Result<i32> {
    bindings::count_of_guide(ctx.db.reads(), moving::those(hand_over)).await
}

/// What became of its members: a page of `count` behind `after`.
///
/// # Errors
/// When the store fails.
pub async fn members(
    ctx: &Context,
    hand_over: &Model,
    after: MemberId,
    count: u64,
) -> Result<Vec<hand_over_member::Model>> {
    queries::members(ctx.db.reads(), hand_over.id, after, count).await
}
