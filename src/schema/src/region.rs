//! Regions 区域: how headquarters groups its stores. A region may lie in another one.

use sea_orm::entity::prelude::*;

use crate::{AccountId, RegionId, Timestamp};

/// One region.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "region")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key)]
    pub id: RegionId,
    /// The account whose stores it groups.
    pub account_id: AccountId,
    /// The region in which it lies; none: it lies in no other one.
    pub parent_id: Option<RegionId>,
    /// Its name, unique within the account.
    pub name: String,
    /// When it was added.
    pub created_at: Timestamp,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
