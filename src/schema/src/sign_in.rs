//! Sign-ins: one browser each in which somebody is signed in.

use sea_orm::entity::prelude::*;

use crate::{StaffId, Timestamp};

/// One sign-in.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sign_in")]
pub struct Model {
    /// SHA-256 of the cookie's value, in hexadecimal.
    #[sea_orm(
        primary_key,
        auto_increment = false,
        column_type = "String(StringLen::N(64))"
    )]
    pub digest: String,
    /// Who.
    pub staff_id: StaffId,
    /// Since when.
    pub created_at: Timestamp,
    /// The last request, to a few minutes.
    pub seen_at: Timestamp,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
