//! Imports 导入: a file of stores, guides or members that headquarters brought in.

use sea_orm::entity::prelude::*;

use crate::{AccountId, ImportId, StaffId, Timestamp};

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key)]
    pub id: ImportId,
    /// The account.
    pub account_id: AccountId,
    /// Who brought it.
    pub staff_id: StaffId,
    /// What its rows are.
    pub kind: Kind,
    /// How far it is.
    pub state: State,
    /// The file's name.
    #[sea_orm(column_type = "String(StringLen::N(120))")]
    pub file_name: String,
    /// The headings of its columns, in order; JSON.
    #[sea_orm(column_type = "Text")]
    pub headings: String,
    /// Who gets members whose row names nobody, in turn: guides' ids with commas.
    #[sea_orm(column_type = "String(StringLen::N(4000))", nullable)]
    pub targets: Option<String>,
    /// How many rows it has.
    pub rows: i32,
    /// How many of them cannot be taken as they are.
    pub bad: i32,
    /// The last line that was looked at.
    pub place: i32,
    /// How many rows made somebody or something new.
    pub made: i32,
    /// How many rows were about whoever or whatever was there already.
    pub known: i32,
    /// When it was brought.
    pub created_at: Timestamp,
    /// When somebody said that it be taken.
    pub started_at: Option<Timestamp>,
    /// When the last row had been looked at, or it was stopped.
    pub done_at: Option<Timestamp>,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What rows are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum Kind {
    /// Members.
    Member,
    /// Guides.
    Guide,
    /// Stores.
    Store,
}

/// How far a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum State {
    /// Its rows are being stored.
    Reading,
    /// Somebody looks at it; nothing is taken yet.
    Draft,
    /// Rows are being taken.
    Running,
    /// All rows have been looked at.
    Done,
    /// Somebody stopped it on the way.
    Stopped,
    /// It was never taken, and its rows are gone.
    Dropped,
}
