//! Invitations of guides 导购邀请: a store's link by which would-be guides ask to join. One a store.

use sea_orm::entity::prelude::*;

use crate::{AccountId, StaffId, StoreId, Timestamp};

/// One link.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "guide_invitation")]
pub struct Model {
    /// The store that invites.
    #[sea_orm(primary_key, auto_increment = false)]
    pub store_id: StoreId,
    /// Its account.
    pub account_id: AccountId,
    /// SHA-256 of what the link carries, in hexadecimal. Unique.
    #[sea_orm(column_type = "String(StringLen::N(64))")]
    pub digest: String,
    /// What the link carries, encrypted: the page shows it again.
    pub sealed: Vec<u8>,
    /// Who made it.
    pub staff_id: StaffId,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
