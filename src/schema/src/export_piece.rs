//! Pieces of a list that is taken out, until it has expired.

use sea_orm::entity::prelude::*;

use crate::ExportId;

/// One piece.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "export_piece")]
pub struct Model {
    /// The list.
    #[sea_orm(primary_key, auto_increment = false)]
    pub export_id: ExportId,
    /// Its place, from 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i32,
    /// Its rows, JSON, encrypted.
    pub sealed: Vec<u8>,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
