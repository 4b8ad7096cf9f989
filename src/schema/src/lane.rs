//! Lanes: one holder handles a person's pushes, or sends to her, at a time and in order.

use sea_orm::entity::prelude::*;

use crate::{AccountId, Address, Timestamp};

/// One lane.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "lane")]
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
    /// Which of her two lanes.
    #[sea_orm(primary_key, auto_increment = false)]
    pub way: Way,
    /// The process that holds it.
    #[sea_orm(column_type = "String(StringLen::N(64))", nullable)]
    pub owner: Option<String>,
    /// Until when; afterwards anybody may take it.
    pub lease_until: Timestamp,
    /// Grows with every new holder; a settle with an old fence is refused.
    pub fence: i64,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Whose lane it is.
    pub fn person(&self) -> Address {
        Address {
            account_id: self.account_id,
            openid: self.openid.clone(),
        }
    }
}

/// The two lanes of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum Way {
    /// Handling her pushes.
    In,
    /// Sending to her.
    Out,
}
