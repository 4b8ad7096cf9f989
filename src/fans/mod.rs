//! Fans 粉丝: who came by which code and who left, counted by day.
//!
//! A scan writes one row at the end of a table that nobody else looks at, in the unit of the scan's other effects; a
//! worker adds such rows up into one row a code and day and removes them, in one unit too. A counter that every scan
//! raised itself would be one row that all who scan one poster wait for, on PostgreSQL and MariaDB in no certain order.

mod queries;
mod rules;

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use daogou_schema::fan_act::Kind;
use daogou_schema::{AccountId, CodeId, MemberId, Timestamp, identity};

use crate::accounts::Visit;
use crate::context::Context;
use crate::db::Txn;
use crate::error::Result;

pub use rules::{Count, last_days};

/// She followed, by this code or without one.
///
/// # Errors
/// When the store fails.
pub async fn followed_in(txn: &Txn, visit: &Visit, code: CodeId) -> Result<()> {
    queries::append(txn, visit.account.id, code, Kind::Followed, visit.now).await
}

/// She scanned a code and follows already.
///
/// # Errors
/// When the store fails.
pub async fn scanned_in(txn: &Txn, visit: &Visit, code: CodeId) -> Result<()> {
    queries::append(txn, visit.account.id, code, Kind::Scanned, visit.now).await
}

/// She unfollowed; `code` is the one by which she had followed, if that is known.
///
/// # Errors
/// When the store fails.
pub async fn lost_in(txn: &Txn, visit: &Visit, code: Option<CodeId>) -> Result<()> {
    let code = code.unwrap_or(CodeId::NONE);
    queries::append(txn, visit.account.id, code, Kind::Lost, visit.now).await
}

/// Somebody who was counted is one of ours: that she followed last does not count any more, nor that she left since.
///
/// # Errors
/// When the store fails.
pub async fn leave_out_in(txn: &Txn, identity: &identity::Model) -> Result<()> {
    last_follow_in(txn, identity, Kind::Staff, Kind::StaffLost).await
}

/// She is a customer again: that counts as if she had been one when she followed.
///
/// # Errors
/// When the store fails.
pub async fn take_in_again_in(txn: &Txn, identity: &identity::Model) -> Result<()> {
    last_follow_in(txn, identity, Kind::Followed, Kind::Lost).await
}

async fn last_follow_in(
    txn: &Txn,
    identity: &identity::Model,
    followed: Kind,
    lost: Kind,
) -> Result<()> {
    // Who was taken in from WeChat's list, or from a file, was never counted.
    let Some((code, since)) = identity.code_id.zip(identity.subscribed_at) else {
        return Ok(());
    };
    let account = identity.account_id;
    queries::append(txn, account, code, followed, since).await?;
    let left = identity.unsubscribed_at.filter(|_| !identity.subscribed);
    match left {
        Some(at) => queries::append(txn, account, code, lost, at).await,
        None => Ok(()),
    }
}

/// Adds up what was done since the last time.
///
/// # Errors
/// When the store fails.
pub async fn count(ctx: &Context) -> Result<()> {
    while queries::any(ctx.db.reads()).await? {
        let zone = ctx.config.timezone;
        let unit = ctx.db.write(zone, |txn, zone| {
            Box::pin(async move {
                let acts = queries::oldest(txn).await?;
                queries::add(txn, &rules::by_day(&acts, *zone)).await?;
                queries::remove(txn, &acts).await?;
                Ok(acts.len())
            })
        });
        if unit.await? == 0 {
            // Another process is at it.
            break;
        }
    }
    Ok(())
}

/// Which codes are asked about.
#[derive(Clone, Copy, Debug)]
pub enum Which<'a> {
    /// Whoever came, by whatever code or none.
    All,
    /// Who came by one of these.
    Those(&'a [CodeId]),
}

/// What came on each of `days`, in their order.
///
/// # Errors
/// When the store fails.
pub async fn by_day(
    ctx: &Context,
    account: AccountId,
    which: Which<'_>,
    days: &[NaiveDate],
) -> Result<Vec<(NaiveDate, Count)>> {
    let mut found = BTreeMap::new();
    for (day, count) in queries::by_day(ctx.db.reads(), account, which, days).await? {
        let sum: &mut Count = found.entry(day).or_default();
        *sum += count;
    }
    let of = |day: &NaiveDate| {
        let count = found.get(&rules::number(*day)).copied();
        (*day, count.unwrap_or_default())
    };
    Ok(days.iter().map(of).collect())
}

/// What came by each code on all of `days` together; codes by which nobody came are not there.
///
/// # Errors
/// When the store fails.
pub async fn by_code(
    ctx: &Context,
    account: AccountId,
    which: Which<'_>,
    days: &[NaiveDate],
) -> Result<HashMap<CodeId, Count>> {
    let found = queries::by_code(ctx.db.reads(), account, which, days).await?;
    let mut sums: HashMap<CodeId, Count> = HashMap::new();
    for (code, count) in found {
        *sums.entry(code).or_default() += count;
    }
    Ok(sums)
}

/// Who followed last by a code, staff and testers too: `count` of them whose number is below `before`, the newest first.
///
/// # Errors
/// When the store fails.
pub async fn members_of(
    ctx: &Context,
    code: CodeId,
    before: Option<MemberId>,
    count: u64,
) -> Result<Vec<MemberId>> {
    queries::members_of(ctx.db.reads(), code, before, count).await
}

/// The last `count` days up to now, as people see them.
pub fn days_until(ctx: &Context, count: u32) -> Vec<NaiveDate> {
    let now = Timestamp::from(ctx.clock.now());
    last_days(now, ctx.config.timezone, count)
}
