//! Who unfollowed long ago, and what the platform says about people's rights.

use chrono::TimeDelta;
use daogou_schema::consent::{Purpose, Way};
use daogou_schema::erasure::Cause;
use daogou_schema::{Address, MemberId, Timestamp};

use super::orders::{self, Order};
use super::queries::{erase, leaving, orders as rows};
use super::rules;
use crate::accounts::Visit;
use crate::audit::By;
use crate::context::Context;
use crate::db::Txn;
use crate::error::Result;
use crate::members::{self, Word};

/// How many people one unit orders to be erased.
const PIECE: u64 = 100;

/// Orders everybody to be erased who unfollowed DAOGOU_UNFOLLOWED_DAYS ago and did not come back.
///
/// # Errors
/// When the store fails; the next round goes on.
pub async fn sweep(ctx: &Context) -> Result<()> {
    let now = Timestamp::from(ctx.clock.now());
    let before = now - TimeDelta::days(ctx.config.unfollowed_days.into());
    let found = leaving::left_before(ctx.db.reads(), before, PIECE).await?;
    let members: Vec<MemberId> = found.iter().map(|(_, member)| *member).collect();
    let ordered = rows::ordered(ctx.db.reads(), &members).await?;
    let new: Vec<_> = found
        .into_iter()
        .filter(|(_, member)| !ordered.contains(member))
        .map(|(account, member)| Order {
            member,
            account,
            cause: Cause::Unfollowed,
            by: By::Command,
            at: now,
        })
        .collect();
    if new.is_empty() {
        return Ok(());
    }
    ctx.db
        .write(new, |txn, new| {
            Box::pin(async move {
                for order in new {
                    orders::order_in(txn, order).await?;
                }
                Ok(())
            })
        })
        .await
}

/// Whom the platform speaks of, if she is known.
async fn named(txn: &Txn, visit: &Visit, openid: &str) -> Result<Option<MemberId>> {
    let person = Address {
        account_id: visit.account.id,
        openid: openid.to_owned(),
    };
    leaving::member_at(txn, &person).await
}

/// Her WeChat account is gone: everything is erased.
///
/// # Errors
/// When the store fails.
pub async fn cancelled_in(txn: &Txn, visit: &Visit, openid: &str) -> Result<()> {
    let Some(member) = named(txn, visit, openid).await? else {
        return Ok(());
    };
    let order = Order {
        member,
        account: visit.account.id,
        cause: Cause::Cancelled,
        by: By::Command,
        at: visit.now,
    };
    orders::order_in(txn, &order).await.map(drop)
}

/// She withdrew what she had authorised: what it names is deleted.
///
/// # Errors
/// When the store fails.
pub async fn revoked_in(txn: &Txn, visit: &Visit, openid: &str, info: &[i64]) -> Result<()> {
    let Some(member) = named(txn, visit, openid).await? else {
        return Ok(());
    };
    let revoked = rules::revoked(info);
    if revoked.name {
        erase::forget_name(txn, member).await?;
    }
    if revoked.phone {
        erase::phone(txn, member).await?;
    }
    let word = Word {
        member,
        purpose: Purpose::Profile,
        given: false,
        way: Way::Platform,
        text_version: None,
        staff: None,
        inbound: visit.inbound_id,
        at: visit.now,
    };
    members::note_word_in(txn, &word).await
}

/// The platform has cleaned her risky name or picture: our copy goes.
///
/// # Errors
/// When the store fails.
pub async fn cleaned_in(txn: &Txn, visit: &Visit, openid: &str) -> Result<()> {
    match named(txn, visit, openid).await? {
        Some(member) => erase::forget_name(txn, member).await,
        None => Ok(()),
    }
}
