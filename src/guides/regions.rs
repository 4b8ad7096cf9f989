//! Regions 区域: a tree over an account's stores.

use std::collections::BTreeSet;

use daogou_schema::region::Model;
use daogou_schema::{AccountId, RegionId, StoreId, Timestamp};
use serde_json::{Value, json};

use super::{queries, stores};
use crate::accounts::Account;
use crate::audit::{self, Act, By, Entry};
use crate::context::Context;
use crate::db::Txn;
use crate::error::{Error, Result};
use crate::staff;

/// How deep regions may lie in each other: a country, its parts, their cities, their districts.
pub const DEPTH_MAX: usize = 4;
/// How many regions an account can have: a page shows them all.
pub const REGIONS_MAX: usize = 500;

/// Why nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum No {
    /// It is not there, or not any more.
    Missing,
    /// The name is empty, too long, or cannot be shown.
    Name,
    /// Another region of the account is called so.
    Taken,
    /// The region in which it is to lie is not there, or lies in it.
    Parent,
    /// Regions would lie deeper than [`DEPTH_MAX`].
    Depth,
    /// The account has [`REGIONS_MAX`] regions.
    TooMany,
    /// A region lies in it.
    HasRegions,
    /// A store lies in it.
    HasStores,
    /// A dealer has it.
    HasDealers,
}

/// What was done, or why not.
pub type Outcome<T> = std::result::Result<T, No>;

/// The regions of an account.
#[derive(Clone, Debug, Default)]
pub struct Tree(Vec<Model>);

impl Tree {
    /// The region with this id.
    pub fn get(&self, id: RegionId) -> Option<&Model> {
        self.0.iter().find(|region| region.id == id)
    }

    /// What a region is called; nothing when it is not there.
    pub fn name(&self, id: Option<RegionId>) -> &str {
        let region = id.and_then(|id| self.get(id));
        region.map_or("", |region| region.name.as_str())
    }

    /// These regions as far as they are there, and all that lie in them.
    pub fn below(&self, roots: &[RegionId]) -> BTreeSet<RegionId> {
        let mut found = BTreeSet::new();
        let mut open: Vec<_> = roots.to_vec();
        while let Some(id) = open.pop() {
            if self.get(id).is_some() && found.insert(id) {
                open.extend(self.inside(Some(id)).map(|region| region.id));
            }
        }
        found
    }

    /// Only these regions and what lies in them.
    #[must_use]
    pub fn only(&self, roots: &[RegionId]) -> Self {
        let those = self.below(roots);
        let within = self.0.iter().filter(|region| those.contains(&region.id));
        Self(within.cloned().collect())
    }

    /// Each region behind the one in which it lies, with how deep that is, from 0.
    pub fn in_order(&self) -> Vec<(usize, &Model)> {
        let mut found = Vec::new();
        for region in &self.0 {
            // Of a part of the tree the roots lie in what is not shown.
            if region
                .parent_id
                .is_none_or(|parent| self.get(parent).is_none())
            {
                self.append(region, 0, &mut found);
            }
        }
        found
    }

    fn append<'a>(&'a self, region: &'a Model, depth: usize, to: &mut Vec<(usize, &'a Model)>) {
        to.push((depth, region));
        for inner in self.inside(Some(region.id)) {
            self.append(inner, depth + 1, to);
        }
    }

    fn inside(&self, parent: Option<RegionId>) -> impl Iterator<Item = &Model> {
        let lies = move |region: &&Model| region.parent_id == parent;
        self.0.iter().filter(lies)
    }

    /// How many regions lie around one, itself included.
    fn depth(&self, id: Option<RegionId>) -> usize {
        let of = |id: RegionId| self.get(id).and_then(|region| region.parent_id);
        std::iter::successors(id, |id| of(*id))
            .take(self.0.len())
            .count()
    }

    /// How many levels a region and what lies in it have.
    fn height(&self, id: RegionId) -> usize {
        let inside = self.below(&[id]);
        let deepest = inside.into_iter().map(|inner| self.depth(Some(inner)));
        let own = self.depth(Some(id));
        deepest.max().unwrap_or(own) + 1 - own
    }
}

/// The regions of an account, by their names.
///
/// # Errors
/// When the store fails.
pub async fn tree(ctx: &Context, account: AccountId) -> Result<Tree> {
    Ok(Tree(queries::regions(ctx.db.reads(), account).await?))
}

/// The stores that lie in these regions, or in what lies in them.
///
/// # Errors
/// When the store fails.
pub async fn stores_below(
    ctx: &Context,
    account: AccountId,
    regions: &[RegionId],
) -> Result<Vec<StoreId>> {
    let those = tree(ctx, account).await?.below(regions);
    let stores = queries::stores_in_regions(ctx.db.reads(), account).await?;
    let within = stores
        .into_iter()
        .filter(|(_, region)| those.contains(region));
    Ok(within.map(|(store, _)| store).collect())
}

/// What a region is to be.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Its name.
    pub name: String,
    /// The region in which it lies.
    pub parent: Option<RegionId>,
}

/// Who changes which account's regions, and when.
#[derive(Clone, Copy)]
struct Doing {
    account: AccountId,
    by: By,
    now: Timestamp,
}

fn doing(ctx: &Context, account: &Account, by: By) -> Doing {
    let now = Timestamp::from(ctx.clock.now());
    let account = account.id;
    Doing { account, by, now }
}

/// Adds a region.
///
/// # Errors
/// When the store fails.
pub async fn add(
    ctx: &Context,
    account: &Account,
    wanted: Wanted,
    by: By,
) -> Result<Outcome<RegionId>> {
    let Ok(name) = stores::check_name(&wanted.name) else {
        return Ok(Err(No::Name));
    };
    let args = (doing(ctx, account, by), Wanted { name, ..wanted });
    let added = ctx.db.write(args, |txn, (doing, wanted)| {
        Box::pin(add_in(txn, *doing, wanted))
    });
    taken(added.await)
}

/// Somebody else was faster with the same name.
fn taken<T>(done: Result<Outcome<T>>) -> Result<Outcome<T>> {
    match done {
        Err(Error::Taken) => Ok(Err(No::Taken)),
        done => done,
    }
}

async fn add_in(txn: &Txn, doing: Doing, wanted: &Wanted) -> Result<Outcome<RegionId>> {
    let all = Tree(queries::locked_regions(txn, doing.account).await?);
    let deep = all.depth(wanted.parent) + 1 > DEPTH_MAX;
    let no = match wanted.parent {
        _ if all.0.len() >= REGIONS_MAX => Some(No::TooMany),
        Some(parent) if all.get(parent).is_none() => Some(No::Parent),
        _ if deep => Some(No::Depth),
        _ if is_taken(&all, None, &wanted.name) => Some(No::Taken),
        _ => None,
    };
    if let Some(no) = no {
        return Ok(Err(no));
    }
    let (name, parent) = (&wanted.name, wanted.parent);
    let id = queries::insert_region(txn, doing.account, name, parent, doing.now).await?;
    let after = told(name, parent);
    note(txn, doing, Act::AddRegion, id, (None, Some(after))).await?;
    Ok(Ok(id))
}

fn is_taken(all: &Tree, but: Option<RegionId>, name: &str) -> bool {
    let others = all.0.iter().filter(|region| Some(region.id) != but);
    others.into_iter().any(|region| region.name == name)
}

/// Gives a region another name or place. What lies in it goes along.
///
/// # Errors
/// When the store fails.
pub async fn change(
    ctx: &Context,
    account: &Account,
    id: RegionId,
    wanted: Wanted,
    by: By,
) -> Result<Outcome<()>> {
    let Ok(name) = stores::check_name(&wanted.name) else {
        return Ok(Err(No::Name));
    };
    let args = (doing(ctx, account, by), id, Wanted { name, ..wanted });
    let changed = ctx.db.write(args, |txn, (doing, id, wanted)| {
        Box::pin(change_in(txn, *doing, *id, wanted))
    });
    taken(changed.await)
}

async fn change_in(txn: &Txn, doing: Doing, id: RegionId, wanted: &Wanted) -> Result<Outcome<()>> {
    let all = Tree(queries::locked_regions(txn, doing.account).await?);
    let Some(before) = all.get(id) else {
        return Ok(Err(No::Missing));
    };
    let inside = all.below(&[id]);
    let no = match wanted.parent {
        Some(parent) if all.get(parent).is_none() || inside.contains(&parent) => Some(No::Parent),
        parent if all.depth(parent) + all.height(id) > DEPTH_MAX => Some(No::Depth),
        _ if is_taken(&all, Some(id), &wanted.name) => Some(No::Taken),
        _ => None,
    };
    if let Some(no) = no {
        return Ok(Err(no));
    }
    queries::update_region(txn, id, &wanted.name, wanted.parent).await?;
    let before = told(&before.name, before.parent_id);
    let after = told(&wanted.name, wanted.parent);
    note(
        txn,
        doing,
        Act::ChangeRegion,
        id,
        (Some(before), Some(after)),
    )
    .await?;
    Ok(Ok(()))
}

/// Removes a region in which nothing lies and which no dealer has.
///
/// # Errors
/// When the store fails.
pub async fn remove(ctx: &Context, account: &Account, id: RegionId, by: By) -> Result<Outcome<()>> {
    let args = (doing(ctx, account, by), id);
    ctx.db
        .write(args, |txn, (doing, id)| {
            Box::pin(remove_in(txn, *doing, *id))
        })
        .await
}

async fn remove_in(txn: &Txn, doing: Doing, id: RegionId) -> Result<Outcome<()>> {
    let all = Tree(queries::locked_regions(txn, doing.account).await?);
    let Some(before) = all.get(id) else {
        return Ok(Err(No::Missing));
    };
    let stores = queries::stores_in_regions(txn.conn(), doing.account).await?;
    let no = match all.inside(Some(id)).next() {
        Some(_) => Some(No::HasRegions),
        None if stores.iter().any(|(_, region)| *region == id) => Some(No::HasStores),
        None if staff::has_dealer_in(txn, id, doing.now).await? => Some(No::HasDealers),
        None => None,
    };
    if let Some(no) = no {
        return Ok(Err(no));
    }
    queries::delete_region(txn, id).await?;
    let before = told(&before.name, before.parent_id);
    note(txn, doing, Act::RemoveRegion, id, (Some(before), None)).await?;
    Ok(Ok(()))
}

/// Whether a region is there, and stays until the unit ends.
pub(super) async fn stays_in(txn: &Txn, account: AccountId, id: RegionId) -> Result<bool> {
    let all = queries::locked_regions(txn, account).await?;
    Ok(all.iter().any(|region| region.id == id))
}

fn told(name: &str, parent: Option<RegionId>) -> Value {
    json!({ "name": name, "parent": parent })
}

async fn note(
    txn: &Txn,
    doing: Doing,
    act: Act,
    id: RegionId,
    (before, after): (Option<Value>, Option<Value>),
) -> Result<()> {
    let entry = Entry {
        by: doing.by,
        account: Some(doing.account),
        act,
        subject: audit::subject("region", id),
        before,
        after,
    };
    audit::note_in(txn, doing.now, entry).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(regions: &[(i64, Option<i64>)]) -> Tree {
        let region = |(id, parent): &(i64, Option<i64>)| Model {
            id: RegionId(*id),
            account_id: AccountId(1),
            parent_id: parent.map(RegionId),
            name: id.to_string(),
            created_at: Timestamp(0),
        };
        Tree(regions.iter().map(region).collect())
    }

    #[test]
    fn what_lies_in_a_region_is_found_at_any_depth() {
        let all = tree(&[(1, None), (2, Some(1)), (3, Some(2)), (4, None)]);
        let ids = |found: BTreeSet<RegionId>| found.into_iter().map(|id| id.0).collect::<Vec<_>>();
        assert_eq!(ids(all.below(&[RegionId(1)])), [1, 2, 3]);
        assert_eq!(ids(all.below(&[RegionId(3), RegionId(4)])), [3, 4]);
        assert!(all.below(&[RegionId(9)]).is_empty());
        assert_eq!(all.depth(Some(RegionId(3))), 3);
        assert_eq!((all.height(RegionId(1)), all.height(RegionId(3))), (3, 1));
        let order: Vec<_> = all.in_order().iter().map(|(d, r)| (*d, r.id.0)).collect();
        assert_eq!(order, [(0, 1), (1, 2), (2, 3), (0, 4)]);
        let part = all.only(&[RegionId(2)]);
        let order: Vec<_> = part.in_order().iter().map(|(d, r)| (*d, r.id.0)).collect();
        assert_eq!(order, [(0, 2), (1, 3)]);
    }

    #[test]
    fn a_ring_ends_too() {
        let ring = tree(&[(1, Some(2)), (2, Some(1))]);
        assert_eq!(ring.below(&[RegionId(1)]).len(), 2);
        assert_eq!(ring.depth(Some(RegionId(1))), 2);
        assert!(ring.in_order().is_empty());
    }
}
