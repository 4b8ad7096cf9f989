//! What stands in the fields of a member: all of it in one row, so that a page reads one row for each member.

use sea_orm::entity::prelude::*;

use crate::MemberId;

/// One member's.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "member_field")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub member_id: MemberId,
    /// By field, as JSON.
    #[sea_orm(column_type = "Text")]
    pub content: String,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
