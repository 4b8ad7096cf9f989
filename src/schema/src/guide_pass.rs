//! One-time links by which a guide 导购 signs in where WeChat cannot say whose phone it is.

use sea_orm::entity::prelude::*;

use crate::{GuideId, Timestamp};

/// One link that was not used yet.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "guide_pass")]
pub struct Model {
    /// SHA-256 of what the link carries, in hexadecimal.
    #[sea_orm(
        primary_key,
        auto_increment = false,
        column_type = "String(StringLen::N(64))"
    )]
    pub digest: String,
    /// Who signs in by it.
    pub guide_id: GuideId,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
