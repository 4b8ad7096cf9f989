//! Along which list a page of the pool is looked for, and who of it fits.

use daogou_schema::{GuideId, MemberId, StoreId, TagId, Timestamp};

use super::{Cursor, Filter, Row, Scope, TAG_FEW, Whose, rows_of};
use crate::bindings::queries;
use crate::context::Context;
use crate::error::Result;
use crate::{guides, tags};

/// Along which list members are looked for.
#[derive(Clone, Copy, Debug)]
enum List {
    Tag(TagId),
    Guide(GuideId),
    Stores,
    Unbound,
    All,
}

pub(super) struct Walk {
    scope: Scope,
    filter: Filter,
    /// Only members of these stores are wanted; none: of any, or of none.
    stores: Option<Vec<StoreId>>,
    list: List,
}

impl Walk {
    pub(super) async fn choose(
        ctx: &Context,
        scope: Scope,
        filter: Filter,
        after: Option<Cursor>,
    ) -> Result<Self> {
        let stores = wanted_stores(ctx, &scope, filter.whose).await?;
        let bound = match (filter.whose, &stores) {
            (Whose::Nobody, _) => List::Unbound,
            (Whose::Guide(guide), _) => List::Guide(guide),
            (_, Some(_)) => List::Stores,
            (_, None) => List::All,
        };
        let list = match (bound, filter.tag) {
            (List::Unbound, _) | (_, None) => bound,
            (List::All, Some(tag)) => List::Tag(tag),
            (bound, Some(tag)) => {
                // A list is gone on with as it was begun: only bindings have a time.
                let by_tag = match after {
                    Some(after) => after.at == Timestamp(0),
                    None => tags::size(ctx.db.reads(), tag, TAG_FEW).await? < TAG_FEW,
                };
                match by_tag {
                    true => List::Tag(tag),
                    false => bound,
                }
            }
        };
        Ok(Self {
            scope,
            filter,
            stores,
            list,
        })
    }

    /// Whether everybody on the list fits.
    pub(super) fn fits_all(&self) -> bool {
        // Of a guide's members some may be bound in another store than the reader's; who has no guide is in none.
        let in_scope = self.scope.stores.is_none() || self.stores.is_some();
        let of_somebody = self.stores.is_some() || self.filter.whose != Whose::All;
        let lists = u8::from(of_somebody) + u8::from(self.filter.tag.is_some());
        in_scope && lists <= 1 && self.filter.is_told_by_lists()
    }

    /// The next on the list, `count` at the most, and whether nobody is behind them.
    pub(super) async fn next(
        &self,
        ctx: &Context,
        after: Option<Cursor>,
        count: usize,
    ) -> Result<(Vec<Cursor>, bool)> {
        let (db, account) = (ctx.db.reads(), self.scope.account);
        let most = u64::try_from(count).unwrap_or(u64::MAX);
        let place = after.map(|after| after.member);
        let members = match self.list {
            List::Stores => {
                let stores = self.stores.as_deref().unwrap_or_default();
                return queries::members_of_stores(db, stores, after, count).await;
            }
            List::Guide(guide) => {
                let found = queries::members_of(db, Whose::Guide(guide), after, most).await?;
                let ended = found.len() < count;
                return Ok((found, ended));
            }
            List::All => queries::newest(db, account, place, most).await?,
            List::Unbound => queries::without_guide(db, account, place, most).await?,
            List::Tag(tag) => tags::members(db, tag, place, most).await?,
        };
        let at = Timestamp(0);
        let ended = members.len() < count;
        let found = members
            .into_iter()
            .map(|member| Cursor { at, member })
            .collect();
        Ok((found, ended))
    }

    pub(super) async fn count(&self, ctx: &Context) -> Result<u64> {
        let (db, account) = (ctx.db.reads(), self.scope.account);
        match self.list {
            List::Tag(tag) => tags::size(db, tag, u32::MAX).await.map(u64::from),
            List::Guide(guide) => queries::count(db, Whose::Guide(guide)).await,
            List::Stores => {
                let mut all = 0;
                for store in self.stores.iter().flatten() {
                    all += queries::count(db, Whose::Store(*store)).await?;
                }
                Ok(all)
            }
            List::Unbound => queries::count_unbound(db, account).await,
            List::All => queries::count_known(db, account).await,
        }
    }

    /// Those of `ids` who fit.
    pub(super) async fn fitting(&self, ctx: &Context, ids: &[MemberId]) -> Result<Vec<Row>> {
        let mut rows = rows_of(ctx, &self.scope, ids).await?;
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
            Whose::Store(_) | Whose::Region(_) => {
                let stores = self.stores.as_deref().unwrap_or_default();
                binding.is_some_and(|b| stores.contains(&b.store_id))
            }
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

/// In which stores members are looked for: those that are asked for, as far as they are in sight.
async fn wanted_stores(ctx: &Context, scope: &Scope, whose: Whose) -> Result<Option<Vec<StoreId>>> {
    let asked = match whose {
        Whose::All => return Ok(scope.stores.clone()),
        Whose::Nobody | Whose::Guide(_) => return Ok(None),
        Whose::Store(store) => vec![store],
        Whose::Region(region) => {
            guides::regions::stores_below(ctx, scope.account, &[region]).await?
        }
    };
    let seen = asked.into_iter().filter(|store| scope.sees(*store));
    Ok(Some(seen.collect()))
}
