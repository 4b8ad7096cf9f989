//! Stores 门店.

use sea_orm::entity::prelude::*;

use crate::{AccountId, RegionId, StoreId, Timestamp};

/// One store.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "store")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key)]
    pub id: StoreId,
    /// The account whose codes it uses.
    pub account_id: AccountId,
    /// Its name, unique within the account.
    pub name: String,
    /// Business hours as JSON (see guides::hours); none means always open.
    pub hours: Option<String>,
    /// What consumers read outside business hours; none means the template.
    pub away_text: Option<String>,
    /// The region in which it lies.
    pub region_id: Option<RegionId>,
    /// Whose it is; none: the brand's own.
    pub owner: Option<Owner>,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it closed for good.
    pub closed_at: Option<Timestamp>,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Whose a store is that is not the brand's own 直营.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum Owner {
    /// A dealer's 经销.
    Dealer,
    /// A counter in somebody else's store 专柜.
    Counter,
}
