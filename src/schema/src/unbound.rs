//! Members without a guide: whoever is in [`crate::binding`] is not here.

use sea_orm::entity::prelude::*;

use crate::{AccountId, MemberId, Timestamp};

/// One member of an account whom no guide has.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "unbound")]
pub struct Model {
    /// The member.
    #[sea_orm(primary_key, auto_increment = false)]
    pub member_id: MemberId,
    /// The account in which she is known.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: AccountId,
    /// Since when.
    pub since: Timestamp,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
