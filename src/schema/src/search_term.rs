//! Where two letters stand beside each other: one row for each such pair and each line that has it.

use sea_orm::entity::prelude::*;

/// One pair in one line.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "search_term")]
pub struct Model {
    /// The pair and the line in one number: see search::rules.
    #[sea_orm(primary_key, auto_increment = false)]
    pub entry: i64,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
