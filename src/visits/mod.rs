//! Visits 到店: her guide notes in two taps that a customer came, what she looked at, what worried her and why she did not buy. A
//! visit stays hers whoever serves her later; it goes with her when she is erased.

mod queries;
pub mod rules;

use chrono::TimeDelta;
use daogou_schema::visit::{self, Concern, Model};
use daogou_schema::{AccountId, GuideId, MemberId, Timestamp, VisitId, guide};
use sea_orm::Set;
use serde_json::{Value, json};

use crate::bindings;
use crate::context::Context;
use crate::db::Txn;
use crate::error::Result;
use crate::guides;
use rules::No;

/// The same, noted again so soon, is the same visit: a phone that heard no answer asks once more.
const AGAIN_WITHIN: TimeDelta = TimeDelta::minutes(2);

/// How many visits are read at once.
const PIECE: u64 = 200;

/// What a guide notes of a visit; all of it may be empty.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// What she looked at, in short words.
    pub products: Vec<String>,
    /// What worried her.
    pub concern: Option<Concern>,
    /// Why she did not buy, in short words.
    pub reasons: Vec<String>,
}

/// What is noted, once it is known to be good.
struct Noting {
    account: AccountId,
    guide: guide::Model,
    member: MemberId,
    products: String,
    concern: Option<Concern>,
    reasons: String,
    now: Timestamp,
}

/// Notes that a customer of `guide` came to the guide's store, now.
///
/// # Errors
/// When the store fails.
pub async fn record(
    ctx: &Context,
    guide: &guide::Model,
    member: MemberId,
    draft: Draft,
) -> Result<Result<VisitId, No>> {
    let (products, reasons) = match (rules::chips(&draft.products), rules::chips(&draft.reasons)) {
        (Ok(products), Ok(reasons)) => (products, reasons),
        (Err(no), _) | (_, Err(no)) => return Ok(Err(no)),
    };
    let noting = Noting {
        account: guide.account_id,
        guide: guide.clone(),
        member,
        products,
        concern: draft.concern,
        reasons,
        now: Timestamp::from(ctx.clock.now()),
    };
    ctx.db
        .write(noting, |txn, noting| Box::pin(record_in(txn, noting)))
        .await
}

async fn record_in(txn: &Txn, noting: &Noting) -> Result<Result<VisitId, No>> {
    let bound = bindings::get_in(txn, noting.member).await?;
    if bound.is_none_or(|row| row.guide_id != noting.guide.id) {
        return Ok(Err(No::NotHers));
    }
    let newest = queries::of_member(txn.conn(), noting.member, VisitId(i64::MAX), 1).await?;
    if let Some(same) = newest.into_iter().find(|row| is_same(row, noting)) {
        return Ok(Ok(same.id));
    }
    let row = visit::ActiveModel {
        account_id: Set(noting.account),
        member_id: Set(noting.member),
        guide_id: Set(noting.guide.id),
        store_id: Set(noting.guide.store_id),
        products: Set(noting.products.clone()),
        concern: Set(noting.concern),
        reasons: Set(noting.reasons.clone()),
        at: Set(noting.now),
        ..Default::default()
    };
    queries::insert(txn, row).await.map(Ok)
}

fn is_same(row: &Model, noting: &Noting) -> bool {
    let whose: (GuideId, _) = (row.guide_id, row.concern);
    noting.now - row.at < AGAIN_WITHIN
        && whose == (noting.guide.id, noting.concern)
        && row.products == noting.products
        && row.reasons == noting.reasons
}

/// The newest `count` visits of a member before `before`, newest first; who may see them is for the door to say.
///
/// # Errors
/// When the store fails.
pub async fn of_member(
    ctx: &Context,
    account: AccountId,
    member: MemberId,
    before: Option<VisitId>,
    count: u64,
) -> Result<Vec<Model>> {
    let before = before.unwrap_or(VisitId(i64::MAX));
    let found = queries::of_member(ctx.db.reads(), member, before, count).await?;
    Ok(queries::here(found, account))
}

/// All visits of a member, whichever the account, newest first, as she is told of herself.
///
/// # Errors
/// When the store fails.
pub async fn told(ctx: &Context, member: MemberId) -> Result<Vec<Value>> {
    let (mut all, mut before) = (Vec::new(), VisitId(i64::MAX));
    loop {
        let rows = queries::of_member(ctx.db.reads(), member, before, PIECE).await?;
        let Some(last) = rows.last() else {
            return Ok(all);
        };
        before = last.id;
        for row in &rows {
            all.push(json!({
                "at": row.at.to_utc().to_rfc3339(),
                "guide": guides::name_of(ctx.db.reads(), row.guide_id).await?,
                "products": rules::shown(&row.products).collect::<Vec<_>>(),
                "concern": row.concern.map(rules::concern),
                "reasons": rules::shown(&row.reasons).collect::<Vec<_>>(),
            }));
        }
    }
}

/// Forgets every visit of a member and says how many.
///
/// # Errors
/// When the store fails.
pub async fn forget_member_in(txn: &Txn, member: MemberId) -> Result<u64> {
    queries::forget(txn, member).await
}

/// The visits of `from` are those of `to` from now on, because they are one person; says which.
///
/// # Errors
/// When the store fails.
pub async fn take_along_in(txn: &Txn, from: MemberId, to: MemberId) -> Result<Vec<VisitId>> {
    let ids = queries::ids_of(txn, from).await?;
    queries::give(txn, &ids, to).await?;
    Ok(ids)
}

/// Gives visits back that [`take_along_in`] named.
///
/// # Errors
/// When the store fails.
pub async fn give_in(txn: &Txn, ids: &[VisitId], to: MemberId) -> Result<()> {
    queries::give(txn, ids, to).await
}
