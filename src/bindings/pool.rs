//! The member pool 会员池: who there is, with whose guide, as far as the reader may look.

use daogou_schema::{
    AccountId, GuideId, MemberId, StoreId, Timestamp, binding, binding_event, identity, member,
};

use super::queries;
use crate::context::Context;
use crate::error::Result;

/// How many members with one name are shown.
const NAMED_MAX: u64 = 50;
/// So far a guide's members are counted: a page must not take longer because a guide has many.
pub const COUNTED_MAX: u32 = 1000;
/// How much of a binding's history is shown.
const EVENTS_MAX: u64 = 100;

/// How far somebody may look.
#[derive(Clone, Copy, Debug)]
pub struct Scope {
    /// In this account only.
    pub account: AccountId,
    /// A store manager's store: only members who are bound in it.
    pub store: Option<StoreId>,
}

/// Whose members are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// All of the scope.
    All,
    /// Those of a guide.
    Guide(GuideId),
    /// Those of a store.
    Store(StoreId),
}

/// Where a page ends and the next begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// When the last one shown was bound; 0 where no binding is looked at.
    pub at: Timestamp,
    /// The last one shown.
    pub member: MemberId,
}

impl Cursor {
    /// Reads what [`Cursor::to_string`] wrote.
    pub fn read(text: &str) -> Option<Self> {
        let (at, member) = text.split_once('.')?;
        Some(Self {
            at: Timestamp(at.parse().ok()?),
            member: MemberId(member.parse().ok()?),
        })
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.at.0, self.member)
    }
}

/// One member of the pool.
#[derive(Clone, Debug)]
pub struct Row {
    /// The person.
    pub member: member::Model,
    /// As whom she is known in the account.
    pub identity: identity::Model,
    /// Her guide.
    pub binding: Option<binding::Model>,
}

/// A page of the pool.
#[derive(Debug)]
pub struct Page {
    /// The members, the newest first.
    pub rows: Vec<Row>,
    /// Where it goes on.
    pub next: Option<Cursor>,
}

/// A page of `count` members behind `after`.
///
/// # Errors
/// When the store fails.
pub async fn list(
    ctx: &Context,
    scope: Scope,
    whose: Whose,
    after: Option<Cursor>,
    count: u64,
) -> Result<Page> {
    let db = ctx.db.reads();
    let whose = match (whose, scope.store) {
        (Whose::All | Whose::Store(_), Some(own)) => Whose::Store(own),
        (whose, _) => whose,
    };
    let mut found: Vec<Cursor> = match whose {
        Whose::All => queries::newest(db, scope.account, after, count + 1).await?,
        whose => queries::members_of(db, whose, after, count + 1).await?,
    };
    let more = found.len() > usize::try_from(count).unwrap_or(usize::MAX);
    if more {
        found.pop();
    }
    let next = found.last().copied().filter(|_last| more);
    let ids: Vec<_> = found.iter().map(|cursor| cursor.member).collect();
    Ok(Page {
        rows: rows_of(ctx, scope, &ids).await?,
        next,
    })
}

/// The members whose name or number is `word`.
///
/// # Errors
/// When the store fails.
pub async fn find(ctx: &Context, scope: Scope, word: &str) -> Result<Vec<Row>> {
    if word.chars().any(char::is_control) {
        return Ok(Vec::new());
    }
    let mut ids = queries::named(ctx.db.reads(), word, NAMED_MAX).await?;
    if let Ok(id) = word.trim_start_matches('#').parse().map(MemberId) {
        ids.retain(|named| *named != id);
        ids.insert(0, id);
    }
    rows_of(ctx, scope, &ids).await
}

/// One member, if she is in the scope.
///
/// # Errors
/// When the store fails.
pub async fn get(ctx: &Context, scope: Scope, member: MemberId) -> Result<Option<Row>> {
    Ok(rows_of(ctx, scope, &[member]).await?.pop())
}

/// These members as far as they are in the scope, in the same order.
///
/// # Errors
/// When the store fails.
pub async fn those(ctx: &Context, scope: Scope, members: &[MemberId]) -> Result<Vec<Row>> {
    rows_of(ctx, scope, members).await
}

/// What happened to a member's binding, the newest first.
///
/// # Errors
/// When the store fails.
pub async fn history(ctx: &Context, member: MemberId) -> Result<Vec<binding_event::Model>> {
    queries::events(ctx.db.reads(), member, EVENTS_MAX).await
}

/// How many members a guide has, at most [`COUNTED_MAX`].
///
/// # Errors
/// When the store fails.
pub async fn size(ctx: &Context, guide: GuideId) -> Result<u32> {
    queries::size(ctx.db.reads(), guide, COUNTED_MAX).await
}

/// How many of the newest members [`unbound_lately`] looks at.
pub const LATELY: u64 = 500;

/// How many of the account's newest members have no guide.
///
/// # Errors
/// When the store fails.
pub async fn unbound_lately(ctx: &Context, account: AccountId) -> Result<usize> {
    let db = ctx.db.reads();
    let newest = queries::newest(db, account, None, LATELY).await?;
    let ids: Vec<_> = newest.iter().map(|cursor| cursor.member).collect();
    let bound = queries::bound(db, &ids).await?;
    Ok(ids.len().saturating_sub(bound))
}

/// In the order of `ids`; who is not in the scope is left out.
async fn rows_of(ctx: &Context, scope: Scope, ids: &[MemberId]) -> Result<Vec<Row>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let found = queries::rows(ctx.db.reads(), scope.account, ids).await?;
    let in_scope = |row: &&Row| match scope.store {
        Some(store) => row.binding.as_ref().is_some_and(|b| b.store_id == store),
        None => true,
    };
    let of = |id: &MemberId| {
        let mut those = found.iter().filter(|row| row.member.id == *id);
        those.find(in_scope).cloned()
    };
    Ok(ids.iter().filter_map(of).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let cursor = Cursor {
            at: Timestamp(1_795_305_600_123),
            member: MemberId(42),
        };
        assert_eq!(Cursor::read(&cursor.to_string()), Some(cursor));
        assert_eq!(Cursor::read("x.1"), None);
        assert_eq!(Cursor::read("1"), None);
    }
}
