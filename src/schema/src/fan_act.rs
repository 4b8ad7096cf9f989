//! What people did with codes and with following, until it is counted: append-only, and gone with the count.

use sea_orm::entity::prelude::*;

use crate::{AccountId, CodeId, Timestamp};

/// One act of somebody who is not of the staff. It does not say whose.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "fan_act")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The account.
    pub account_id: AccountId,
    /// By which code; [`CodeId::NONE`] for none.
    pub code_id: CodeId,
    /// What.
    pub kind: Kind,
    /// When: the day that it counts for.
    pub at: Timestamp,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What somebody did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum Kind {
    /// She followed; by a code she scanned it too.
    Followed,
    /// She scanned a code and follows already.
    Scanned,
    /// She unfollowed; the code is the one by which she had followed.
    Lost,
    /// She is one of ours: that she followed, by this code and on this day, does not count any more.
    Staff,
    /// Nor that she unfollowed.
    StaffLost,
}
