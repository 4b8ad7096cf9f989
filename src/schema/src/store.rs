//! Stores 门店.

use sea_orm::entity::prelude::*;

use crate::{AccountId, StoreId, Timestamp};

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
    /// When it was added.
    pub created_at: Timestamp,
    /// When it closed for good.
    pub closed_at: Option<Timestamp>,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
