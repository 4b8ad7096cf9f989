//! The numbers by which the brand itself knows members 会员卡号.

use sea_orm::entity::prelude::*;

use crate::{AccountId, MemberId};

/// One number.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "member_card")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub member_id: MemberId,
    /// The account in which it was given.
    pub account_id: AccountId,
    /// The number, unique within the account; case matters.
    #[sea_orm(column_type = "String(StringLen::N(64))")]
    pub number: String,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
