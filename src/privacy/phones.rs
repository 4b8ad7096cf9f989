//! Members' phone numbers: encrypted in the store, found by a keyed digest, shown masked; whoever sees a whole one is
//! written down.

use std::collections::BTreeMap;

use daogou_schema::{AccountId, MemberId, Timestamp, member_phone};
use sea_orm::Set;
use serde_json::json;

use super::queries::{orders, phones};
use super::rules;
use crate::audit::{self, Act, By, Entry};
use crate::context::Context;
use crate::db::{Txn, insert_all};
use crate::error::Result;
use crate::vault::Vault;

/// A number as pages show it.
#[derive(Clone, Debug)]
pub struct Phone {
    /// With its middle hidden.
    pub masked: String,
    /// When it was noted.
    pub noted_at: Timestamp,
}

/// Who does what to whose number.
#[derive(Clone, Copy)]
struct Doing {
    account: AccountId,
    member: MemberId,
    by: By,
    at: Timestamp,
}

fn doing(ctx: &Context, account: AccountId, member: MemberId, by: By) -> Doing {
    let at = Timestamp::from(ctx.clock.now());
    Doing {
        account,
        member,
        by,
        at,
    }
}

fn place(member: MemberId) -> String {
    format!("member_phone.sealed.{member}")
}

/// Notes a member's number, or with none that she has none; says whether the text is a number.
///
/// # Errors
/// When the store fails or DAOGOU_SECRET_KEY is not set.
pub async fn set_phone(
    ctx: &Context,
    account: AccountId,
    member: MemberId,
    text: &str,
    by: By,
) -> Result<bool> {
    let doing = doing(ctx, account, member, by);
    let row = match text.trim() {
        "" => None,
        text => {
            let Some(number) = rules::e164(text) else {
                return Ok(false);
            };
            Some(row(ctx.vault()?, member, &number, doing.at)?)
        }
    };
    ctx.db
        .write((doing, row), |txn, (doing, row)| {
            Box::pin(set_in(txn, doing, row.clone()))
        })
        .await?;
    Ok(true)
}

/// What the digest of a number is for.
const PURPOSE: &str = "member_phone.digest";

async fn set_in(txn: &Txn, doing: &Doing, row: Option<member_phone::ActiveModel>) -> Result<()> {
    if orders::of_member(txn.conn(), doing.member).await?.is_some() {
        // She is being erased.
        return Ok(());
    }
    let had = phones::locked(txn, doing.member).await?.is_some();
    let has = row.is_some();
    phones::replace(txn, doing.member, row).await?;
    // That there is one, never which.
    let told = |there: bool| there.then(|| json!({ "phone": "1" }));
    note(txn, doing, Act::SetPhone, told(had), told(has)).await
}

async fn note(
    txn: &Txn,
    doing: &Doing,
    act: Act,
    before: Option<serde_json::Value>,
    after: Option<serde_json::Value>,
) -> Result<()> {
    let entry = Entry {
        by: doing.by,
        account: Some(doing.account),
        act,
        subject: audit::subject("member", doing.member),
        before,
        after,
    };
    audit::note_in(txn, doing.at, entry).await
}

/// Whose numbers these are, by their digests; several members may share one.
///
/// # Errors
/// When the store fails.
pub async fn owners_in(txn: &Txn, digests: &[String]) -> Result<Vec<(String, MemberId)>> {
    phones::owners(txn, digests).await
}

/// By what a number in E.164 is found.
///
/// # Errors
/// Never in practice.
pub fn digest(vault: &Vault, number: &str) -> Result<String> {
    vault.digest(PURPOSE, number)
}

/// Notes numbers in E.164 of members who had none, as part of something that is written down as a whole.
///
/// # Errors
/// When the store fails.
pub async fn note_all_in(
    txn: &Txn,
    vault: &Vault,
    numbers: &[(MemberId, String)],
    now: Timestamp,
) -> Result<()> {
    let row = |(member, number): &(MemberId, String)| row(vault, *member, number, now);
    let rows = numbers.iter().map(row).collect::<Result<Vec<_>>>()?;
    insert_all(txn, &rows).await.map(drop)
}

/// The numbers of `members`, masked or whole; whoever asks for whole ones has that written down.
///
/// # Errors
/// When the store fails, or the numbers were stored under another key.
pub async fn phones_of(
    ctx: &Context,
    members: &[MemberId],
    whole: bool,
) -> Result<BTreeMap<MemberId, String>> {
    let shown = |row: member_phone::Model| {
        let number = match whole {
            true => open(ctx, &row)?,
            false => row.masked,
        };
        Ok((row.member_id, number))
    };
    let rows = phones::those(ctx.db.reads(), members).await?;
    rows.into_iter().map(shown).collect()
}

/// A member's number as it is kept.
///
/// # Errors
/// When the store fails.
pub async fn phone_row_in(txn: &Txn, member: MemberId) -> Result<Option<member_phone::Model>> {
    phones::locked(txn, member).await
}

/// A member has this number from now on, or none, as part of something that is written down as a whole.
///
/// # Errors
/// When the store fails.
pub async fn replace_phone_in(
    txn: &Txn,
    member: MemberId,
    row: Option<member_phone::Model>,
) -> Result<()> {
    phones::replace_row(txn, member, row).await
}

/// Whether a member has a number.
///
/// # Errors
/// When the store fails.
pub async fn has_phone_in(txn: &Txn, member: MemberId) -> Result<bool> {
    Ok(phones::locked(txn, member).await?.is_some())
}

fn row(
    vault: &Vault,
    member: MemberId,
    number: &str,
    now: Timestamp,
) -> Result<member_phone::ActiveModel> {
    Ok(member_phone::ActiveModel {
        member_id: Set(member),
        sealed: Set(vault.seal(&place(member), number)?),
        digest: Set(digest(vault, number)?),
        masked: Set(rules::masked(number)),
        noted_at: Set(now),
    })
}

/// A member's number, masked.
///
/// # Errors
/// When the store fails.
pub async fn phone_of(ctx: &Context, member: MemberId) -> Result<Option<Phone>> {
    let row = phones::get(ctx.db.reads(), member).await?;
    Ok(row.map(|row| Phone {
        masked: row.masked,
        noted_at: row.noted_at,
    }))
}

/// A member's whole number; that it was seen is written down first.
///
/// # Errors
/// When the store fails, or the number was stored under another key.
pub async fn reveal(
    ctx: &Context,
    account: AccountId,
    member: MemberId,
    by: By,
) -> Result<Option<String>> {
    let Some(row) = phones::get(ctx.db.reads(), member).await? else {
        return Ok(None);
    };
    let number = open(ctx, &row)?;
    ctx.db
        .write(doing(ctx, account, member, by), |txn, doing| {
            Box::pin(note(txn, doing, Act::RevealPhone, None, None))
        })
        .await?;
    Ok(Some(number))
}

pub(super) fn open(ctx: &Context, row: &member_phone::Model) -> Result<String> {
    opened(ctx.vault()?, row)
}

/// The number that is kept, in E.164.
///
/// # Errors
/// When it was stored under another key.
pub fn opened(vault: &Vault, row: &member_phone::Model) -> Result<String> {
    let number = vault.open(&place(row.member_id), &row.sealed)?;
    Ok(number.expose().to_owned())
}

/// The members with this number; none when the text is no whole number.
///
/// # Errors
/// When the store fails or DAOGOU_SECRET_KEY is not set.
pub async fn find(ctx: &Context, text: &str) -> Result<Vec<MemberId>> {
    match rules::e164(text) {
        Some(number) => {
            let digest = digest(ctx.vault()?, &number)?;
            phones::with_digest(ctx.db.reads(), &digest).await
        }
        None => Ok(Vec::new()),
    }
}
