//! What a tap on a menu key is answered with.

use sea_orm::entity::prelude::*;

use crate::{AccountId, Timestamp};

/// The answer to one key. Keys of earlier versions stay: phones show a menu for a while after it was replaced.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "menu_answer")]
pub struct Model {
    /// The account.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: AccountId,
    /// The key; case matters.
    #[sea_orm(
        primary_key,
        auto_increment = false,
        column_type = "String(StringLen::N(128))"
    )]
    pub tap: String,
    /// What is said.
    #[sea_orm(column_type = "Text")]
    pub answer: String,
    /// Since when.
    pub at: Timestamp,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
