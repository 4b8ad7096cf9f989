//! The member pool 会员池: who there is, with whose guide, as far as the reader may look.

mod scope;
mod walk;

use daogou_schema::member::Insider;
use daogou_schema::{
    ChoiceId, GuideId, MemberId, RegionId, StoreId, TagId, Timestamp, binding, binding_event,
    identity, member,
};
use serde::{Deserialize, Serialize};

use super::queries;
use crate::context::Context;
use crate::error::Result;
use crate::members;

pub use scope::Scope;
use walk::Walk;

/// How many members with one name are shown.
const NAMED_MAX: u64 = 50;
/// So far a guide's members are counted: a page must not take longer because a guide has many.
pub const COUNTED_MAX: u32 = 1000;
/// How many members are looked at at once where not everybody fits.
const PIECE: usize = 500;
/// After so many a page ends although it is not full: some tens of milliseconds.
const LOOKED_AT_MAX: usize = 3000;
/// A tag or a choice that fewer have is looked along, rather than along a guide's or a store's members.
const FEW: u32 = 3000;
/// How much of a binding's history is shown.
const EVENTS_MAX: u64 = 100;

/// Whose members are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// All of the scope.
    #[default]
    All,
    /// Those without a guide.
    Nobody,
    /// Those of a guide.
    Guide(GuideId),
    /// Those of a store.
    Store(StoreId),
    /// Those of the stores of a region, and of what lies in it.
    Region(RegionId),
}

/// Who is looked for: customers, unless those are asked for who are none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Among {
    /// Customers.
    #[default]
    Customers,
    /// Staff, guides too.
    Staff,
    /// Testers.
    Testers,
}

impl Among {
    /// Who of ours is meant; none: no one of them.
    fn insider(self) -> Option<Insider> {
        match self {
            Self::Customers => None,
            Self::Staff => Some(Insider::Staff),
            Self::Testers => Some(Insider::Tester),
        }
    }
}

/// What the wanted members have in common.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// Whose they are.
    pub whose: Whose,
    /// Who they are.
    pub among: Among,
    /// The tag they have.
    pub tag: Option<TagId>,
    /// What stands in a field of theirs.
    pub choice: Option<ChoiceId>,
    /// Whether they follow the account now.
    pub following: Option<bool>,
    /// Who was here last at this time or later.
    pub seen_since: Option<Timestamp>,
    /// Who was here last before this time.
    pub seen_before: Option<Timestamp>,
}

impl Filter {
    /// Whether everybody fits.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether nothing is asked that no list tells by itself.
    fn is_told_by_lists(&self) -> bool {
        let seen = self.seen_since.or(self.seen_before);
        self.among == Among::Customers && self.following.is_none() && seen.is_none()
    }
}

/// Where a page ends and the next begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
    /// Where each of them stands.
    pub places: Vec<Cursor>,
    /// Where it goes on.
    pub next: Option<Cursor>,
}

/// A page of `count` members behind `after`, or fewer when so many had to be looked at that somebody would be kept waiting:
/// then it goes on from there.
///
/// # Errors
/// When the store fails.
pub async fn list(
    ctx: &Context,
    scope: Scope,
    filter: Filter,
    after: Option<Cursor>,
    count: usize,
) -> Result<Page> {
    let (mut rows, mut places) = (Vec::new(), Vec::new());
    let page = |rows, places, next| Ok(Page { rows, places, next });
    // Who has no guide is in no store.
    if scope.stores.is_some() && filter.whose == Whose::Nobody {
        return page(rows, places, None);
    }
    let walk = Walk::choose(ctx, scope, filter, after).await?;
    let (mut place, mut looked_at) = (after, 0);
    loop {
        // One more shows whether there is more.
        let wanted = match walk.fits_all() {
            true => count + 1 - rows.len(),
            false => PIECE,
        };
        let (found, ended) = walk.next(ctx, place, wanted).await?;
        looked_at += found.len();
        let ids: Vec<_> = found.iter().map(|cursor| cursor.member).collect();
        let fitting = walk.fitting(ctx, &ids).await?;
        for cursor in &found {
            let row = fitting.iter().find(|row| row.member.id == cursor.member);
            match row {
                // Known by two openids she stands on the list twice.
                _ if place.is_some_and(|place: Cursor| place.member == cursor.member) => {}
                Some(_) if rows.len() == count => return page(rows, places, place),
                Some(row) => {
                    rows.push(row.clone());
                    places.push(*cursor);
                }
                None => {}
            }
            place = Some(*cursor);
        }
        match ended {
            true => return page(rows, places, None),
            false if looked_at >= LOOKED_AT_MAX => return page(rows, places, place),
            false => {}
        }
    }
}

/// How many members fit, where that can be counted in a moment.
///
/// # Errors
/// When the store fails.
pub async fn count(ctx: &Context, scope: Scope, filter: Filter) -> Result<Option<u64>> {
    let walk = Walk::choose(ctx, scope, filter, None).await?;
    match walk.fits_all() {
        true => walk.count(ctx).await.map(Some),
        false => Ok(None),
    }
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
    rows_of(ctx, &scope, &ids).await
}

/// One member, if she is in the scope.
///
/// # Errors
/// When the store fails.
pub async fn get(ctx: &Context, scope: Scope, member: MemberId) -> Result<Option<Row>> {
    Ok(rows_of(ctx, &scope, &[member]).await?.pop())
}

/// These members as far as they are in the scope, in the same order.
///
/// # Errors
/// When the store fails.
pub async fn those(ctx: &Context, scope: Scope, members: &[MemberId]) -> Result<Vec<Row>> {
    rows_of(ctx, &scope, members).await
}

/// What happened to a member's binding, the newest first.
///
/// # Errors
/// When the store fails.
pub async fn history(ctx: &Context, member: MemberId) -> Result<Vec<binding_event::Model>> {
    queries::events(ctx.db.reads(), member, EVENTS_MAX).await
}

/// How many customers a guide has, at most [`COUNTED_MAX`].
///
/// # Errors
/// When the store fails.
pub async fn size(ctx: &Context, guide: GuideId) -> Result<u32> {
    let db = ctx.db.reads();
    let all = queries::size(db, guide, COUNTED_MAX).await?;
    if all == COUNTED_MAX {
        return Ok(all);
    }
    let ours = members::insiders(db).await?;
    let ours = queries::count_among(db, Whose::Guide(guide), &ours).await?;
    Ok(all.saturating_sub(u32::try_from(ours).unwrap_or(all)))
}

/// How many members a guide got since then and still has, up to [`COUNTED_MAX`].
///
/// # Errors
/// When the store fails.
pub async fn count_new(ctx: &Context, guide: GuideId, since: Timestamp) -> Result<u32> {
    queries::count_new(ctx.db.reads(), guide, since, COUNTED_MAX).await
}

/// In the order of `ids`; who is not in the scope is left out.
async fn rows_of(ctx: &Context, scope: &Scope, ids: &[MemberId]) -> Result<Vec<Row>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let found = queries::rows(ctx.db.reads(), scope.account, ids).await?;
    let in_scope = |row: &&Row| match &row.binding {
        Some(binding) => scope.sees(binding.store_id),
        None => scope.stores.is_none(),
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
