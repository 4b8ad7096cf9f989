//! Staff and testers 员工与测试 follow too: they stand in no figure, in no list of customers and in no bulk work that does not
//! ask for them. Whoever is linked as a guide is one of them by that; others are marked on their page.

use daogou_schema::member::Insider;
use daogou_schema::{Address, MemberId, Timestamp};
use sea_orm::ActiveEnum;
use serde_json::json;

use crate::accounts::{Account, Visit};
use crate::audit::{self, Act, By, Entry};
use crate::context::Context;
use crate::db::Txn;
use crate::error::Result;
use crate::{bindings, conversations, fans, guides, members};

/// Why nothing was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum No {
    /// There is no such member.
    Missing,
    /// She is linked as a guide, and so long staff.
    Guide,
}

struct Marking {
    account: daogou_schema::AccountId,
    member: MemberId,
    insider: Option<Insider>,
    by: By,
    now: Timestamp,
}

/// Marks a member as one of ours, or as a customer again.
///
/// # Errors
/// When the store fails.
pub async fn mark(
    ctx: &Context,
    account: &Account,
    member: MemberId,
    insider: Option<Insider>,
    by: By,
) -> Result<Result<(), No>> {
    let args = Marking {
        account: account.id,
        member,
        insider,
        by,
        now: Timestamp::from(ctx.clock.now()),
    };
    ctx.db
        .write(args, |txn, args| Box::pin(mark_in(txn, args)))
        .await
}

async fn mark_in(txn: &Txn, args: &Marking) -> Result<Result<(), No>> {
    // Nobody handles what she does meanwhile: it would be counted by what she was.
    conversations::lock_in(txn, &[args.member]).await?;
    let Some(row) = members::get_in(txn, args.member).await? else {
        return Ok(Err(No::Missing));
    };
    if row.insider == args.insider {
        return Ok(Ok(()));
    }
    for person in members::addresses_in(txn, &[args.member]).await? {
        let (account, openid) = (person.1.account_id, &person.1.openid);
        if guides::linked_to_in(txn, account, openid).await?.is_some() {
            return Ok(Err(No::Guide));
        }
    }
    change_in(txn, args.member, row.insider, args.insider, args.now).await?;
    let word = |insider: Option<Insider>| json!({ "insider": insider.map(|it| it.to_value()) });
    let entry = Entry {
        by: args.by,
        account: Some(args.account),
        act: Act::MarkInsider,
        subject: audit::subject("member", args.member),
        before: Some(word(row.insider)),
        after: Some(word(args.insider)),
    };
    audit::note_in(txn, args.now, entry).await?;
    Ok(Ok(()))
}

/// The visitor has become a guide: if somebody knew her as a customer, she is none any more.
///
/// # Errors
/// When the store fails.
pub async fn linked_in(txn: &Txn, visit: &Visit) -> Result<()> {
    let person = Address {
        account_id: visit.account.id,
        openid: visit.openid.clone(),
    };
    let Some(member) = members::member_at_in(txn, &person).await? else {
        return Ok(());
    };
    let row = members::get_in(txn, member).await?;
    let before = row.and_then(|row| row.insider);
    change_in(txn, member, before, Some(Insider::Staff), visit.now).await
}

/// A member is this from now on; figures and lists follow.
///
/// # Errors
/// When the store fails.
pub async fn change_in(
    txn: &Txn,
    member: MemberId,
    before: Option<Insider>,
    after: Option<Insider>,
    now: Timestamp,
) -> Result<()> {
    if before == after {
        return Ok(());
    }
    members::set_insider_in(txn, member, after).await?;
    recount_in(txn, member, before, after).await?;
    if after.is_some() {
        return bindings::forget_unbound_in(txn, member).await;
    }
    for (_, person) in members::addresses_in(txn, &[member]).await? {
        let account = person.account_id;
        bindings::note_strangers_unbound_in(txn, account, &[], &[member], now).await?;
    }
    Ok(())
}

/// The figures follow what a member was and is now.
///
/// # Errors
/// When the store fails.
pub async fn recount_in(
    txn: &Txn,
    member: MemberId,
    before: Option<Insider>,
    after: Option<Insider>,
) -> Result<()> {
    if before.is_some() == after.is_some() {
        return Ok(());
    }
    for identity in members::identities_in(txn, member).await? {
        match after {
            Some(_) => fans::leave_out_in(txn, &identity).await?,
            None => fans::take_in_again_in(txn, &identity).await?,
        }
    }
    Ok(())
}
