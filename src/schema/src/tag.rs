//! Tags 标签 of headquarters: words by which members are found again.

use sea_orm::entity::prelude::*;

use crate::{AccountId, TagId, Timestamp};

/// One tag.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tag")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key)]
    pub id: TagId,
    /// The account.
    pub account_id: AccountId,
    /// What it says; no two that are in use say the same.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was removed; 0 while it is in use, so that the name is free again afterwards.
    pub removed_at: Timestamp,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
