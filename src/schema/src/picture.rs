//! Pictures 图片 that headquarters and guides use: each content once in an account, uploaded to WeChat when it is first needed.

use sea_orm::entity::prelude::*;

use crate::{AccountId, PictureId, Timestamp};

/// One picture.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "picture")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key)]
    pub id: PictureId,
    /// The account that uses it.
    pub account_id: AccountId,
    /// SHA-256 of its content in hexadecimal, unique within the account; another word while it is being removed.
    #[sea_orm(column_type = "String(StringLen::N(64))")]
    pub digest: String,
    /// What its content is.
    pub kind: Kind,
    /// Its name under DAOGOU_MEDIA_DIR.
    #[sea_orm(column_type = "String(StringLen::N(191))")]
    pub file: String,
    /// Its size.
    pub bytes: i32,
    /// Pixels.
    pub width: i32,
    /// Pixels.
    pub height: i32,
    /// The media id that can be sent now; none until it was first needed.
    #[sea_orm(column_type = "String(StringLen::N(191))", nullable)]
    pub usable_id: Option<String>,
    /// When WeChat forgets that id.
    pub usable_until: Timestamp,
    /// When it was first kept.
    pub created_at: Timestamp,
    /// When somebody was last known to use it; 0 while it is being removed.
    pub used_at: Timestamp,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What a picture is, told by its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum Kind {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// GIF.
    Gif,
}
