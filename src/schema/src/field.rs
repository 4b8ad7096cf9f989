//! Fields 自定义字段: what the brand wants to know of its members.

use sea_orm::entity::prelude::*;

use crate::{AccountId, FieldId, Timestamp};

/// One field.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "field")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key)]
    pub id: FieldId,
    /// The account.
    pub account_id: AccountId,
    /// What it is called, unique within the account.
    pub name: String,
    /// What can stand in it.
    pub kind: Kind,
    /// Where it stands among the others.
    pub place: i32,
    /// What stands in it is masked in a list that is taken out without whole phone numbers.
    pub masked: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// Since when nobody sees it; what stands in it is kept.
    pub archived_at: Option<Timestamp>,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What can stand in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum Kind {
    /// A line of text.
    Text,
    /// A decimal number.
    Number,
    /// A day.
    Date,
    /// One of its choices.
    Choice,
}
