//! Reply windows 回复窗口: what WeChat still lets us send to a person.

use sea_orm::entity::prelude::*;

use crate::{AccountId, Timestamp};

/// One window of one person.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reply_window")]
pub struct Model {
    /// The account.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: AccountId,
    /// The person.
    #[sea_orm(
        primary_key,
        auto_increment = false,
        column_type = "String(StringLen::N(64))"
    )]
    pub openid: String,
    /// What opened it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub trigger: Trigger,
    /// When it shuts.
    pub until: Timestamp,
    /// How many messages are left.
    pub remaining: i32,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What opens a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum Trigger {
    /// She wrote: 5 messages within 48 hours.
    Message,
    /// She tapped a menu item: 3 within 1 minute.
    Menu,
    /// She followed: 3 within 1 minute.
    Follow,
    /// She scanned a code: 3 within 1 minute.
    Scan,
    /// She opened a mini-program's chat: 2 within 1 minute.
    Enter,
}
