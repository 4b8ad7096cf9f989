//! Proposals 提议: whoever looks after a store says who of it should take over a guide's customers; headquarters says yes, and
//! it becomes a hand-over, or no. Until then nothing changes.

use std::sync::Arc;

use daogou_schema::hand_over::{Cause, Model, State};
use daogou_schema::{GuideId, HandOverId, guide, hand_over};
use sea_orm::{ActiveEnum, Set};
use serde_json::json;

use super::{No, Order, TARGETS_MAX, confirm_in, freeze_in, note, own, queries, rules};
use crate::accounts::{Account, Visit};
use crate::audit::{Act, By};
use crate::context::Context;
use crate::db::Txn;
use crate::error::{Error, Result};
use crate::guides;

/// Proposes to hand a guide's customers over to colleagues of the same store.
///
/// # Errors
/// When the store fails.
pub async fn propose(
    ctx: &Context,
    account: &Arc<Account>,
    order: Order,
    targets: Vec<GuideId>,
) -> Result<std::result::Result<HandOverId, No>> {
    let args = (Visit::of_house(ctx, account), order, targets);
    ctx.db
        .write(args, |txn, (visit, order, targets)| {
            Box::pin(propose_in(txn, visit, order, targets))
        })
        .await
}

async fn propose_in(
    txn: &Txn,
    visit: &Visit,
    order: &Order,
    targets: &[GuideId],
) -> Result<std::result::Result<HandOverId, No>> {
    let here =
        |guide: &guide::Model| guide.account_id == visit.account.id && guide.left_at.is_none();
    let Some(guide) = guides::locked_in(txn, order.guide).await?.filter(here) else {
        return Ok(Err(No::Guide));
    };
    if let Some(open) = queries::open_of(txn, guide.id).await? {
        return Ok(Err(No::Open(open.id)));
    }
    if let Some(open) = queries::proposal(txn.conn(), guide.id).await? {
        return Ok(Err(No::Open(open.id)));
    }
    // Where she would go is not for her store to say.
    if !matches!(order.cause, Cause::Departure | Cause::LongLeave) {
        return Ok(Err(No::Store));
    }
    if !(1..=TARGETS_MAX).contains(&targets.len()) {
        return Ok(Err(No::Targets));
    }
    for target in targets {
        let found = guides::get_in(txn, *target).await?.filter(here);
        if !found.is_some_and(|to| to.id != guide.id && to.store_id == guide.store_id) {
            return Ok(Err(No::Targets));
        }
    }
    let row = hand_over::ActiveModel {
        account_id: Set(visit.account.id),
        guide_id: Set(guide.id),
        cause: Set(order.cause),
        state: Set(State::Proposed),
        staff_id: Set(order.staff),
        store_id: Set(guide.store_id),
        on_duty: Set(guide.on_duty),
        targets: Set(Some(rules::written(targets))),
        members: Set(0),
        moved: Set(0),
        restored: Set(0),
        kept: Set(0),
        created_at: Set(visit.now),
        ..Default::default()
    };
    let row = queries::insert(txn, row).await?;
    let told = json!({ "guide": guide.id, "cause": row.cause.to_value(), "to": targets });
    let by = By::Staff(order.staff);
    note(txn, visit, by, Act::ProposeHandOver, &row, told).await?;
    Ok(Ok(row.id))
}

/// A proposal becomes a hand-over that is under way.
///
/// # Errors
/// When the store fails.
pub async fn accept(
    ctx: &Context,
    account: &Arc<Account>,
    id: HandOverId,
    by: By,
) -> Result<std::result::Result<HandOverId, No>> {
    let args = (Visit::of_house(ctx, account), id, by);
    ctx.db
        .write(args, |txn, (visit, id, by)| {
            Box::pin(accept_in(txn, visit, *id, *by))
        })
        .await
}

async fn accept_in(
    txn: &Txn,
    visit: &Visit,
    id: HandOverId,
    by: By,
) -> Result<std::result::Result<HandOverId, No>> {
    let Some(row) = own(txn, visit, id, &[State::Proposed]).await? else {
        return Ok(Err(No::TooLate));
    };
    let here = |guide: &guide::Model| guide.left_at.is_none() && guide.store_id == row.store_id;
    // Who has left or moved meanwhile does not count.
    let mut targets = Vec::new();
    for target in rules::read(row.targets.as_deref().unwrap_or_default()) {
        let found = guides::get_in(txn, target).await?.filter(here);
        targets.extend(found.map(|guide| guide.id));
    }
    if targets.is_empty() {
        return Ok(Err(No::Targets));
    }
    let order = Order {
        guide: row.guide_id,
        cause: row.cause,
        store: None,
        // Who answers for it from now on.
        staff: by.staff().unwrap_or(row.staff_id),
    };
    let frozen = match freeze_in(txn, visit, &order).await? {
        Ok(frozen) => frozen,
        Err(no) => return Ok(Err(no)),
    };
    let confirmed = confirm_in(txn, visit, frozen, &targets, by).await?;
    confirmed.map_err(|no| Error::Internal(format!("a proposal cannot be confirmed: {no:?}")))?;
    let accepted = hand_over::ActiveModel {
        done_at: queries::at(visit.now),
        ..queries::to(State::Accepted)
    };
    queries::update(txn, id, accepted).await?;
    Ok(Ok(frozen))
}

/// A proposal does not become a hand-over.
///
/// # Errors
/// When the store fails.
pub async fn decline(
    ctx: &Context,
    account: &Arc<Account>,
    id: HandOverId,
    by: By,
) -> Result<std::result::Result<(), No>> {
    let args = (Visit::of_house(ctx, account), id, by);
    ctx.db
        .write(args, |txn, (visit, id, by)| {
            Box::pin(async move {
                let Some(row) = own(txn, visit, *id, &[State::Proposed]).await? else {
                    return Ok(Err(No::TooLate));
                };
                let declined = hand_over::ActiveModel {
                    undone_at: queries::at(visit.now),
                    ..queries::to(State::Undone)
                };
                queries::update(txn, *id, declined).await?;
                let told = json!({ "guide": row.guide_id });
                note(txn, visit, *by, Act::DeclineHandOver, &row, told).await?;
                Ok(Ok(()))
            })
        })
        .await
}

/// The open proposal about a guide.
///
/// # Errors
/// When the store fails.
pub async fn of_guide(ctx: &Context, guide: GuideId) -> Result<Option<Model>> {
    queries::proposal(ctx.db.reads(), guide).await
}
