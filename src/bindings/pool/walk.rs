//! Along which list a page of the pool is looked for, and who of it fits.

use daogou_schema::member::Insider;
use daogou_schema::{ChoiceId, GuideId, MemberId, StoreId, TagId, Timestamp};
use sea_orm::ConnectionTrait;

use super::{Cursor, FEW, Filter, Row, Scope, Whose, rows_of};
use crate::bindings::queries;
use crate::context::Context;
use crate::error::Result;
use crate::{fields, guides, members, tags};

/// Along which list members are looked for.
#[derive(Clone, Copy, Debug)]
enum List {
    Tag(TagId),
    Choice(ChoiceId),
    Guide(GuideId),
    Stores,
    Unbound,
    Ours(Insider),
    All,
}

impl List {
    /// Whether it has so few members that looking along it is the shortest way.
    async fn is_short(self, ctx: &Context) -> Result<bool> {
        let db = ctx.db.reads();
        let size = match self {
            Self::Tag(tag) => tags::size(db, tag, FEW).await?,
            Self::Choice(choice) => fields::size(db, choice, FEW).await?,
            _ => FEW,
        };
        Ok(size < FEW)
    }
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
        let narrow = match (filter.tag, filter.choice) {
            (Some(tag), _) => Some(List::Tag(tag)),
            (None, Some(choice)) => Some(List::Choice(choice)),
            (None, None) => None,
        };
        let list = match (filter.among.insider(), bound, narrow) {
            // They are few: looked along that way, and the rest is seen row by row.
            (Some(kind), ..) => List::Ours(kind),
            (None, List::Unbound, _) | (None, _, None) => bound,
            (None, List::All, Some(narrow)) => narrow,
            (None, bound, Some(narrow)) => {
                // A list is gone on with as it was begun: only bindings have a time.
                let by_it = match after {
                    Some(after) => after.at == Timestamp(0),
                    None => narrow.is_short(ctx).await?,
                };
                if by_it { narrow } else { bound }
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
        let narrow = u8::from(self.filter.tag.is_some()) + u8::from(self.filter.choice.is_some());
        let lists = u8::from(of_somebody) + narrow;
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
            List::Ours(kind) => members::insiders_after(db, kind, place, most).await?,
            List::Tag(tag) => tags::members(db, tag, place, most).await?,
            List::Choice(choice) => fields::members(db, choice, place, most).await?,
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
        let ours = members::insiders(db).await?;
        let (all, none) = match self.list {
            List::Tag(tag) => {
                let all = tags::size(db, tag, u32::MAX).await?;
                let none = tags::tagged_among(db, tag, &ours).await?.len();
                (all.into(), u64::try_from(none).unwrap_or_default())
            }
            List::Choice(choice) => {
                let all = fields::size(db, choice, u32::MAX).await?;
                let none = fields::having_among(db, choice, &ours).await?.len();
                (all.into(), u64::try_from(none).unwrap_or_default())
            }
            List::Guide(guide) => count_of(db, Whose::Guide(guide), &ours).await?,
            List::Stores => {
                let (mut all, mut none) = (0, 0);
                for store in self.stores.iter().flatten() {
                    let here = count_of(db, Whose::Store(*store), &ours).await?;
                    (all, none) = (all + here.0, none + here.1);
                }
                (all, none)
            }
            List::Unbound => (queries::count_unbound(db, account).await?, 0),
            // Never asked: it is no list of everybody who fits.
            List::Ours(_) => (0, 0),
            List::All => {
                let none = queries::count_known_among(db, account, &ours).await?;
                (queries::count_known(db, account).await?, none)
            }
        };
        Ok(all.saturating_sub(none))
    }

    /// Those of `ids` who fit.
    pub(super) async fn fitting(&self, ctx: &Context, ids: &[MemberId]) -> Result<Vec<Row>> {
        let mut rows = rows_of(ctx, &self.scope, ids).await?;
        if let Some(tag) = self.filter.tag {
            let tagged = tags::tagged_among(ctx.db.reads(), tag, ids).await?;
            rows.retain(|row| tagged.contains(&row.member.id));
        }
        if let Some(choice) = self.filter.choice {
            let having = fields::having_among(ctx.db.reads(), choice, ids).await?;
            rows.retain(|row| having.contains(&row.member.id));
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
            && row.member.insider == filter.among.insider()
            && filter.following.is_none_or(|it| identity.subscribed == it)
            && filter
                .seen_since
                .is_none_or(|it| identity.last_seen_at >= it)
            && filter
                .seen_before
                .is_none_or(|it| identity.last_seen_at < it)
    }
}

/// How many members somebody has, and how many of them are no customers.
async fn count_of(
    db: &impl ConnectionTrait,
    whose: Whose,
    ours: &[MemberId],
) -> Result<(u64, u64)> {
    let all = queries::count(db, whose).await?;
    Ok((all, queries::count_among(db, whose, ours).await?))
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
