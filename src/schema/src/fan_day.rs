//! What came by a code on one day, counted.

use sea_orm::entity::prelude::*;

use crate::{AccountId, CodeId};

/// One day of one code.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "fan_day")]
pub struct Model {
    /// The account.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: AccountId,
    /// The day in the time zone of people, written as a number: 20261122.
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: i32,
    /// The code; [`CodeId::NONE`] for who came without one.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code_id: CodeId,
    /// How often it was scanned.
    pub scans: i32,
    /// How many followed by it.
    pub followed: i32,
    /// How many unfollowed who had followed by it.
    pub lost: i32,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
