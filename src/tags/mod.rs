//! Tags 标签 of headquarters: words by which members are found again, put on by hand and in bulk.

mod auto;
mod queries;

use std::collections::BTreeMap;

use chrono::TimeDelta;
use daogou_schema::{AccountId, MemberId, TagId, Timestamp, tag};
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::accounts::Account;
use crate::audit::{self, Act, By, Entry};
use crate::context::Context;
use crate::db::Txn;
use crate::error::Result;

pub use auto::{DAYS_MAX, Rule, rules, set_rule, work};
pub use queries::{of_members, tagged_among};

/// The longest tag, in characters: what fits beside a name.
pub const NAME_CHARS_MAX: usize = 20;
/// How many tags an account may have: more are found by nobody.
pub const TAGS_MAX: usize = 200;
/// For so long removed tags are looked after: nobody gets one any more, so nobody has it afterwards.
const CLEARED_WITHIN: TimeDelta = TimeDelta::days(30);
/// How many members lose a removed tag in one unit of work.
const PIECE: u64 = 1000;

/// Why nothing was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum No {
    /// Nothing is left of the name without blanks.
    Empty,
    /// The name is longer than [`NAME_CHARS_MAX`].
    Long,
    /// The name has characters that cannot be shown.
    Unreadable,
    /// There is a tag of this name.
    Taken,
    /// There are [`TAGS_MAX`] tags.
    Many,
    /// There is no such tag.
    Missing,
}

fn check(name: &str) -> Result<String, No> {
    let name = name.trim();
    match name.chars().count() {
        0 => Err(No::Empty),
        n if n > NAME_CHARS_MAX => Err(No::Long),
        _ if name.chars().any(char::is_control) => Err(No::Unreadable),
        _ => Ok(name.to_owned()),
    }
}

/// The tags of an account that are in use, by name.
///
/// # Errors
/// When the store fails.
pub async fn list(db: &impl ConnectionTrait, account: AccountId) -> Result<Vec<tag::Model>> {
    queries::list(db, account).await
}

/// The tag, if it is the account's and in use.
///
/// # Errors
/// When the store fails.
pub async fn get(
    db: &impl ConnectionTrait,
    account: AccountId,
    id: TagId,
) -> Result<Option<tag::Model>> {
    let found = queries::get(db, id).await?;
    Ok(found.filter(|tag| tag.account_id == account && is_in_use(tag)))
}

fn is_in_use(tag: &tag::Model) -> bool {
    tag.removed_at == Timestamp(0)
}

/// How many members have a tag, at most `most`.
///
/// # Errors
/// When the store fails.
pub async fn size(db: &impl ConnectionTrait, tag: TagId, most: u32) -> Result<u32> {
    queries::size(db, tag, most).await
}

/// Members with a tag, the newest first, those behind `after`.
///
/// # Errors
/// When the store fails.
pub async fn members(
    db: &impl ConnectionTrait,
    tag: TagId,
    after: Option<MemberId>,
    count: u64,
) -> Result<Vec<MemberId>> {
    queries::members(db, tag, after, count).await
}

/// Adds a tag.
///
/// # Errors
/// When the store fails.
pub async fn add(
    ctx: &Context,
    account: &Account,
    name: &str,
    by: By,
) -> Result<Result<TagId, No>> {
    let name = match check(name) {
        Ok(name) => name,
        Err(no) => return Ok(Err(no)),
    };
    let now = Timestamp::from(ctx.clock.now());
    ctx.db
        .write(
            (account.id, name, now, by),
            |txn, (account, name, now, by)| Box::pin(add_in(txn, *account, name, *now, *by)),
        )
        .await
}

async fn add_in(
    txn: &Txn,
    account: AccountId,
    name: &str,
    now: Timestamp,
    by: By,
) -> Result<Result<TagId, No>> {
    let tags = queries::list(txn.conn(), account).await?;
    if tags.iter().any(|tag| tag.name == name) {
        return Ok(Err(No::Taken));
    }
    if tags.len() >= TAGS_MAX {
        return Ok(Err(No::Many));
    }
    let tag = queries::insert(txn, account, name, now).await?;
    note(txn, now, by, Act::AddTag, &tag, None, Some(name)).await?;
    Ok(Ok(tag.id))
}

/// Calls a tag something else; whoever has it keeps it.
///
/// # Errors
/// When the store fails.
pub async fn rename(
    ctx: &Context,
    account: &Account,
    id: TagId,
    name: &str,
    by: By,
) -> Result<Result<(), No>> {
    let name = match check(name) {
        Ok(name) => name,
        Err(no) => return Ok(Err(no)),
    };
    let now = Timestamp::from(ctx.clock.now());
    let args = (account.id, id, name, now, by);
    ctx.db
        .write(args, |txn, (account, id, name, now, by)| {
            Box::pin(rename_in(txn, (*account, *id), name, *now, *by))
        })
        .await
}

async fn rename_in(
    txn: &Txn,
    (account, id): (AccountId, TagId),
    name: &str,
    now: Timestamp,
    by: By,
) -> Result<Result<(), No>> {
    let tags = queries::list(txn.conn(), account).await?;
    let Some(tag) = tags.iter().find(|tag| tag.id == id) else {
        return Ok(Err(No::Missing));
    };
    match tags.iter().find(|tag| tag.name == name) {
        Some(same) if same.id == id => return Ok(Ok(())),
        Some(_) => return Ok(Err(No::Taken)),
        None => {}
    }
    queries::rename(txn, id, name).await?;
    note(
        txn,
        now,
        by,
        Act::RenameTag,
        tag,
        Some(&tag.name),
        Some(name),
    )
    .await?;
    Ok(Ok(()))
}

/// Removes a tag: nobody sees it any more; the members lose it piece by piece ([`clear_removed`]).
///
/// # Errors
/// When the store fails.
pub async fn remove(ctx: &Context, account: &Account, id: TagId, by: By) -> Result<Result<(), No>> {
    let now = Timestamp::from(ctx.clock.now());
    ctx.db
        .write((account.id, id, now, by), |txn, (account, id, now, by)| {
            Box::pin(remove_in(txn, *account, *id, *now, *by))
        })
        .await
}

async fn remove_in(
    txn: &Txn,
    account: AccountId,
    id: TagId,
    now: Timestamp,
    by: By,
) -> Result<Result<(), No>> {
    let Some(tag) = get(txn.conn(), account, id).await? else {
        return Ok(Err(No::Missing));
    };
    queries::remove(txn, id, now).await?;
    queries::remove_rule(txn, id).await?;
    note(txn, now, by, Act::RemoveTag, &tag, Some(&tag.name), None).await?;
    Ok(Ok(()))
}

async fn note(
    txn: &Txn,
    now: Timestamp,
    by: By,
    act: Act,
    tag: &tag::Model,
    before: Option<&str>,
    after: Option<&str>,
) -> Result<()> {
    let name = |name: &str| json!({ "name": name });
    let entry = Entry {
        by,
        account: Some(tag.account_id),
        act,
        subject: audit::subject("tag", tag.id),
        before: before.map(name),
        after: after.map(name),
    };
    audit::note_in(txn, now, entry).await
}

/// Takes removed tags off the members who still have them.
///
/// # Errors
/// When the store fails; the next round goes on.
pub async fn clear_removed(ctx: &Context) -> Result<()> {
    let lately = Timestamp::from(ctx.clock.now()) - CLEARED_WITHIN;
    for tag in queries::removed_since(ctx.db.reads(), lately).await? {
        loop {
            let members = queries::members(ctx.db.reads(), tag, None, PIECE).await?;
            if members.is_empty() {
                break;
            }
            ctx.db
                .write((tag, members), |txn, (tag, members)| {
                    Box::pin(queries::take(txn, *tag, members))
                })
                .await?;
        }
    }
    Ok(())
}

/// Puts a tag on `members` and says who of them did not have it.
///
/// # Errors
/// When the store fails.
pub async fn put_in(
    txn: &Txn,
    tag: TagId,
    members: &[MemberId],
    now: Timestamp,
) -> Result<Vec<MemberId>> {
    // Whoever removes the tag waits; whoever has removed it is seen.
    if !queries::locked(txn, tag)
        .await?
        .is_some_and(|tag| is_in_use(&tag))
    {
        return Ok(Vec::new());
    }
    let have = tagged_among(txn.conn(), tag, members).await?;
    let mut new = members.to_vec();
    new.retain(|member| !have.contains(member));
    queries::insert_all_of(txn, tag, &new, now).await?;
    Ok(new)
}

/// Takes a tag off `members`, or only off those who got it by `until`, and says from whom it was taken.
///
/// # Errors
/// When the store fails.
pub async fn take_in(
    txn: &Txn,
    tag: TagId,
    members: &[MemberId],
    until: Option<Timestamp>,
) -> Result<Vec<MemberId>> {
    let have = queries::tagged_by(txn.conn(), tag, members, until).await?;
    let had: Vec<_> = members
        .iter()
        .copied()
        .filter(|m| have.contains(m))
        .collect();
    queries::take(txn, tag, &had).await?;
    Ok(had)
}

/// Takes all tags off a member and says how many she had.
///
/// # Errors
/// When the store fails.
pub async fn forget_member_in(txn: &Txn, member: MemberId) -> Result<u64> {
    queries::take_all(txn, member).await
}

/// A member has exactly these tags of the account from now on; those that are not the account's are passed over.
///
/// # Errors
/// When the store fails.
pub async fn set(
    ctx: &Context,
    account: &Account,
    member: MemberId,
    wanted: Vec<TagId>,
    by: By,
) -> Result<()> {
    let now = Timestamp::from(ctx.clock.now());
    let args = (account.id, member, wanted, now, by);
    ctx.db
        .write(args, |txn, (account, member, wanted, now, by)| {
            Box::pin(set_in(txn, *account, *member, wanted, *now, *by))
        })
        .await
}

async fn set_in(
    txn: &Txn,
    account: AccountId,
    member: MemberId,
    wanted: &[TagId],
    now: Timestamp,
    by: By,
) -> Result<()> {
    let tags = queries::list(txn.conn(), account).await?;
    let has: BTreeMap<_, _> = of_members(txn.conn(), &[member]).await?;
    let has = has.get(&member).cloned().unwrap_or_default();
    let (mut put, mut taken) = (Vec::new(), Vec::new());
    for tag in &tags {
        let changed = match (has.contains(&tag.id), wanted.contains(&tag.id)) {
            (false, true) => (put_in(txn, tag.id, &[member], now).await?, &mut put),
            (true, false) => (take_in(txn, tag.id, &[member], None).await?, &mut taken),
            _ => continue,
        };
        if !changed.0.is_empty() {
            changed.1.push(tag.id);
        }
    }
    if put.is_empty() && taken.is_empty() {
        return Ok(());
    }
    let entry = Entry {
        by,
        account: Some(account),
        act: Act::TagMember,
        subject: audit::subject("member", member),
        before: Some(json!({ "taken": taken })),
        after: Some(json!({ "put": put })),
    };
    audit::note_in(txn, now, entry).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_can_be_shown() {
        assert_eq!(check(" 母婴 "), Ok("母婴".to_owned()));
        assert_eq!(check("　 "), Err(No::Empty));
        assert_eq!(check(&"长".repeat(21)), Err(No::Long));
        assert_eq!(check("a\u{7}b"), Err(No::Unreadable));
    }
}
