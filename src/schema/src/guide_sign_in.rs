//! Sign-ins of guides 导购: one browser each in which a guide's workbench is open.

use sea_orm::entity::prelude::*;

use crate::{GuideId, Timestamp};

/// One sign-in.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "guide_sign_in")]
pub struct Model {
    /// SHA-256 of the cookie's value, in hexadecimal.
    #[sea_orm(
        primary_key,
        auto_increment = false,
        column_type = "String(StringLen::N(64))"
    )]
    pub digest: String,
    /// Whose workbench.
    pub guide_id: GuideId,
    /// How the guide came in.
    pub way: Way,
    /// Since when.
    pub created_at: Timestamp,
    /// The last request, to a few minutes.
    pub seen_at: Timestamp,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// How a guide came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum Way {
    /// WeChat said whose phone it is.
    Wechat,
    /// By a one-time link.
    Link,
}
