//! Menus 自定义菜单 of an account: what is being written, and what was published when and by whom.

use sea_orm::entity::prelude::*;

use crate::{AccountId, MenuVersionId, StaffId, Timestamp};

/// One version of an account's menus: the default one, and those for followers with a tag.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "menu_version")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key)]
    pub id: MenuVersionId,
    /// The account.
    pub account_id: AccountId,
    /// Whether it is out.
    pub state: State,
    /// The menus as JSON (see menus::rules).
    #[sea_orm(column_type = "Text")]
    pub content: String,
    /// Who wrote or published it.
    pub staff_id: Option<StaffId>,
    /// When it was written last, or published.
    pub at: Timestamp,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Whether a version is out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum State {
    /// It is being written: at most one an account.
    Draft,
    /// WeChat has taken it.
    Published,
}
