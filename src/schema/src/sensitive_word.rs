//! Sensitive words 敏感词: what a guide may not write to a customer.

use sea_orm::entity::prelude::*;

use crate::{AccountId, SensitiveWordId, Timestamp};

/// One word.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sensitive_word")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key)]
    pub id: SensitiveWordId,
    /// The account in which it counts; none: in all of the installation.
    pub account_id: Option<AccountId>,
    /// The word.
    pub word: String,
    /// What kind of word it is, in words of headquarters; may be empty.
    pub category: String,
    /// When it was added.
    pub added_at: Timestamp,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
