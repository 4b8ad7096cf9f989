//! About which stores a page is: all in sight, or of these the ones of a region, or a single one.

use std::collections::HashMap;

use daogou_schema::{RegionId, StoreId, guide, store};
use minijinja::{Value, context};

use super::gate::Desk;
use super::guides::stores_of;
use super::stop::Stop;
use crate::context::Context;
use crate::guides;
use crate::guides::regions::Tree;

/// What was chosen, and what it comes to.
pub(super) struct Place {
    /// The stores that the page is about.
    pub stores: Vec<store::Model>,
    /// The region that was chosen, if it is in sight.
    pub region: Option<RegionId>,
    /// The store that was chosen, whether it is there or not.
    pub store: Option<StoreId>,
    seen: Vec<store::Model>,
    regions: Tree,
}

impl Place {
    /// What an address asks for. A store that is not in sight is none; a region that is not, everything.
    pub(super) async fn asked(
        ctx: &Context,
        desk: &Desk,
        asked: &HashMap<String, String>,
    ) -> Result<Self, Stop> {
        let number = |name: &str| asked.get(name).and_then(|id| id.trim().parse().ok());
        let store = number("store").map(StoreId);
        let regions = regions_of(ctx, desk).await?;
        let region = number("region").map(RegionId);
        let region = region.filter(|id| regions.get(*id).is_some());
        let seen = stores_of(ctx, desk).await?;
        let inside = region.map(|id| regions.below(&[id]));
        let in_region = |store: &store::Model| match &inside {
            Some(inside) => store.region_id.is_some_and(|id| inside.contains(&id)),
            None => true,
        };
        let stores = seen
            .iter()
            .filter(|it| store.is_none_or(|id| it.id == id) && in_region(it))
            .cloned()
            .collect();
        Ok(Self {
            stores,
            region,
            store,
            seen,
            regions,
        })
    }

    /// Whether nothing was chosen.
    pub(super) fn is_everywhere(&self) -> bool {
        self.region.is_none() && self.store.is_none()
    }

    /// Whether a guide works there.
    pub(super) fn has(&self, guide: &guide::Model) -> bool {
        self.stores.iter().any(|store| store.id == guide.store_id)
    }

    /// What it adds to an address.
    pub(super) fn written(&self) -> String {
        let region = self.region.map(|id| format!("&region={id}"));
        let store = self.store.map(|id| format!("&store={id}"));
        format!(
            "{}{}",
            region.unwrap_or_default(),
            store.unwrap_or_default()
        )
    }

    /// The choice of a store, for the filter.
    pub(super) fn store_choices(&self) -> Vec<Value> {
        let one = |store: &store::Model| {
            context! { id => store.id.0, name => &store.name, chosen => Some(store.id) == self.store }
        };
        self.seen.iter().map(one).collect()
    }

    /// The same without those that have closed.
    pub(super) fn open_store_choices(&self) -> Vec<Value> {
        let open = self.seen.iter().filter(|store| store.closed_at.is_none());
        let one = |store: &store::Model| context! { id => store.id.0, name => &store.name, chosen => Some(store.id) == self.store };
        open.map(one).collect()
    }

    /// The choice of a region, for the filter.
    pub(super) fn region_choices(&self) -> Vec<Value> {
        choices(&self.regions, self.region)
    }
}

/// The regions that she may choose from.
pub(super) async fn regions_of(ctx: &Context, desk: &Desk) -> Result<Tree, Stop> {
    let staff = &desk.gate.signed_in.staff;
    Ok(guides::regions_seen_by(ctx, desk.account.id, staff).await?)
}

/// Regions to choose from, each behind the one in which it lies.
pub(super) fn choices(regions: &Tree, chosen: Option<RegionId>) -> Vec<Value> {
    let rows = regions.in_order().into_iter();
    rows.map(|(depth, region)| {
        let name = format!("{}{}", "\u{3000}".repeat(depth), region.name);
        context! { id => region.id.0, name, depth, chosen => Some(region.id) == chosen }
    })
    .collect()
}
