//! Rows of a file that was brought in, until they are taken or forgotten.

use sea_orm::entity::prelude::*;

use crate::ImportId;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import_row")]
pub struct Model {
    /// The file.
    #[sea_orm(primary_key, auto_increment = false)]
    pub import_id: ImportId,
    /// The number that the row has in the file; the headings have the first.
    #[sea_orm(primary_key, auto_increment = false)]
    pub line: i32,
    /// Its cells, JSON, encrypted.
    pub sealed: Vec<u8>,
    /// What becomes of it.
    pub state: State,
    /// What is wrong with it and what to do; never what stands in a cell.
    #[sea_orm(column_type = "String(StringLen::N(500))", nullable)]
    pub problem: Option<String>,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What becomes of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum State {
    /// It can be taken.
    Good,
    /// It cannot be taken as it is.
    Bad,
}
