//! Scene codes 场景码: what a parametric QR code carries.

use sea_orm::entity::prelude::*;

use crate::{AccountId, CodeId, GuideId, StoreId, Timestamp};

/// One code.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "code")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key)]
    pub id: CodeId,
    /// The account that made it.
    pub account_id: AccountId,
    /// The value inside the code, unique within the account.
    pub scene: String,
    /// What scanning it does.
    pub purpose: Purpose,
    /// Whose it is, for guide and link codes.
    pub guide_id: Option<GuideId>,
    /// Whose it is, for store codes.
    pub store_id: Option<StoreId>,
    /// WeChat's ticket, for the official image.
    pub ticket: String,
    /// What the picture encodes.
    pub url: String,
    /// When WeChat made it.
    pub created_at: Timestamp,
    /// When WeChat forgets it; none for permanent codes.
    pub expires_at: Option<Timestamp>,
    /// When a link code was used; it works once.
    pub used_at: Option<Timestamp>,
    /// First words for hours and days as JSON (see guides::variants); none when it has none.
    #[sea_orm(column_type = "Text", nullable)]
    pub variants: Option<String>,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What scanning a code does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum Purpose {
    /// Binds the consumer to the guide.
    Guide,
    /// Binds the consumer to a guide of the store.
    Store,
    /// Binds the consumer to one of those whom a campaign names.
    Campaign,
    /// Links the guide's own WeChat, once.
    Link,
}
