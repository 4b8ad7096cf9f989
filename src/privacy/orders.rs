//! Erasures that are ordered, and their receipts.

use std::collections::HashMap;
use std::sync::Arc;

use daogou_schema::erasure::{Cause, Model, State};
use daogou_schema::{AccountId, ErasureId, MemberId, Timestamp, erasure};
use sea_orm::{ActiveEnum, Set};
use serde_json::json;

use super::queries::{erase, orders};
use super::rules::Counts;
use crate::accounts::Account;
use crate::audit::{self, Act, By, Entry};
use crate::context::Context;
use crate::db::Txn;
use crate::error::Result;

/// How many receipts are read at once.
const PIECE: u64 = 500;

/// Who is to be erased, and why.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    /// Whom.
    pub member: MemberId,
    /// In which account it was asked for.
    pub account: AccountId,
    /// Why.
    pub cause: Cause,
    /// Who orders it.
    pub by: By,
    /// When.
    pub at: Timestamp,
}

/// Orders an erasure, or finds the one that was ordered. From now on it goes on by itself.
///
/// # Errors
/// When the store fails.
pub async fn order(
    ctx: &Context,
    account: &Arc<Account>,
    member: MemberId,
    by: By,
) -> Result<ErasureId> {
    let order = Order {
        member,
        account: account.id,
        cause: Cause::Asked,
        by,
        at: Timestamp::from(ctx.clock.now()),
    };
    ctx.db
        .write(order, |txn, order| Box::pin(order_in(txn, order)))
        .await
}

pub(super) async fn order_in(txn: &Txn, order: &Order) -> Result<ErasureId> {
    if let Some(known) = orders::of_member(txn.conn(), order.member).await? {
        if !may_be_withdrawn(&known) || order.cause == Cause::Unfollowed {
            return Ok(known.id);
        }
        // Gone by now, if she came back in this moment.
        if let Some(known) = orders::locked(txn, known.id).await? {
            make_firm_in(txn, &known, order).await?;
            return Ok(known.id);
        }
    }
    let row = erasure::ActiveModel {
        member_id: Set(order.member),
        account_id: Set(order.account),
        cause: Set(order.cause),
        state: Set(State::Asked),
        staff_id: Set(order.by.staff()),
        people: Set(None),
        proof: Set(None),
        inbound_until: Set(0),
        inbound_done: Set(0),
        outbound_until: Set(0),
        counts: Set("{}".to_owned()),
        asked_at: Set(order.at),
        begun_at: Set(None),
        done_at: Set(None),
        ..Default::default()
    };
    let id = orders::insert(txn, row).await?;
    note_in(txn, order, id, None).await?;
    Ok(id)
}

fn may_be_withdrawn(known: &Model) -> bool {
    known.cause == Cause::Unfollowed && known.state == State::Asked
}

/// An order that would be withdrawn if she came back is not any more, once somebody has asked for it.
async fn make_firm_in(txn: &Txn, known: &Model, order: &Order) -> Result<()> {
    if !may_be_withdrawn(known) {
        return Ok(());
    }
    let firm = erasure::ActiveModel {
        cause: Set(order.cause),
        staff_id: Set(order.by.staff()),
        ..Default::default()
    };
    orders::update(txn, known.id, firm).await?;
    note_in(txn, order, known.id, Some(known.cause)).await
}

async fn note_in(txn: &Txn, order: &Order, id: ErasureId, before: Option<Cause>) -> Result<()> {
    let said = |cause: Cause| json!({ "receipt": id, "cause": cause.to_value() });
    let entry = Entry {
        by: order.by,
        account: Some(order.account),
        act: Act::EraseMember,
        subject: audit::subject("member", order.member),
        before: before.map(said),
        after: Some(said(order.cause)),
    };
    audit::note_in(txn, order.at, entry).await
}

/// One erasure of an account.
///
/// # Errors
/// When the store fails.
pub async fn get(ctx: &Context, account: &Account, id: ErasureId) -> Result<Option<Model>> {
    orders::get(ctx.db.reads(), account.id, id).await
}

/// The newest `count` erasures of an account before `before`.
///
/// # Errors
/// When the store fails.
pub async fn list(
    ctx: &Context,
    account: &Account,
    before: Option<ErasureId>,
    count: u64,
) -> Result<Vec<Model>> {
    orders::newest(ctx.db.reads(), account.id, before, count).await
}

/// What an erasure would delete now, as far as it is quickly counted: at most `most` of each kind.
///
/// # Errors
/// When the store fails.
pub async fn preview(ctx: &Context, member: MemberId, most: u32) -> Result<Counts> {
    erase::sizes(ctx.db.reads(), member, most).await
}

/// Who of an account had herself erased, by her proof, and when: what WeChat still says about her is not taken in anew.
///
/// # Errors
/// When the store fails.
pub async fn forgotten(ctx: &Context, account: AccountId) -> Result<HashMap<String, Timestamp>> {
    let mut forgotten = HashMap::new();
    let mut before = None;
    loop {
        let piece = orders::newest(ctx.db.reads(), account, before, PIECE).await?;
        let Some(last) = piece.last() else {
            return Ok(forgotten);
        };
        before = Some(last.id);
        for row in piece.iter().filter(|row| row.cause == Cause::Asked) {
            let proofs = row.proof.as_deref().unwrap_or_default().split(',');
            forgotten.extend(proofs.map(|proof| (proof.to_owned(), row.asked_at)));
        }
    }
}

/// Whether one of `members` is erased, or is going to be.
///
/// # Errors
/// When the store fails.
pub async fn are_being_erased_in(txn: &Txn, members: &[MemberId]) -> Result<bool> {
    Ok(!orders::ordered(txn.conn(), members).await?.is_empty())
}
