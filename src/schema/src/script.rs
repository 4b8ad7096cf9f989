//! Scripts 话术: what guides say often, headquarters' and their own.

use sea_orm::entity::prelude::*;

use crate::{AccountId, GuideId, PictureId, ScriptId, StoreId, Timestamp};

/// One script.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "script")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key)]
    pub id: ScriptId,
    /// The account.
    pub account_id: AccountId,
    /// Whose it is; [`GuideId::NONE`]: headquarters'.
    pub guide_id: GuideId,
    /// The only store that sees it; none: all of them.
    pub store_id: Option<StoreId>,
    /// When it is said 场景; may be empty.
    #[sea_orm(column_type = "String(StringLen::N(32))")]
    pub category: String,
    /// What is said, with variables in braces.
    #[sea_orm(column_type = "Text")]
    pub text: String,
    /// By what it is found: its words in small letters, and the first letters of their pinyin.
    #[sea_orm(column_type = "Text")]
    pub letters: String,
    /// What is shown with it.
    pub picture_id: Option<PictureId>,
    /// Where it stands among those that are used as often: the smallest first.
    pub place: i32,
    /// How often it was used.
    pub uses: i64,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub changed_at: Timestamp,
    /// When it was put away; 0 while it is in use.
    pub archived_at: Timestamp,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
