//! Invitations 邀请: links by which staff choose their own login and password. No password is ever given out.

use sea_orm::entity::prelude::*;

use crate::staff::Role;
use crate::{InvitationId, StoreId, Timestamp};

/// One link.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invitation")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key)]
    pub id: InvitationId,
    /// SHA-256 of what the link carries, in hexadecimal: who reads the store cannot use it. Unique.
    pub digest: String,
    /// Who is invited.
    pub name: String,
    /// As what.
    pub role: Role,
    /// The store of a store manager.
    pub store_id: Option<StoreId>,
    /// The regions of a dealer: their ids with commas.
    pub regions: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
