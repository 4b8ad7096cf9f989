//! Where the audit log ends: without it the newest rows could be cut off unseen.

use sea_orm::entity::prelude::*;

/// The end; there is one row, with the id 1.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_head")]
pub struct Model {
    /// Always 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// The newest row's place.
    pub seq: i64,
    /// Its digest.
    pub digest: String,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
