//! Exports 导出: lists of members that headquarters takes out.

use sea_orm::entity::prelude::*;

use crate::{AccountId, ExportId, StaffId, Timestamp};

/// One list.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "export")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key)]
    pub id: ExportId,
    /// The account.
    pub account_id: AccountId,
    /// Who ordered it, and alone can fetch it.
    pub staff_id: StaffId,
    /// How far it is.
    pub state: State,
    /// What its members have in common; JSON.
    #[sea_orm(column_type = "Text")]
    pub audience: String,
    /// The same in words, for people.
    #[sea_orm(column_type = "String(StringLen::N(500))")]
    pub words: String,
    /// Phone numbers are whole; otherwise masked.
    pub whole: bool,
    /// Why they are.
    #[sea_orm(column_type = "String(StringLen::N(200))", nullable)]
    pub reason: Option<String>,
    /// Whom it has come to: where the next piece begins.
    #[sea_orm(column_type = "String(StringLen::N(64))", nullable)]
    pub place: Option<String>,
    /// How many members are in it.
    pub rows: i32,
    /// In how many pieces they are kept; none when it has expired.
    pub pieces: i32,
    /// When it was ordered.
    pub created_at: Timestamp,
    /// When it was whole, or stopped.
    pub done_at: Option<Timestamp>,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum State {
    /// Under way.
    Running,
    /// Whole.
    Done,
    /// Somebody stopped it on the way.
    Stopped,
}
