//! Merges 合并: two profiles that turned out to be one person.

use sea_orm::entity::prelude::*;

use crate::{AccountId, MemberId, MergeId, StaffId, Timestamp};

/// One merge.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "member_merge")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key)]
    pub id: MergeId,
    /// The account.
    pub account_id: AccountId,
    /// Who of the staff did it, or noted the phone number by which it came to be.
    pub staff_id: Option<StaffId>,
    /// Who she is from now on.
    pub kept_id: MemberId,
    /// The profile that became part of her.
    pub gone_id: MemberId,
    /// Why.
    pub cause: Cause,
    /// What was where; JSON. None when it cannot be undone any more.
    #[sea_orm(column_type = "Text", nullable)]
    pub before: Option<String>,
    /// Until when it can be undone; none when it cannot any more.
    pub open_until: Option<Timestamp>,
    /// When.
    pub created_at: Timestamp,
    /// When it was undone.
    pub undone_at: Option<Timestamp>,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Why two profiles became one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum Cause {
    /// Somebody of the staff chose them.
    Chosen,
    /// Whoever waited in a list has come, and gave the same phone number.
    Phone,
}
