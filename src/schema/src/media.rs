//! Media: pictures, voices and videos that people sent, kept beyond WeChat's 3 days.

use sea_orm::entity::prelude::*;

use crate::{AccountId, MediaId, Timestamp};

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "media")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key)]
    pub id: MediaId,
    /// The account whose media id it is.
    pub account_id: AccountId,
    /// The media id of the push; unique within the account.
    #[sea_orm(column_type = "String(StringLen::N(191))")]
    pub wechat_id: String,
    /// `image`, `voice`, `video` or `thumb`.
    #[sea_orm(column_type = "String(StringLen::N(16))")]
    pub kind: String,
    /// Its name under DAOGOU_MEDIA_DIR; none until fetched.
    #[sea_orm(column_type = "String(StringLen::N(191))", nullable)]
    pub file: Option<String>,
    /// As WeChat said.
    #[sea_orm(column_type = "String(StringLen::N(64))", nullable)]
    pub content_type: Option<String>,
    /// The media id that can be sent now.
    #[sea_orm(column_type = "String(StringLen::N(191))")]
    pub usable_id: String,
    /// When WeChat forgets that id.
    pub usable_until: Timestamp,
    /// How often fetching failed: what fails often stands behind the others.
    pub attempts: i32,
    /// WeChat does not give it out any more.
    pub given_up: bool,
    /// When it arrived.
    pub created_at: Timestamp,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
