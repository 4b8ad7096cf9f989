//! The member pool 会员池: who there is, with whose guide, as far as the reader may look.

use daogou_schema::{
    AccountId, GuideId, MemberId, StoreId, TagId, Timestamp, binding, binding_event, identity,
    member,
};
use serde::{Deserialize, Serialize};

use super::queries;
use crate::context::Context;
use crate::error::Result;
use crate::tags;

/// How many members with one name are shown.
const NAMED_MAX: u64 = 50;
/// So far a guide's members are counted: a page must not take longer because a guide has many.
pub const COUNTED_MAX: u32 = 1000;
/// How many members are looked at at once where not everybody fits.
const PIECE: usize = 500;
/// After so many a page ends although it is not full: some tens of milliseconds.
const LOOKED_AT_MAX: usize = 3000;
/// A tag that fewer have is looked along, rather than along a guide's or a store's members.
const TAG_FEW: u32 = 3000;
/// How much of a binding's history is shown.
const EVENTS_MAX: u64 = 100;

/// How far somebody may look.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Scope {
    /// In this account only.
    pub account: AccountId,
    /// A store manager's store: only members who are bound in it.
    pub store: Option<StoreId>,
}

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
}

/// What the wanted members have in common.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// Whose they are.
    pub whose: Whose,
    /// The tag they have.
    pub tag: Option<TagId>,
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

    /// Whether a list that is walked along tells by itself who fits, so that they can be counted.
    fn is_one_list(&self) -> bool {
        let lists = u8::from(self.whose != Whose::All) + u8::from(self.tag.is_some());
        let seen = self.seen_since.or(self.seen_before);
        lists <= 1 && self.following.is_none() && seen.is_none()
    }
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
    if scope.store.is_some() && filter.whose == Whose::Nobody {
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
        let found = walk.next(ctx, place, wanted).await?;
        let ended = found.len() < wanted;
        looked_at += found.len();
        let ids: Vec<_> = found.iter().map(|cursor| cursor.member).collect();
        let fitting = walk.fitting(ctx, &ids).await?;
        for cursor in &found {
            let row = fitting.iter().find(|row| row.member.id == cursor.member);
            match row {
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

/// Along which list members are looked for.
#[derive(Clone, Copy, Debug)]
enum List {
    Tag(TagId),
    Bound(Whose),
    Unbound,
    All,
}

struct Walk {
    scope: Scope,
    filter: Filter,
    list: List,
}

impl Walk {
    async fn choose(
        ctx: &Context,
        scope: Scope,
        filter: Filter,
        after: Option<Cursor>,
    ) -> Result<Self> {
        let mut filter = filter;
        if let (Whose::All | Whose::Store(_), Some(own)) = (filter.whose, scope.store) {
            filter.whose = Whose::Store(own);
        }
        let list = match (filter.whose, filter.tag) {
            (Whose::All, Some(tag)) => List::Tag(tag),
            (Whose::All, None) => List::All,
            (Whose::Nobody, _) => List::Unbound,
            (whose, Some(tag)) => {
                // A list is gone on with as it was begun: only bindings have a time.
                let by_tag = match after {
                    Some(after) => after.at == Timestamp(0),
                    None => tags::size(ctx.db.reads(), tag, TAG_FEW).await? < TAG_FEW,
                };
                match by_tag {
                    true => List::Tag(tag),
                    false => List::Bound(whose),
                }
            }
            (whose, None) => List::Bound(whose),
        };
        Ok(Self {
            scope,
            filter,
            list,
        })
    }

    /// Whether everybody on the list fits.
    fn fits_all(&self) -> bool {
        // Of a guide's members some may be bound in another store than the reader's; who has no guide is in none.
        let in_scope = match self.scope.store {
            Some(own) => self.filter.whose == Whose::Store(own),
            None => true,
        };
        in_scope && self.filter.is_one_list()
    }

    async fn next(
        &self,
        ctx: &Context,
        after: Option<Cursor>,
        count: usize,
    ) -> Result<Vec<Cursor>> {
        let (db, account) = (ctx.db.reads(), self.scope.account);
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        let place = after.map(|after| after.member);
        let members = match self.list {
            List::Bound(whose) => return queries::members_of(db, whose, after, count).await,
            List::All => queries::newest(db, account, place, count).await?,
            List::Unbound => queries::without_guide(db, account, place, count).await?,
            List::Tag(tag) => tags::members(db, tag, place, count).await?,
        };
        let at = Timestamp(0);
        Ok(members
            .into_iter()
            .map(|member| Cursor { at, member })
            .collect())
    }

    async fn count(&self, ctx: &Context) -> Result<u64> {
        let (db, account) = (ctx.db.reads(), self.scope.account);
        match self.list {
            List::Tag(tag) => tags::size(db, tag, u32::MAX).await.map(u64::from),
            List::Bound(whose) => queries::count(db, whose).await,
            List::Unbound => queries::count_unbound(db, account).await,
            List::All => queries::count_known(db, account).await,
        }
    }

    /// Those of `ids` who fit.
    async fn fitting(&self, ctx: &Context, ids: &[MemberId]) -> Result<Vec<Row>> {
        let mut rows = rows_of(ctx, self.scope, ids).await?;
        if let Some(tag) = self.filter.tag {
            let tagged = tags::tagged_among(ctx.db.reads(), tag, ids).await?;
            rows.retain(|row| tagged.contains(&row.member.id));
        }
        rows.retain(|row| self.fits(row));
        Ok(rows)
    }

    fn fits(&self, row: &Row) -> bool {
        let binding = row.binding.as_ref();
        let whose = match self.filter.whose {
            Whose::All => true,
            Whose::Nobody => binding.is_none(),
            Whose::Guide(guide) => binding.is_some_and(|b| b.guide_id == guide),
            Whose::Store(store) => binding.is_some_and(|b| b.store_id == store),
        };
        let (identity, filter) = (&row.identity, &self.filter);
        whose
            && filter.following.is_none_or(|it| identity.subscribed == it)
            && filter
                .seen_since
                .is_none_or(|it| identity.last_seen_at >= it)
            && filter
                .seen_before
                .is_none_or(|it| identity.last_seen_at < it)
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
